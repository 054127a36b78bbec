"""What is refused and how it is said; and that what is read can be written and read again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import feel
from engine.feel.grammar.parser import parse, parse_tests
from engine.feel.grammar.printer import to_text

FAULTS = [
    ("amount >", 1, 9, "an expression"),
    ("(1 + 2", 1, 7, "“)”"),
    ("[1, 2", 1, 6, "“,” or “]”"),
    ("f(1 2)", 1, 5, "“,” or “)”"),
    ("{a: 1", 1, 6, "“,” or “}”"),
    ("{a 1}", 1, 5, "“:”"),
    ("if a then b", 1, 12, "“else”"),
    ("if a b", 1, 7, "“then”"),
    ("for x in [1] x", 1, 14, "“return”"),
    ("some x in [1] return x", 1, 15, "“satisfies”"),
    ("1 +\n  * 2", 2, 3, "an expression"),
    ("a between 1", 1, 12, "“and”"),
    ("x instance of 5", 1, 15, "a type"),
    ("a = 1)", 1, 6, "an operator or the end"),
    ('"abc', 1, 1, '"'),
    ("/* a", 1, 1, "*/"),
    ("a # b", 1, 3, ""),
    ("", 1, 1, "an expression"),
    ("> 5", 1, 1, "an expression"),
    ('@"2026-02-30"', 1, 1, "a date, time or duration"),
    ("x instance of nonsense", 1, 15, "a type"),
]


@pytest.mark.parametrize(("source", "line", "column", "expected"), FAULTS)
def test_a_syntax_error_names_place_and_what_was_expected(
    source: str, line: int, column: int, expected: str
) -> None:
    with pytest.raises(feel.FeelSyntaxError) as refused:
        feel.compile(source)

    assert (refused.value.line, refused.value.column) == (line, column)
    assert refused.value.expected == expected


def test_a_syntax_error_is_told_in_thai_and_english() -> None:
    with pytest.raises(feel.FeelSyntaxError) as refused:
        feel.compile("วงเงิน > ")

    assert refused.value.text.th == "FEEL บรรทัด 1 คอลัมน์ 10: ควรเป็น นิพจน์ แต่พบ จบนิพจน์"
    assert str(refused.value) == "FEEL line 1, column 10: expected an expression, found the end"


NAMES = st.sampled_from(["a", "b c", "วงเงิน", "`x-y`", "item", "?"])
LITERALS = st.sampled_from(
    ["1", "2.50", '"ก\\n\\""', "true", "null", '@"P1D"', "[1..5)", "(]1..b c[)", "[]", "{}", "1e3"]
)
OPERATORS = st.sampled_from("+ - * / ** = != < <= > >= and or".split())
TYPES = st.sampled_from(["number", "list<context<a: date and time>>", "function<Any> -> string"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions made of smaller ones, by every construct of the language."""
    return st.one_of(
        st.builds("{} {} {}".format, inner, OPERATORS, inner),
        st.builds("({})".format, inner),
        st.builds("-{}".format, inner),
        st.builds("({}).{}".format, inner, st.sampled_from(["a", "b c"])),
        st.builds("({})[{}]".format, inner, inner),
        st.builds("f({}, {})".format, inner, inner),
        st.builds("f(x: {}, some y: {})".format, inner, inner),
        st.builds("if {} then {} else {}".format, inner, inner, inner),
        st.builds("for x in {}, y in 1..{} return {}".format, inner, inner, inner),
        st.builds("every x in {} satisfies {}".format, inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds('{{a: {}, "b-c": {}}}'.format, inner, inner),
        st.builds("function(p, q: number) {}".format, inner),
        st.builds("({}) in (< ({}), {})".format, inner, inner, inner),
        st.builds("({}) between ({}) and ({})".format, inner, inner, inner),
        st.builds("({}) instance of {}".format, inner, TYPES),
    )


EXPRESSIONS = st.recursive(NAMES | LITERALS, grown, max_leaves=8)


@settings(max_examples=500)
@given(EXPRESSIONS)
def test_what_is_read_is_written_and_read_again(source: str) -> None:
    tree = parse(source)

    written = to_text(tree)

    assert parse(written) == tree
    assert to_text(parse(written)) == written


@settings(max_examples=100)
@given(st.lists(EXPRESSIONS, min_size=1, max_size=3), st.booleans())
def test_unary_tests_are_written_and_read_again(sources: list[str], negated: bool) -> None:
    inner = ", ".join(sources)
    tree = parse_tests(f"not({inner})" if negated else inner)

    assert parse_tests(to_text(tree)) == tree


def test_the_written_form_has_no_needless_brackets() -> None:
    assert to_text(parse("((a) + (b * c)) > (1)")) == "a + b * c > 1"
    assert to_text(parse("(a + b) * c")) == "(a + b) * c"
    assert to_text(parse_tests("-")) == "-"


@pytest.mark.parametrize(
    ("slot", "kind", "text"),
    [
        ('=due("screen")', "expression", 'due("screen")'),
        (" = 1 + 1 ", "expression", "1 + 1"),
        ("${amount > 5}", "expression", "amount > 5"),
        ("#{amount}", "expression", "amount"),
        ("screening_head", "literal", "screening_head"),
        ("a ${b", "literal", "a ${b"),
        ("PT5M", "literal", "PT5M"),
        ("", "literal", ""),
        (None, "literal", ""),
    ],
)
def test_a_slot_of_a_diagram_is_text_or_an_expression(
    slot: str | None, kind: str, text: str
) -> None:
    found = feel.parse_slot(slot)

    assert (found.kind, found.text) == (kind, text)


def test_names_and_functions_are_told() -> None:
    expression = feel.compile(
        "due(step) > today() and some p in accused satisfies p.level > limit and {x: 1, y: x}.y = 1"
    )

    assert expression.names == {"step", "accused", "limit"}
    assert expression.functions == {"due", "today"}
