"""The remarks on how a diagram reads: bpmnlint's rules, told in both languages at their element."""

# ruff: noqa: E501 - a model is understood at a glance when it stands on one line

from __future__ import annotations

import pytest

from engine.bpmn.lint import rules_of
from engine.bpmn.lint.style import ADVICE
from tests.lint.pieces import MESSAGE, A, B, E, S, file, flow, found, on, path, process, tag


def shape(id: str, x: int, y: int = 0) -> str:
    bounds = f'<dc:Bounds x="{x}" y="{y}" width="100" height="80"/>'
    return f'<bpmndi:BPMNShape id="{id}_di" bpmnElement="{id}">{bounds}</bpmndi:BPMNShape>'


def drawn(*shapes: str, inside: bool = False) -> bytes:
    """A process with a picture of some of its elements; `inside` puts it into a pool."""
    pool = '<collaboration id="c"><participant id="pool" name="p" processRef="p"/></collaboration>'
    plane = f'<bpmndi:BPMNPlane id="plane" bpmnElement="{"c" if inside else "p"}">{"".join(shapes)}</bpmndi:BPMNPlane>'
    picture = f'<bpmndi:BPMNDiagram id="d">{plane}</bpmndi:BPMNDiagram>'
    return file(pool if inside else "", process(S, A, E, path("s", "a", "e")), picture)


GATE = tag("exclusiveGateway", "g", default="g_e")
LINE = process(S, A, E, path("s", "a", "e"))
BROKEN: dict[tuple[str, str], tuple[str, bytes]] = {
    ("label-required", "Element is missing label/name"): ("a", file(LINE)),
    ("no-implicit-split", "Flow splits implicitly"): ("a", file(process(S, A, B, E, path("s", "a", "b", "e"), path("a", "e")))),
    ("no-gateway-join-fork", "Gateway forks and joins"): (
        "g", file(process(S, GATE, A, B, E, path("s", "g"), flow("g", "a", "=v"), flow("g", "e"), path("a", "b", "g"))),
    ),
    ("superfluous-gateway", "Gateway is superfluous. It only has one source and target."): ("g", file(process(S, tag("exclusiveGateway", "g"), E, path("s", "g", "e")))),
    ("superfluous-termination", "Termination is superfluous."): ("t", file(process(S, tag("endEvent", "t", on("terminate")), path("s", "t")))),
    ("superfluous-label", "Sequence flow has superfluous label"): ("s_a", file(process(S, A, E, path("s", "a", "e").replace('id="s_a"', 'id="s_a" name="x"')))),
    ("no-duplicate-sequence-flows", "SequenceFlow is a duplicate"): ("two", file(process(S, A, E, path("s", "a", "e"), flow("s", "a", id="two")))),
    ("no-duplicate-sequence-flows", "Duplicate outgoing sequence flows"): ("s", file(process(S, A, E, path("s", "a", "e"), flow("s", "a", id="two")))),
    ("no-duplicate-sequence-flows", "Duplicate incoming sequence flows"): ("a", file(process(S, A, E, path("s", "a", "e"), flow("s", "a", id="two")))),
    ("no-implicit-start", "Element is an implicit start"): ("a", file(process(A, E, path("a", "e")))),
    ("no-implicit-end", "Element is an implicit end"): ("a", file(process(S, A, path("s", "a")))),
    ("no-disconnected", "Element is not connected"): ("b", file(process(S, A, B, E, path("s", "a", "e")))),
    ("no-bpmndi", "Element is missing bpmndi"): ("a", drawn(shape("s", 0), shape("e", 400))),
    ("no-overlapping-elements", "Element overlaps with other element"): ("a", drawn(shape("s", 0), shape("a", 20), shape("e", 400))),
    ("no-overlapping-elements", "Element is outside of parent boundary"): (
        "a", drawn('<bpmndi:BPMNShape id="pool_di" bpmnElement="pool"><dc:Bounds x="0" y="0" width="300" height="200"/></bpmndi:BPMNShape>', shape("a", 900), inside=True),
    ),
    ("global", "Element is missing name"): ("m", file(tag("message", "m", name=""), LINE)),
    ("global", "Element is unused"): ("m", file(MESSAGE, LINE)),
    ("global", "Element name is not unique"): ("m", file(MESSAGE, tag("message", "m2", name="m"), LINE)),
}  # fmt: skip
GOOD = file(
    process(
        tag("startEvent", "s", name="รับเรื่อง"),
        tag("userTask", "a", name="ตรวจเรื่อง"),
        tag("endEvent", "e", name="จบ"),
        path("s", "a", "e"),
    )
)


def test_every_sentence_of_the_library_has_its_model_and_its_rule() -> None:
    assert {(advice.name, said) for advice in ADVICE for said in advice.says} == set(BROKEN)
    assert [rule.id for rule in rules_of("style")] == [f"style-{advice.name}" for advice in ADVICE]


@pytest.mark.parametrize("case", BROKEN, ids=" ".join)
def test_a_remark_names_the_element_in_both_languages(case: tuple[str, str]) -> None:
    rule, sentence = case
    element, content = BROKEN[case]

    told = {
        f.text.en.partition(". ")[0].rstrip("."): f
        for f in found(content, "style")
        if f.element == element and f.rule == f"style-{rule}"
    }

    remark = told[sentence.partition(". ")[0].rstrip(".")]
    assert remark.severity == "info"
    assert remark.text.th.startswith(next(a for a in ADVICE if a.name == rule).says[sentence])


def test_a_readable_diagram_gets_no_remark_although_its_nodes_do_not_list_their_flows() -> None:
    assert found(GOOD, "style") == []
