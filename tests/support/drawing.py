"""Draws small BPMN files for tests, in the words of the diagram."""

from __future__ import annotations

import itertools
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="defs" '
    'targetNamespace="http://bpmn.io/schema/bpmn" modeler:executionPlatform="Camunda Cloud" '
    'modeler:executionPlatformVersion="8.7.0">'
)


def el(tag: str, id: str, inner: str = "", **attributes: str) -> str:
    extra = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<bpmn:{tag} id={quoteattr(id)} name={quoteattr(id)}{extra}>{inner}</bpmn:{tag}>"


def ext(inner: str) -> str:
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


def properties(**values: str) -> str:
    rows = "".join(
        f"<zeebe:property name={quoteattr(name)} value={quoteattr(value)}/>"
        for name, value in values.items()
    )
    return f"<zeebe:properties>{rows}</zeebe:properties>" if rows else ""


def start(id: str = "start", definition: str = "", **attributes: str) -> str:
    return el("startEvent", id, definition, **attributes)


def end(id: str = "end", definition: str = "", **props: str) -> str:
    return el("endEvent", id, (ext(properties(**props)) if props else "") + definition)


def user(id: str, groups: str = "officer", due: str = "", form: str = "any", **props: str) -> str:
    inner = (
        f"<zeebe:formDefinition formId={quoteattr(form)}/>"
        f"<zeebe:assignmentDefinition candidateGroups={quoteattr(groups)}/>"
    )
    if due:
        inner += f"<zeebe:taskSchedule dueDate={quoteattr(due)}/>"
    return el("userTask", id, ext(inner + properties(**props)))


def script(id: str, expression: str, result: str) -> str:
    inner = f"<zeebe:script expression={quoteattr(expression)} resultVariable={quoteattr(result)}/>"
    return el("scriptTask", id, ext(inner))


def job(id: str, type: str, tag: str = "serviceTask", **headers: str) -> str:
    rows = "".join(
        f"<zeebe:header key={quoteattr(key)} value={quoteattr(value)}/>"
        for key, value in headers.items()
    )
    inner = f"<zeebe:taskDefinition type={quoteattr(type)}/>"
    return el(tag, id, ext(inner + f"<zeebe:taskHeaders>{rows}</zeebe:taskHeaders>"))


def rule(id: str, decision: str, result: str) -> str:
    attributes = f"decisionId={quoteattr(decision)} resultVariable={quoteattr(result)}"
    inner = f"<zeebe:calledDecision {attributes}/>"
    return el("businessRuleTask", id, ext(inner))


def call(id: str, process: str) -> str:
    return el("callActivity", id, ext(f"<zeebe:calledElement processId={quoteattr(process)}/>"))


def gateway(kind: str, id: str, default: str = "") -> str:
    return el(f"{kind}Gateway", id, **({"default": default} if default else {}))


def sub(id: str, *inner: str, event: bool = False) -> str:
    return el("subProcess", id, "".join(inner), **({"triggeredByEvent": "true"} if event else {}))


def boundary(id: str, on: str, definition: str, interrupting: bool = True) -> str:
    flag = "true" if interrupting else "false"
    return el("boundaryEvent", id, definition, attachedToRef=on, cancelActivity=flag)


def catch(id: str, definition: str) -> str:
    return el("intermediateCatchEvent", id, definition)


def throw(id: str, definition: str) -> str:
    return el("intermediateThrowEvent", id, definition)


def message(ref: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="{ref}"/>'


def signal(ref: str) -> str:
    return f'<bpmn:signalEventDefinition signalRef="{ref}"/>'


def error(ref: str = "") -> str:
    return (
        f'<bpmn:errorEventDefinition errorRef="{ref}"/>' if ref else "<bpmn:errorEventDefinition/>"
    )


def escalation(ref: str) -> str:
    return f'<bpmn:escalationEventDefinition escalationRef="{ref}"/>'


TERMINATE = "<bpmn:terminateEventDefinition/>"
CANCEL = "<bpmn:cancelEventDefinition/>"


def compensate(activity: str = "") -> str:
    target = f' activityRef="{activity}"' if activity else ""
    return f"<bpmn:compensateEventDefinition{target}/>"


def conditional(expression: str) -> str:
    body = (
        f'<bpmn:condition xsi:type="bpmn:tFormalExpression">{escape(expression)}</bpmn:condition>'
    )
    return f"<bpmn:conditionalEventDefinition>{body}</bpmn:conditionalEventDefinition>"


def link(name: str, id: str) -> str:
    return f'<bpmn:linkEventDefinition id="{id}" name="{name}"/>'


def undone(activity: str, by: str) -> str:
    """The compensation event on an activity, and the line to what undoes it."""
    event = f"undo_{activity}"
    line = f'<bpmn:association id="line_{event}" sourceRef="{event}" targetRef="{by}"/>'
    return boundary(event, activity, compensate()) + line


def marked(activity: str, inner: str = "", **attributes: str) -> str:
    """An activity with more attributes and parts than its own function gives it."""
    extra = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    tag = activity[1 : activity.index(" ")]
    head, _, rest = activity.partition(">")
    return f"{head}{extra}>{rest.removesuffix(f'</{tag}>')}{inner}</{tag}>"


def standard_loop(condition: str = "", **attributes: str) -> str:
    extra = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    body = f'<bpmn:loopCondition xsi:type="bpmn:tFormalExpression">{escape(condition)}'
    inner = f"{body}</bpmn:loopCondition>" if condition else ""
    return f"<bpmn:standardLoopCharacteristics{extra}>{inner}</bpmn:standardLoopCharacteristics>"


def each(collection: str, **attributes: str) -> str:
    extra = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    inner = (
        f'<zeebe:loopCharacteristics inputCollection={quoteattr(collection)} inputElement="item"/>'
    )
    return (
        f"<bpmn:multiInstanceLoopCharacteristics{extra}>{ext(inner)}"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def timer(expression: str, kind: str = "timeDuration") -> str:
    body = f'<bpmn:{kind} xsi:type="bpmn:tFormalExpression">{escape(expression)}</bpmn:{kind}>'
    return f"<bpmn:timerEventDefinition>{body}</bpmn:timerEventDefinition>"


_numbers = itertools.count(1)


def flow(source: str, target: str, condition: str = "", id: str = "") -> str:
    identifier = id or f"f{next(_numbers)}"
    inner = ""
    if condition:
        inner = (
            '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
            f"{escape(condition)}</bpmn:conditionExpression>"
        )
    return (
        f'<bpmn:sequenceFlow id="{identifier}" sourceRef="{source}" targetRef="{target}">'
        f"{inner}</bpmn:sequenceFlow>"
    )


def path(*ids: str) -> str:
    return "".join(flow(a, b) for a, b in itertools.pairwise(ids))


def diagram(*parts: str, id: str = "p", roots: str = "") -> bytes:
    """A file with one executable process; `roots` are messages, signals, errors."""
    process = (
        f'<bpmn:process id="{id}" name="{id}" isExecutable="true">{"".join(parts)}</bpmn:process>'
    )
    return f"{HEAD}{roots}{process}</bpmn:definitions>".encode()


def root_message(id: str, key: str = "=case_id") -> str:
    inner = ext(f"<zeebe:subscription correlationKey={quoteattr(key)}/>")
    return f'<bpmn:message id="{id}" name="{id}">{inner}</bpmn:message>'


def root_signal(id: str) -> str:
    return f'<bpmn:signal id="{id}" name="{id}"/>'


def root_error(id: str, code: str = "") -> str:
    return f'<bpmn:error id="{id}" name="{id}" errorCode="{code or id}"/>'


def root_escalation(id: str) -> str:
    return f'<bpmn:escalation id="{id}" name="{id}" escalationCode="{id}"/>'


FORM = b'{"type":"default","id":"any","schemaVersion":19,"components":[]}'


# A process of its own, in Thai, that ends where it begins.
SMALL = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="http://samnuan.example">
  <bpmn:process id="small" name="กระบวนงานเล็ก" isExecutable="true">
    <bpmn:startEvent id="begin" name="เริ่ม"><bpmn:outgoing>f</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="f" sourceRef="begin" targetRef="end" />
    <bpmn:endEvent id="end" name="จบ"><bpmn:incoming>f</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>
"""
