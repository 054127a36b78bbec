"""The DMN Technology Compatibility Kit, run from its own files."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.dmn import tck
from tests.support.decisions import data, decision, definitions, literal
from tests.support.requirements import missing

CASES = """
<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <modelName>own.dmn</modelName>
  <testCase id="001">
    <inputNode name="x"><value xsi:type="xsd:decimal">5</value></inputNode>
    <resultNode name="d"><expected><value xsi:type="xsd:decimal">10</value></expected></resultNode>
  </testCase>
  <testCase id="002">
  <inputNode name="x"><list><item><value xsi:type="xsd:decimal">1</value></item></list></inputNode>
    <resultNode name="d"><expected><value xsi:nil="true"/></expected></resultNode>
  </testCase>
</testCases>
"""


def test_all_cases_of_level_2_pass() -> None:
    folder = tck.default_folder()
    if not folder.is_dir():
        missing(f"the DMN TCK ({folder}; SAMNUAN_SUITES names the suites' folder)")

    outcomes = tck.run(folder)

    assert len(outcomes) == 28
    assert [each for each in outcomes if each.failures] == []
    assert sum(each.passed for each in outcomes) == 116  # <testCase> elements; 126 results


@pytest.fixture
def own_cases(tmp_path: Path) -> Path:
    (tmp_path / "own.dmn").write_bytes(definitions(decision("d", literal("x * 2"))))
    (tmp_path / "own-test.xml").write_text(CASES, "utf-8")
    return tmp_path


def test_any_folder_of_cases_can_be_run(
    own_cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tck.main([str(own_cases)]) == 0

    assert capsys.readouterr().out.splitlines()[-1].split() == ["1", "models", "2", "0"]


def test_a_failing_case_is_told_with_its_reason(
    own_cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_cases / "own.dmn").write_bytes(definitions(decision("d", literal("x + 2"))))

    assert tck.main([str(own_cases)]) == 1

    told = capsys.readouterr().out
    assert "own-test case 001: d: expected 10, got 7" in told


def test_a_folder_without_cases_is_no_success(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tck.main([str(tmp_path)]) == 1
    assert tck.main([str(tmp_path / "nowhere")]) == 2
    assert "no TCK cases" in capsys.readouterr().err


def test_a_model_that_cannot_be_read_fails_its_cases(
    own_cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own_cases / "own.dmn").write_bytes(b"<definitions")

    assert tck.main([str(own_cases)]) == 1
    assert "dmn-xml" in capsys.readouterr().out


SERVICE_CASES = """
<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <modelName>own.dmn</modelName>
  <testCase id="001" type="decisionService" invocableName="both">
    <inputNode name="x"><value xsi:type="xsd:decimal">5</value></inputNode>
    <resultNode name="d"><expected><value xsi:type="xsd:decimal">10</value></expected></resultNode>
    <resultNode name="e"><expected><value xsi:type="xsd:decimal">15</value></expected></resultNode>
  </testCase>
  <testCase id="002">
    <resultNode name="now"><expected><value xsi:type="xsd:boolean">true</value></expected>
    </resultNode>
  </testCase>
</testCases>
"""
SERVICE = (
    '<decisionService id="both" name="both"><variable name="both"/><outputDecision href="#d"/>'
    '<outputDecision href="#e"/><inputData href="#x"/></decisionService>'
)


def test_each_output_of_a_service_is_compared_and_the_clock_runs(tmp_path: Path) -> None:
    # Both failed: the whole context of outputs was compared with each, and `now()` was null.
    model = definitions(
        data("x"),
        decision("d", literal("x * 2"), requires=["data:#x"]),
        decision("e", literal("x * 3"), requires=["data:#x"]),
        decision("now", literal("now() instance of date and time")),
        SERVICE,
    )
    (tmp_path / "own.dmn").write_bytes(model)
    (tmp_path / "own-test.xml").write_text(SERVICE_CASES, "utf-8")

    (outcome,) = tck.run(tmp_path)

    assert (outcome.passed, outcome.failures) == (2, [])


def test_files_that_cannot_be_read_are_named(
    own_cases: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # A broken file of cases was passed over, and a model that is not there was an empty one.
    (own_cases / "broken-test.xml").write_text("<testCases>", "utf-8")
    (own_cases / "lost-test.xml").write_text(CASES.replace("own.dmn", "lost.dmn"), "utf-8")

    assert tck.main([str(own_cases)]) == 1

    told = capsys.readouterr().out
    assert "broken-test.xml: cannot be read" in told
    assert "there is no file lost.dmn" in told


def test_a_broken_neighbour_that_is_not_imported_does_no_harm(own_cases: Path) -> None:
    (own_cases / "neighbour.dmn").write_bytes(b"<definitions")

    assert tck.main([str(own_cases)]) == 0
