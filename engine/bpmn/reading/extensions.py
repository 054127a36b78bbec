"""What Camunda Modeler adds to BPMN: the extensions of Camunda 8 first, then of Camunda 7."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from engine.bpmn.element_names import CAMUNDA_LIKE, FALSE, MODELER, ZEEBE, local, q, text
from engine.bpmn.model import Extensions, Mapping_

# Extension elements that are acted upon; the lint checks every other one.
APPLIED_ZEEBE = frozenset(
    "formDefinition assignmentDefinition taskSchedule priorityDefinition calledDecision "
    "calledElement script ioMapping taskDefinition taskHeaders loopCharacteristics properties "
    "subscription userTask versionTag".split()
)
APPLIED_CAMUNDA = frozenset({"properties", "inputOutput", "in", "out"})
APPLIED_CAMUNDA_ATTRIBUTES = frozenset(
    "formKey formRef formRefBinding assignee candidateGroups candidateUsers dueDate "
    "priority decisionRef decisionRefBinding mapDecisionResult resultVariable collection "
    "elementVariable topic type historyTimeToLive versionTag isStartableInTasklist "
    "calledElementBinding".split()
)
# Of these, what only describes here: cases are kept as the office says, and versions are numbered.
SILENT_CAMUNDA_ATTRIBUTES = frozenset({"historyTimeToLive", "versionTag", "isStartableInTasklist"})


def read_extensions(element: Any) -> Extensions:
    """The extensions of one element, whichever profile wrote them."""
    container = element.find(q("extensionElements"))
    return _extensions(element, _grouped(container, {ZEEBE}), _grouped(container, CAMUNDA_LIKE))


def camunda(element: Any, name: str) -> str:
    """An attribute of Camunda 7, or of an engine that has it from there."""
    found = (element.get(f"{{{namespace}}}{name}") for namespace in CAMUNDA_LIKE)
    return next((value for value in found if value), "")


def profile_of(root: Any) -> str:
    """For which engine a file was drawn: camunda8, camunda7 or plain."""
    platform = root.get(f"{{{MODELER}}}executionPlatform", "")
    if "Cloud" in platform or ZEEBE in root.nsmap.values():
        return "camunda8"
    if "Platform" in platform or not CAMUNDA_LIKE.keys().isdisjoint(root.nsmap.values()):
        return "camunda7"
    return "plain"


def _extensions(
    element: Any, zeebe: Mapping[str, list[Any]], camunda7: Mapping[str, list[Any]]
) -> Extensions:
    def z(name: str, attribute: str) -> str:
        found = zeebe.get(name)
        return "" if not found else found[0].get(attribute) or ""

    def c(name: str) -> str:
        return camunda(element, name)

    inputs, outputs = _io(zeebe, camunda7)
    isolated = _is_isolated(element, zeebe)
    return Extensions(
        form=z("formDefinition", "formId") or c("formRef") or _form_key(c("formKey")),
        assignee=z("assignmentDefinition", "assignee") or c("assignee"),
        candidate_groups=z("assignmentDefinition", "candidateGroups") or c("candidateGroups"),
        candidate_users=z("assignmentDefinition", "candidateUsers") or c("candidateUsers"),
        due_date=z("taskSchedule", "dueDate") or c("dueDate"),
        follow_up_date=z("taskSchedule", "followUpDate") or c("followUpDate"),
        priority=z("priorityDefinition", "priority") or c("priority"),
        job_type=z("taskDefinition", "type") or c("topic"),
        job_retries=z("taskDefinition", "retries"),
        headers=_headers(zeebe),
        decision=z("calledDecision", "decisionId") or c("decisionRef"),
        result_variable=z("calledDecision", "resultVariable")
        or z("script", "resultVariable")
        or c("resultVariable"),
        script=z("script", "expression"),
        called_process=z("calledElement", "processId") or element.get("calledElement", ""),
        propagate_all=z("calledElement", "propagateAllChildVariables") not in FALSE,
        propagate_parent=z("calledElement", "propagateAllParentVariables") not in FALSE
        and (not isolated or _takes_all(camunda7, "in")),
        returns_mapped=isolated and not _takes_all(camunda7, "out"),
        inputs=inputs,
        outputs=outputs,
        properties=_properties(zeebe, camunda7),
    )


def _is_isolated(element: Any, zeebe: Mapping[str, list[Any]]) -> bool:
    """Whether it is a call of Camunda 7, which gives and takes nothing but what it maps."""
    if local(element) != "callActivity" or "calledElement" in zeebe:
        return False
    return profile_of(element.getroottree().getroot()) == "camunda7"


def _takes_all(camunda7: Mapping[str, list[Any]], name: str) -> bool:
    return any(item.get("variables") == "all" for item in camunda7.get(name, ()))


def _grouped(container: Any, namespaces: Collection[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for child in () if container is None else container:
        if isinstance(child.tag, str) and child.tag[1:].partition("}")[0] in namespaces:
            found.setdefault(local(child), []).append(child)
    return found


def _properties(zeebe: Mapping[str, list[Any]], camunda: Mapping[str, list[Any]]) -> dict[str, str]:
    return {
        item.get("name", ""): item.get("value", "")
        for holder in [*zeebe.get("properties", ()), *camunda.get("properties", ())]
        for item in holder
        if isinstance(item.tag, str)
    }


def _headers(zeebe: Mapping[str, list[Any]]) -> dict[str, str]:
    return {
        item.get("key", ""): item.get("value", "")
        for holder in zeebe.get("taskHeaders", ())
        for item in holder
        if isinstance(item.tag, str)
    }


def _io(
    zeebe: Mapping[str, list[Any]], camunda: Mapping[str, list[Any]]
) -> tuple[tuple[Mapping_, ...], tuple[Mapping_, ...]]:
    inputs: list[Mapping_] = []
    outputs: list[Mapping_] = []
    for holder in zeebe.get("ioMapping", ()):
        for item in holder:
            side = inputs if local(item) == "input" else outputs
            side.append(Mapping_(item.get("source", ""), item.get("target", "")))
    for holder in camunda.get("inputOutput", ()):
        for item in holder:
            side = inputs if local(item) == "inputParameter" else outputs
            side.append(Mapping_(text(item), item.get("name", "")))
    for side, name in ((inputs, "in"), (outputs, "out")):
        for item in camunda.get(name, ()):
            if item.get("target"):
                source = item.get("sourceExpression") or f"={item.get('source', '')}"
                side.append(Mapping_(source, item.get("target", "")))
    return tuple(inputs), tuple(outputs)


def _form_key(key: str) -> str:
    """Keys such as `camunda-forms:deployment:name.form` name a file; keep its last part."""
    return key.rsplit("/", 1)[-1].rsplit(":", 1)[-1].removesuffix(".form") if key else ""
