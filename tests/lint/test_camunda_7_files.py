"""Files drawn for Camunda 7 and its kin: read, or told by name what is not."""

from html import escape

import pytest

from engine.bpmn import lint
from engine.ground.findings import Finding

KIN = {
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "operaton": "http://operaton.org/schema/1.0/bpmn",
    "flowable": "http://flowable.org/bpmn",
    "activiti": "http://activiti.org/bpmn",
}


def drawn(body: str, prefix: str = "camunda") -> bytes:
    flows = '<sequenceFlow id="f1" sourceRef="s" targetRef="x"/>'
    flows += '<sequenceFlow id="f2" sourceRef="x" targetRef="e"/>'
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" '
        f'targetNamespace="t" xmlns:{prefix}="{KIN[prefix]}"><process id="p" isExecutable="true">'
        f'<startEvent id="s"/>{body}<endEvent id="e"/>{flows}</process></definitions>'
    ).encode()


def found(content: bytes, rule: str) -> list[Finding]:
    return [each for each in lint.lint({"a.bpmn": content}) if each.rule == rule]


@pytest.mark.parametrize("prefix", KIN)
def test_what_acts_in_another_engine_is_refused_under_its_own_name(prefix: str) -> None:
    heard = (
        f'<extensionElements><{prefix}:taskListener event="complete" class="x.Y"/>'
        f'<{prefix}:formProperty id="a"/></extensionElements>'
    )
    task = (
        f'<userTask id="x" {prefix}:candidateGroups="boss" {prefix}:owner="me">{heard}</userTask>'
    )

    refused = found(drawn(task, prefix), "extension-acting")
    warned = found(drawn(task, prefix), "extension-unread")

    assert [(each.element, each.severity) for each in refused] == [("x", "error")] * 2
    assert f"{prefix}:taskListener" in refused[0].text.en
    assert f"{prefix}:formProperty" in refused[1].text.th
    assert [f"{prefix}:owner" in each.text.en for each in warned] == [True]


@pytest.mark.parametrize("prefix", ["operaton", "flowable", "activiti"])
def test_what_is_read_like_camunda_7_is_told_attribute_by_attribute(prefix: str) -> None:
    names = ("candidateGroups", "dueDate", "formKey", "assignee")
    attributes = " ".join(f'{prefix}:{name}="a"' for name in names)
    task = f'<userTask id="x" {attributes}/>'

    told = found(drawn(task, prefix), "extension-kin")

    assert len(told) == len(names)
    assert all(any(f"{prefix}:{name}" in each.text.en for each in told) for name in names)


@pytest.mark.parametrize(
    ("expression", "method", "way"),
    [
        ('${execution.getVariable("x") == "yes"}', "", "="),
        ('${execution.getVariable("x") = "yes"}', "getVariable", "FEEL: x"),
        ("${items.size() > 0}", "size", "count(items)"),
        ("=items.size() > 0", "size", "count(items)"),
        ('${x.equals("yes")}', "equals", 'x = "yes"'),
        ('${a.b.c("yes")}', "c", "a script task"),
        ("${dateTime().plusDays(5).toDate() = x}", "toDate", "a script task"),
        ("=for p in people return p.name()", "name", "a script task"),
    ],
)
def test_a_method_call_is_refused_with_the_feel_in_its_place(
    expression: str, method: str, way: str
) -> None:
    rule = "expression-method" if method else "expression-syntax"
    line = f"<condition>{escape(expression)}</condition>"
    body = (
        f'<intermediateCatchEvent id="x"><conditionalEventDefinition id="c">{line}'
        "</conditionalEventDefinition></intermediateCatchEvent>"
    )

    findings = found(drawn(body), rule)

    assert findings
    assert findings[0].element == "x"
    assert findings[0].severity == "error"
    assert method in findings[0].text.en
    assert any(way in each.text.en for each in findings)


@pytest.mark.parametrize(
    "expression", ["${empty xs[i]}", "${x eq f(y)}", "${a div (b.c())}", "${not empty xs[k] && y}"]
)
def test_juel_that_cannot_be_carried_over_is_refused(expression: str) -> None:
    body = f'<userTask id="x" camunda:assignee="{escape(expression)}"/>'

    findings = lint.lint({"a.bpmn": drawn(body)})

    errors = {each.rule for each in findings if each.element == "x" and each.severity == "error"}
    assert errors & {"expression-juel", "expression-syntax", "expression-method"}


@pytest.mark.parametrize(
    ("mapping", "name"),
    [
        ('<camunda:in businessKey="#{x}"/>', "camunda:in businessKey"),
        ('<camunda:out source="x"/>', "camunda:out source"),
        ('<camunda:in variables="all" local="true"/>', "camunda:in local"),
        ('<camunda:in variables="all"/>', ""),
        ('<camunda:out source="x" target="y"/>', ""),
    ],
)
def test_what_a_call_says_in_vain_is_told(mapping: str, name: str) -> None:
    body = f'<callActivity id="x" calledElement="q"><extensionElements>{mapping}'
    told = found(drawn(body + "</extensionElements></callActivity>"), "call-unmapped")

    assert [each.element for each in told] == (["x"] if name else [])
    assert all(name in each.text.en for each in told)
