"""`samnuan lint` and `samnuan explain`, as a process owner types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.bpmn.lint import document
from tests.lint.pieces import A, B, E, S, file, flow, path, process, tag
from tests.support import drawing
from tests.support.decisions import decision, definitions, table
from tests.support.drawing import catch, diagram, end, gateway, message, root_message, start, user
from web.cli import main

GUIDELINE = Path(__file__).parents[2] / "processes" / "complaint"
BROKEN = file(process(S, A, path("s", "a")))
LOOP = file(
    process(
        S, A, tag("exclusiveGateway", "g", default="g_e"), B, E,
        path("s", "a", "g", "e"), flow("g", "b", "=v"), path("b", "e"),
    )
)  # fmt: skip


def samnuan(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["--lang", "en", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "broken.bpmn").write_bytes(BROKEN)
    (tmp_path / "loop.bpmn").write_bytes(LOOP)
    (tmp_path / "notes.txt").write_text("no diagram")
    return tmp_path


def test_each_finding_is_one_line_that_names_file_element_and_rule(folder: Path) -> None:
    result = samnuan("lint", folder / "broken.bpmn")

    assert result.exit_code == 1
    assert "error  broken.bpmn:p: There is a start event but no end event." in result.output
    assert "[end-missing]" in result.output


def test_a_file_without_errors_ends_well(folder: Path) -> None:
    assert samnuan("lint", folder / "loop.bpmn").exit_code == 0


def test_findings_as_json_hold_both_languages(folder: Path) -> None:
    result = samnuan("lint", folder / "broken.bpmn", "--json")

    finding = next(f for f in json.loads(result.output)["findings"] if f["rule"] == "end-missing")
    assert (finding["element"], finding["severity"]) == ("p", "error")
    assert "ไม่มีเหตุการณ์สิ้นสุด" in finding["th"]
    assert result.exit_code == 1


def test_only_the_rulesets_asked_for_are_applied(folder: Path) -> None:
    assert samnuan("lint", folder / "broken.bpmn", "--ruleset", "soundness").exit_code == 0
    assert samnuan("lint", folder / "broken.bpmn", "--ruleset", "fashion").exit_code == 2


def test_every_path_to_an_end_is_printed(folder: Path) -> None:
    printed = samnuan("lint", folder / "loop.bpmn", "--paths")
    as_json = samnuan("lint", folder / "loop.bpmn", "--paths", "--json")

    assert "1  s → a → g → e" in printed.output
    assert json.loads(as_json.output)["paths"] == {
        "p": [["s", "a", "g", "e"], ["s", "a", "g", "b", "e"]]
    }


def test_a_file_that_cannot_be_read_is_a_finding_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "a.bpmn").write_bytes(b"no xml")

    result = samnuan("lint", tmp_path / "a.bpmn", "--paths")

    assert result.exit_code == 1
    assert "[source-not-xml]" in result.output


def test_wrong_usage_is_told_apart_from_a_wrong_diagram(folder: Path) -> None:
    assert samnuan("lint").exit_code == 2
    assert samnuan("lint", folder / "missing.bpmn").exit_code == 2
    assert samnuan("lint", folder / "notes.txt").exit_code == 2


def test_a_form_beside_the_diagram_is_held_against_it(tmp_path: Path) -> None:
    (tmp_path / "a.bpmn").write_bytes(
        diagram(start(), user("a"), end(), drawing.path("start", "a", "end"))
    )
    alone = samnuan("lint", tmp_path / "a.bpmn", "--json")
    other = '{"id": "other", "type": "default", "schemaVersion": 19, "components": []}'
    (tmp_path / "other.form").write_text(other)

    beside = samnuan("lint", tmp_path, "--json")

    assert "form-unknown" not in alone.output
    assert "form-unknown" in beside.output


def test_a_diagram_is_told_in_words_in_either_language(tmp_path: Path) -> None:
    wait = catch("answer", message("reply"))
    content = diagram(
        start(), user("ask", "officer", due='=due("ask")'), wait,
        gateway("exclusive", "g", "yes"), user("a"), end(),
        drawing.path("start", "ask", "answer", "g"), drawing.flow("g", "a", '=track = "C"'),
        drawing.flow("g", "end", id="yes"), drawing.path("a", "end"),
        roots=root_message("reply"),
    )  # fmt: skip
    (tmp_path / "a.bpmn").write_bytes(content)

    english = samnuan("explain", tmp_path / "a.bpmn").output
    thai = CliRunner().invoke(main, ["--lang", "th", "explain", str(tmp_path / "a.bpmn")]).output
    facts = json.loads(samnuan("explain", tmp_path / "a.bpmn", "--json").output)

    assert "officer does this." in english
    assert 'It is due at due("ask").' in english
    assert "It waits until the message “reply” arrives." in english
    assert '- if track = "C", go to “a”' in english
    assert "- otherwise, go to “end”" in english
    assert "รอจนกว่าได้รับข้อความ “reply”" in thai
    assert [fact["element"] for fact in facts][:3] == ["p", "start", "ask"]


def test_explaining_what_is_no_diagram_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.bpmn").write_bytes(b"<html/>")

    result = samnuan("explain", tmp_path / "a.bpmn")

    assert result.exit_code == 1
    assert "not a BPMN 2.0 file" in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_the_complaint_process_is_told_whole() -> None:
    facts = json.loads(samnuan("explain", GUIDELINE / "complaint.bpmn", "--json").output)

    assert all(fact["sentences"] for fact in facts)
    assert all("?" not in told["en"] or "“" in told["en"] for f in facts for told in f["sentences"])


def test_the_page_of_rules_is_what_the_rules_say() -> None:
    assert document.PAGE.read_text(encoding="utf-8") == document.page()


def test_every_rule_speaks_thai_and_english_and_offers_a_way_out() -> None:
    from engine.bpmn.lint import ALL, rules_of

    rules = [rule for group in ("source", *ALL) for rule in rules_of(group)]

    assert len({rule.id for rule in rules}) == len(rules)
    for rule in rules:
        for text in (rule.says, rule.why, rule.fix):
            assert text.en.strip()
            assert text.th.strip()


FORM = """{"type": "default", "id": "intake", "schemaVersion": 17, "components": [
  {"type": "number", "id": "f", "key": "price", "label": "ราคา",
   "properties": {"label_en": "Price"}},
  {"type": "checkbox", "id": "u", "key": "urgent", "label": "ด่วน",
   "properties": {"label_en": "Urgent", "variable": "true"}}]}"""


def rules_of(*paths: Path) -> dict[str, str]:
    found = json.loads(samnuan("lint", *paths, "--json").output)["findings"]
    return {finding["rule"]: finding["en"] for finding in found}


def asking(table_: str, expression: str = "=urgent") -> dict[str, bytes]:
    """A process with a form that asks for a decision, and goes on by an expression."""
    drawn = diagram(
        start(), user("a", form="intake"), drawing.rule("r", "route", "unit"),
        gateway("exclusive", "g", "gz"), end("y"), end("z"), drawing.path("start", "a", "r", "g"),
        drawing.flow("g", "z", id="gz"), drawing.flow("g", "y", expression),
    )  # fmt: skip
    return {
        "p.bpmn": drawn,
        "route.dmn": definitions(decision("route", table_)),
        "intake.form": FORM.encode(),
    }


@pytest.mark.parametrize(
    ("files", "rule", "words"),
    [
        # Each of these was found by a deployment only, or by nothing at all.
        (asking(table(["prcie"], ["r"], [(">= 5", "1")])), "dmn-unknown-name", "price"),
        (asking(table(["price"], ["r"], [('"5"', "1")])), "dmn-never", "write 5"),
        (asking(table(["price"], ["r"], [("not urgent", "1")])), "dmn-negation", "not(urgent)"),
        (
            asking(table(["price"], ["r"], [("5", "1")]), '=dueu("screen")'),
            "expression-call",
            "unknown function “dueu”",
        ),
        (
            asking(table(["price"], ["r"], [("5", "1")]), "=urgnet"),
            "expression-name",
            "did you mean “urgent”",
        ),
        (
            asking(table(["price"], ["r"], [("5", "1")]), '=urgent = "true"'),
            "expression-pointless",
            "write true",
        ),
    ],
)
def test_lint_knows_the_names_that_a_deployment_knows(
    files: dict[str, bytes], rule: str, words: str, tmp_path: Path
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    assert words in rules_of(tmp_path).get(rule, "")


def test_names_that_forms_and_steps_give_are_known_to_tables(tmp_path: Path) -> None:
    files = asking(table(["price", "urgent"], ["r"], [("5", "true", "1"), ("-", "not(true)", "2")]))
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    assert not {r for r in rules_of(tmp_path) if r.startswith(("dmn-unk", "expression-"))}
