"""Boxed expressions, requirements, functions, services and imports; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from engine import dmn, feel
from tests.support.decisions import data, decision, definitions, literal, table


def entry(name: str, logic: str) -> str:
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def context(*entries: str) -> str:
    return f"<context>{''.join(entries)}</context>"


def function(parameters: str, logic: str, kind: str = "FEEL") -> str:
    formal = "".join(f'<formalParameter name="{name}"/>' for name in parameters.split())
    return f'<functionDefinition kind="{kind}">{formal}{logic}</functionDefinition>'


def bkm(name: str, parameters: str, logic: str) -> str:
    formal = "".join(f'<formalParameter name="{each}"/>' for each in parameters.split())
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"/>'
        f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic></businessKnowledgeModel>"
    )


def value_of(logic: str, given: dict[str, Any] | None = None, *others: str, **needs: Any) -> Any:
    content = definitions(decision("d", logic, **needs), *others)
    model = dmn.parse("test.dmn", content)
    return feel.to_json(dmn.evaluate([model], "d", given or {}).value)


def test_a_boxed_context_builds_up_to_its_result() -> None:
    logic = context(
        entry("base", literal("amount * 2")),
        entry("with fee", literal("base + 100")),
        entry("", literal("with fee + 1")),
    )

    assert value_of(logic, {"amount": 5}) == 111


def test_a_boxed_context_without_result_is_a_context() -> None:
    logic = context(
        entry("a", literal("1")),
        entry("twice", function("x", literal("x * 2"))),
        entry("b", literal("twice(a)")),
        entry("c", "<list>" + literal("a") + literal("b") + "</list>"),
    )

    assert value_of(logic) == {"a": 1, "twice": None, "b": 2, "c": [1, 2]}


def test_a_relation_is_a_list_of_rows() -> None:
    row = "<row>{}{}</row>".format
    logic = (
        '<relation><column name="key"/><column name="days"/>'
        + row(literal('"screen"'), literal("1 + 1"))
        + row(literal('"reply"'), literal("15"))
        + "</relation>"
    )

    assert value_of(logic) == [{"key": "screen", "days": 2}, {"key": "reply", "days": 15}]


CONDITIONAL = "<conditional><if>{}</if><then>{}</then><else>{}</else></conditional>".format
FILTERED = "<filter><in>{}</in><match>{}</match></filter>".format
ITERATED = '<{0} iteratorVariable="n"><in>{1}</in><{2}>{3}</{2}></{0}>'.format


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        (CONDITIONAL(literal("2 > 1"), literal("5"), literal("6")), 5),
        (CONDITIONAL(literal("null"), literal("5"), literal("6")), 6),
        # A condition that is no condition: the second branch was taken in silence.
        (CONDITIONAL(literal('"yes"'), literal("5"), literal("6")), None),
        (FILTERED(literal("[1, 5]"), literal('"yes"')), None),
        (ITERATED("every", literal("[1, 2]"), "satisfies", literal('"yes"')), None),
        (ITERATED("for", literal("[1, 2]"), "return", literal("n * 10")), [10, 20]),
        (ITERATED("for", literal("[1..3]"), "return", literal("count(partial)")), [0, 1, 2]),
        (ITERATED("every", literal("[1, 2]"), "satisfies", literal("n > 1")), False),
        (ITERATED("some", literal("[1, 2]"), "satisfies", literal("n > 1")), True),
        (FILTERED(literal("[1, 5, 9]"), literal("item > 4")), [5, 9]),
    ],
)
def test_boxed_conditions_loops_and_filters(logic: str, expected: Any) -> None:
    assert value_of(logic) == expected


def test_a_business_knowledge_model_is_a_function_of_its_own_scope() -> None:
    shared = bkm("fee of", "amount rate", literal("amount * rate"))

    assert (
        value_of(
            literal("fee of(amount, 0.5) + fee of(rate: 2, amount: 1)"),
            {"amount": 10},
            data("amount", "number"),
            shared,
            requires=["data:#amount", "bkm:#fee of"],
        )
        == 7
    )


def test_a_boxed_invocation_binds_by_name() -> None:
    logic = (
        f"<invocation>{literal('less')}"
        f'<binding><parameter name="b"/>{literal("3")}</binding>'
        f'<binding><parameter name="a"/>{literal("10")}</binding></invocation>'
    )

    assert value_of(logic, {}, bkm("less", "a b", literal("a - b")), requires=["bkm:#less"]) == 7


def test_a_knowledge_model_may_call_itself_within_bounds() -> None:
    down = bkm("down", "n", literal("if n <= 0 then 0 else down(n - 1)"))
    endless = bkm("endless", "n", literal("endless(n + 1)"))

    assert value_of(literal("down(9)"), {}, down, requires=["bkm:#down"]) == 0
    assert value_of(literal("endless(9)"), {}, endless, requires=["bkm:#endless"]) is None


def test_required_decisions_come_first_and_are_evaluated_once() -> None:
    by_amount, by_track = [("> 5", '"C"'), ("-", '"G"')], [('"C"', "30"), ("-", "15")]
    track = decision("track", table(["amount"], ["t"], by_amount, policy="FIRST"))
    days_table = table(["track"], ["n"], by_track, policy="FIRST")
    days = decision("days", days_table, requires=["track"])
    top = decision("d", literal("string(days) + track + track"), requires=["track", "days"])
    model = dmn.parse("test.dmn", definitions(top, days, track))

    result = dmn.evaluate([model], "d", {"amount": 9})

    assert result.value == "30CC"
    assert result.rules == [
        {"decision": "track", "rules": ["rule1"]},
        {"decision": "days", "rules": ["rule1"]},
    ]


def test_a_result_that_is_not_of_its_type_is_null() -> None:
    assert value_of(literal("x"), {"x": "5"}, type_="number") is None
    assert value_of(literal("x"), {"x": [5]}, type_="number") == 5


ITEMS = (
    '<itemDefinition name="tTrack"><typeRef>string</typeRef>'
    '<allowedValues><text>"C", "G"</text></allowedValues></itemDefinition>'
    '<itemDefinition name="tCase"><itemComponent name="track"><typeRef>tTrack</typeRef>'
    '</itemComponent><itemComponent name="parts" isCollection="true"><typeRef>tCase</typeRef>'
    "</itemComponent></itemDefinition>"
)


def test_item_definitions_bound_what_goes_in() -> None:
    content = definitions(
        ITEMS, data("case", "tCase"), decision("d", literal("case.track"), requires=["data:#case"])
    )
    model = dmn.parse("test.dmn", content)

    def track(given: Any) -> Any:
        return dmn.evaluate([model], "d", {"case": given}).value

    assert track({"track": "C", "parts": [{"track": "G", "parts": []}]}) == "C"
    assert track({"track": "X", "parts": []}) is None
    assert track({"track": "C", "parts": [{"track": "X"}]}) is None
    # A member that is missing was taken for one that is null (DMN 1.5, 10.3.2.9.2).
    assert track({"track": "C"}) is None
    assert track({"track": "C", "parts": None}) == "C"


def test_the_result_of_a_knowledge_model_is_of_its_type() -> None:
    typed = bkm("fee", "x", literal("x")).replace(
        '<variable name="fee"/>', '<variable name="fee" typeRef="number"/>'
    )

    assert value_of(literal("fee(5)"), {}, typed, requires=["bkm:#fee"]) == 5
    assert value_of(literal("fee([5])"), {}, typed, requires=["bkm:#fee"]) == 5
    assert value_of(literal('fee("x")'), {}, typed, requires=["bkm:#fee"]) is None


def test_models_of_dmn_1_6_are_read() -> None:
    version = "https://www.omg.org/spec/DMN/20240513/MODEL/"
    model = dmn.parse("new.dmn", definitions(decision("d", literal("1")), version=version))

    assert dmn.evaluate([model], "d", {}).value == 1


def test_a_decision_service_is_called_like_a_function() -> None:
    service = (
        '<decisionService id="s" name="shipping"><variable name="shipping"/>'
        '<outputDecision href="#inner"/><inputData href="#weight"/></decisionService>'
    )
    inner = decision("inner", literal("weight * 2"), requires=["data:#weight"])
    content = definitions(
        data("weight", "number"), inner, service,
        decision("d", literal("shipping(weight: 4) + shipping(1)"), requires=["bkm:#s"]),
    )  # fmt: skip
    model = dmn.parse("test.dmn", content)

    assert dmn.evaluate([model], "d", {}).value == 10
    assert dmn.evaluate([model], "shipping", {"weight": 3}).value == 6


def test_a_decision_sees_what_it_requires_and_nothing_else() -> None:
    # Bug: a decision saw every input of the model, required or not (DMN 1.5, 7.3.4).
    content = definitions(
        data("a"), data("b"),
        decision("d", literal("[a, b, e]"), requires=["data:#a"]),
        decision("e", literal("b"), requires=["data:#b"]),
    )  # fmt: skip
    model = dmn.parse("test.dmn", content, strict=False)

    result = dmn.evaluate([model], "d", {"a": 1, "b": 2})

    assert feel.to_json(result.value) == [1, None, None]
    assert {each.rule for each in model.findings} == {"dmn-unknown-name"}


def test_models_may_import_each_other() -> None:
    shared = definitions(
        '<itemDefinition name="tDays"><typeRef>number</typeRef></itemDefinition>',
        data("amount"),
        decision("days", literal("if amount > 5 then 30 else 15"), requires=["data:#amount"]),
        namespace="shared",
    )
    using = definitions(
        '<import name="law" namespace="shared" '
        'importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
        decision("d", literal("law.days + 1"), requires=["shared#days"], type_="law.tDays"),
    )

    models = dmn.load({"using.dmn": using, "shared.dmn": shared})

    assert dmn.evaluate(models, "d", {"amount": 9}).value == 31
    with pytest.raises(dmn.DmnRejected) as refused:
        dmn.load({"using.dmn": using})
    assert {each.rule for each in refused.value.findings} >= {"dmn-import"}


# -- what is refused ----------------------------------------------------------------------


def refusal(*parts: str) -> list[tuple[str, str, int | None]]:
    with pytest.raises(dmn.DmnRejected) as refused:
        dmn.parse("test.dmn", definitions(*parts))
    findings = refused.value.findings
    assert all(each.file == "test.dmn" and each.text.th and each.text.en for each in findings)
    assert "test.dmn" in refused.value.text.th
    return [(each.element, each.rule, each.column) for each in findings if each.severity == "error"]


def cell(test: str, output: str) -> str:
    return decision("d", table(["amount: number"], ["track: string"], [(test, output)]))


def small_table(
    *rules: tuple[str, ...], outputs: tuple[str, ...] = ("b",), policy: str = ""
) -> str:
    return decision("d", table(["a"], outputs, rules, policy=policy or "UNIQUE"))


GROOVY = '<literalExpression expressionLanguage="groovy"><text>1</text></literalExpression>'
CIRCLE = [
    decision("d", literal("1"), requires=["e"]),
    decision("e", literal("1"), requires=["d"]),
]
FAULTY: list[tuple[list[str], tuple[str, str, int | None]]] = [
    ([cell("> 5", 'upper("c")')], ("rule1", "dmn-unknown-function", 1)),
    ([cell("(> 5", '"C"')], ("rule1", "dmn-feel", 5)),
    ([cell("> 5", 'substring("a")')], ("rule1", "dmn-arity", 1)),
    ([cell("> 5", "5")], ("rule1", "dmn-output-type", 1)),
    ([cell('"5"', '"C"')], ("rule1", "dmn-never", 1)),
    ([small_table(("1", "2"), policy="BEST")], ("table", "dmn-hit-policy", None)),
    ([small_table(("1",))], ("rule1", "dmn-rule-size", None)),
    ([small_table(("1", "2", "3"), outputs=("b", "b"))], ("table", "dmn-output-name", None)),
    ([small_table(("1", "2"), policy="PRIORITY")], ("table", "dmn-priority", None)),
    (CIRCLE, ("d", "dmn-circular", None)),
    ([decision("d", literal("1"), requires=["d"])], ("d", "dmn-circular", None)),
    ([decision("d", literal("1"), requires=["nowhere"])], ("d", "dmn-missing", None)),
    (
        [decision("d", literal("x"), requires=["data:#y"]), data("y")],
        ("d", "dmn-unknown-name", 1),
    ),
    ([decision("d", literal("1"), type_="tNothing")], ("d", "dmn-type", None)),
    ([decision("d", literal("1")), decision("d", literal("2"))], ("d", "dmn-duplicate", None)),
    ([decision("d", GROOVY)], ("d", "dmn-language", None)),
]


@pytest.mark.parametrize(("parts", "expected"), FAULTY, ids=[rule for _, (_, rule, _) in FAULTY])
def test_a_faulty_model_is_refused_with_its_place(
    parts: list[str], expected: tuple[str, str, int | None]
) -> None:
    assert expected in refusal(*parts)


POISON = {
    "dmn-doctype": b'<!DOCTYPE d [<!ENTITY a "b">]><definitions>&a;</definitions>',
    "dmn-xml": b"<definitions",
    "dmn-namespace": b'<definitions xmlns="urn:other"/>',
    "dmn-size": b" " * 5_000_001,
}


@pytest.mark.parametrize("rule", POISON)
def test_poisoned_files_are_refused(rule: str) -> None:
    with pytest.raises(dmn.DmnRejected) as refused:
        dmn.parse("test.dmn", POISON[rule])

    assert [each.rule for each in refused.value.findings] == [rule]


def test_a_doctype_in_another_encoding_is_refused_too() -> None:
    bomb = '<?xml version="1.0" encoding="{}"?><!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>'

    for encoding in ("utf-16", "utf-16-le", "utf-32", "utf-7", "cp037"):
        with pytest.raises(dmn.DmnRejected):
            dmn.parse("test.dmn", bomb.format(encoding).encode(encoding))


def test_deep_and_long_models_do_no_harm() -> None:
    deep = "<list>" * 5000 + "</list>" * 5000
    chain = [decision(f"d{n}", literal("1"), requires=[f"d{n + 1}"]) for n in range(2000)]

    with pytest.raises(dmn.DmnRejected):
        dmn.parse("test.dmn", definitions(decision("d", deep)))
    model = dmn.parse("test.dmn", definitions(*chain, decision("d2000", literal("1"))))
    assert dmn.evaluate([model], "d0", {}).value in (1, None)


def test_an_unknown_decision_is_named() -> None:
    model = dmn.parse("test.dmn", definitions(decision("d", literal("1"))))

    with pytest.raises(dmn.DecisionNotFound) as refused:
        dmn.evaluate([model], "e", {})

    assert "“e”" in refused.value.text.th
