"""What the gate checks across a guideline's files, tried on the real one with one thing changed."""

from __future__ import annotations

import re

import pytest

from engine.verbs.gate import Gate
from office.deadlines.deadlines import FUNCTIONS
from office.guideline.expression_names import variables_of
from office.guideline.files import guideline_files
from office.guideline.gate import check_guideline


def without(files: dict[str, bytes], part: str) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if part not in name}


def test_the_guideline_as_it_is_has_every_letter_and_deadline() -> None:
    assert check_guideline(guideline_files()) == []


def test_a_letter_without_a_template_is_named_at_its_step() -> None:
    findings = check_guideline(without(guideline_files(), "L7"))

    assert {finding.element for finding in findings} == {"send_result"}
    assert all("L7" in finding.text.th and "L7" in finding.text.en for finding in findings)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"=due(&#34;screen&#34;)", b"=due(&#34;scren&#34;)"),
        (b'name="sla" value="screen"', b'name="sla" value="scren"'),
    ],
    ids=["due date", "property"],
)
def test_a_deadline_the_table_does_not_know_is_named(before: bytes, after: bytes) -> None:
    files = guideline_files()
    (diagram,) = [name for name in files if name.endswith("complaint.bpmn")]
    files[diagram] = files[diagram].replace(before, after, 1)

    (finding,) = check_guideline(files)

    assert "scren" in finding.text.en


def test_without_an_sla_table_no_deadline_stands() -> None:
    assert {f.rule for f in check_guideline(without(guideline_files(), "sla.dmn"))} == {
        "guideline.deadline"
    }


def test_a_deadline_looser_than_its_legal_ceiling_is_refused() -> None:
    files = guideline_files()
    (table,) = [name for name in files if name.endswith("sla.dmn")]
    screen = files[table].index(b'"screen"', files[table].index(b"<rule"))
    days = files[table].index(b"<outputEntry", screen)
    start = files[table].index(b"<text>", days)
    stop = files[table].index(b"</text>", start)
    files[table] = files[table][:start] + b"<text>90" + files[table][stop:]

    findings = check_guideline(files)

    assert [finding.element for finding in findings] == ["screen"]
    assert "screen" in findings[0].text.en


@pytest.mark.parametrize(
    ("ours", "law", "is_allowed"),
    [
        ((7, "working"), (7, "working"), True),
        ((8, "working"), (7, "working"), False),
        ((5, "working"), (7, "calendar"), True),
        ((6, "working"), (8, "calendar"), False),
        ((9, "calendar"), (7, "working"), True),
        ((10, "calendar"), (7, "working"), False),
    ],
)
def test_working_days_and_calendar_days_are_compared_over_a_week(
    ours: tuple[int, str], law: tuple[int, str], is_allowed: bool
) -> None:
    files = guideline_files()
    (table,) = [name for name in files if name.endswith("sla.dmn")]
    for output, value in {1: ours[0], 2: f'"{ours[1]}"', 5: law[0], 6: f'"{law[1]}"'}.items():
        cell = rf'(<outputEntry id="sla_screen_out_{output}">\s*<text>)[^<]*'.encode()
        files[table], count = re.subn(cell, rb"\g<1>" + str(value).encode(), files[table])
        assert count == 1

    assert [finding.element for finding in check_guideline(files)] == (
        [] if is_allowed else ["screen"]
    )


def test_a_misspelt_variable_is_told_with_its_place() -> None:
    # A name that nobody gives a value is null, and the case would silently go the other way.
    gate = Gate({"." + kind: lambda *_: [] for kind in ("form", "md", "csv", "json")})
    gate.functions, gate.variables = dict(FUNCTIONS), variables_of
    files = guideline_files()
    assert gate.check(files, {}) == []
    (diagram,) = [name for name in files if name.endswith("complaint.bpmn")]
    right = b'=screening.result = "MERGE"'
    assert right in files[diagram]
    files[diagram] = files[diagram].replace(right, right.replace(b"screening", b"screning"))

    (finding,) = gate.check(files, {})

    assert (finding.rule, finding.element) == ("expression-name", "is_duplicate_to_send_merged")
    assert finding.column == 1
    assert "screning" in finding.text.th


@pytest.mark.parametrize(
    ("table", "right", "wrong", "told"),
    [
        ("tracks.csv", "executive_accused", "executive_acused", "executive_acused"),
        ("excerpts.csv", "f4_assignment", "f4_asignment", "f4_asignment"),
        ("excerpts.csv", "redacted_facts", "facts", "f4_assignment has no field facts"),
        ("excerpts.csv", ",open", ",opn", "`reads` must be always or open"),
        ("personal.csv", "accused", "acused", "f1_intake has no personal field acused"),
        ("personal.csv", "alternate_handler", "alternate", "There is no role alternate"),
        ("handover.csv", "intake_officer", "intake_oficer", "There is no role intake_oficer"),
        ("handover.csv", "director,director", "director,unit_director", "both be bound to a unit"),
    ],
)
def test_a_table_of_who_sees_what_that_names_nothing_is_refused(
    table: str, right: str, wrong: str, told: str
) -> None:
    # A case would stay held for ever, or a unit would not get what it was sent.
    files = {**guideline_files("agency"), **guideline_files()}
    assert check_guideline(files) == []
    files[table] = files[table].replace(right.encode(), wrong.encode(), 1)

    (finding,) = check_guideline(files)

    assert (finding.file, finding.severity) == (table, "error")
    assert told in finding.text.en
