"""The gate remembers its answers, and for nothing but the same question."""

from engine.verbs.gate import Gate
from tests.support.drawing import catch, diagram, end, path, start, timer

FILES = {
    "d.bpmn": diagram(
        start(),
        catch("wait", timer('=due("clarify")', "timeDate")),
        end(),
        path("start", "wait", "end"),
    )
}


def rules(gate: Gate) -> set[str]:
    return {finding.rule for finding in gate.check(FILES, {}) if finding.severity == "error"}


def test_an_answer_holds_for_the_same_files_and_the_same_functions_only() -> None:
    bare, furnished = Gate(), Gate(functions={"due": object()})

    assert rules(bare) == {"expression-call"}
    assert rules(furnished) == set()
    bare.check(FILES, {}).clear()
    assert rules(bare) == {"expression-call"}

    bare.functions = {"due": object()}
    assert rules(bare) == set()
    bare.checks[".bpmn"] = lambda name, content: furnished.check({"x.exe": b""}, {})
    assert rules(bare) != set()
