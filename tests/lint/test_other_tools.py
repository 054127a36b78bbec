"""Files as other modelers write them: their own namespaces and extensions load, and what is missing
before the process can run is told with the place."""

# ruff: noqa: E501 - the files stand as the tools write them

from __future__ import annotations

import pytest

from engine.bpmn.lint import lint
from engine.bpmn.lint.explain import explain

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BODY = (
    '<{p}startEvent id="s" name="Start">{x}<{p}outgoing>f1</{p}outgoing></{p}startEvent>'
    '<{p}userTask id="a" name="Check">{x}<{p}incoming>f1</{p}incoming><{p}outgoing>f2</{p}outgoing></{p}userTask>'
    '<{p}endEvent id="e" name="End">{x}<{p}incoming>f2</{p}incoming></{p}endEvent>'
    '<{p}sequenceFlow id="f1" sourceRef="s" targetRef="a">{x}</{p}sequenceFlow>'
    '<{p}sequenceFlow id="f2" sourceRef="a" targetRef="e">{x}</{p}sequenceFlow>'
)


def exported(
    prefix: str, extension: str, namespaces: str, attributes: str = "", runs: str = ""
) -> bytes:
    p = f"{prefix}:" if prefix else ""
    space = f"xmlns:{prefix}" if prefix else "xmlns"
    holder = f"<{p}extensionElements>{extension}</{p}extensionElements>" if extension else ""
    body = BODY.format(p=p, x=holder)
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<{p}definitions {space}="{MODEL}" {namespaces} id="d" targetNamespace="http://example.org" '
        f'exporter="x" exporterVersion="1" {attributes}>'
        f'<{p}process id="p" name="P"{runs}>{holder}{body}</{p}process></{p}definitions>'
    ).encode()


TOOLS = {
    "Signavio": exported(
        "", '<signavio:signavioMetaData metaKey="bgcolor" metaValue="#ffffcc"/><signavio:signavioLabel ref="text_name" x="1" y="2"/>',
        'xmlns:signavio="http://www.signavio.com"', 'typeLanguage="http://www.w3.org/2001/XMLSchema"', ' processType="None"',
    ),
    "Bizagi": exported(
        "", '<bizagi:BizagiExtensions xmlns:bizagi="http://www.bizagi.com/bpmn20"><bizagi:BizagiProperties><bizagi:BizagiProperty name="bgColor" value="White"/></bizagi:BizagiProperties></bizagi:BizagiExtensions>',
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema"',
    ),
    "ADONIS": exported("bpmn", '<adonis:modelAttributes><adonis:attribute name="Author">x</adonis:attribute></adonis:modelAttributes>', 'xmlns:adonis="http://www.boc-group.com"', runs=' isClosed="false" processType="Private"'),
    "Trisotech": exported("semantic", '<trisobpmn:shape shapeId="x"/><tc:isRepository>false</tc:isRepository>', 'xmlns:trisobpmn="http://www.trisotech.com/2014/triso/bpmn" xmlns:tc="http://www.trisotech.com/2015/triso/modeling"'),
    "Visual Paradigm": exported("", '<vp:fill color="#ffffff"/>', 'xmlns:vp="http://www.visual-paradigm.com/bpmn"'),
    "Enterprise Architect": exported("bpmn", "", 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'),
    "Yaoqiang": exported("", '<yaoqiang:style fill="#fff"/>', 'xmlns:yaoqiang="http://bpmn.sourceforge.net"', 'expressionLanguage="http://www.w3.org/1999/XPath"', ' isClosed="false"'),
    "ARIS": exported("", '<aris:aris_extension><aris:attribute name="GUID"/></aris:aris_extension>', 'xmlns:aris="http://www.aris.com"'),
}  # fmt: skip


@pytest.mark.parametrize("tool", TOOLS)
def test_the_file_loads_and_is_told_what_it_needs_to_run(tool: str) -> None:
    findings = lint({"a.bpmn": TOOLS[tool]}, rulesets=("standard", "runnable", "soundness"))

    assert [(f.rule, f.element) for f in findings if f.severity == "error"] == [("no-process", "p")]
    assert 'isExecutable="true"' in findings[0].text.en
    assert [told.element for told in explain({"a.bpmn": TOOLS[tool]})] == ["p", "s", "a", "e"]


@pytest.mark.parametrize("tool", TOOLS)
def test_once_it_is_executable_only_form_and_role_are_missing(tool: str) -> None:
    content = TOOLS[tool].replace(b'name="P"', b'name="P" isExecutable="true"')

    findings = lint({"a.bpmn": content}, rulesets=("standard", "runnable", "soundness"))

    assert {(f.rule, f.severity, f.element) for f in findings} == {
        ("form-missing", "warning", "a"),
        ("role-missing", "warning", "a"),
    }
