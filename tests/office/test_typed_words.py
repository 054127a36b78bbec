"""Words typed into a form stand in the inbox and in the mail exactly as they were typed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html as pages

from office.applications.letter_templates import read_template, render
from office.applications.markdown import html, plain

TEMPLATE = read_template(
    "letters/L7-result.md",
    "# ผล\n\n**เหตุผล** {{ f.reasons }}\n\n1. {{ f.law }}\n2. {{ f.facts }} ภายใน\n\n"
    "{{ f.measure }}{{ f.facts }}\n\n---\n\nจบ".encode(),
)
# What Markdown, HTML, Typst and Jinja give a meaning to, and what an officer types without one.
PIECES = st.sampled_from(
    [
        *"#*_`~>|-+=:.)([]{}<>&!\\\"'$@^/0123456789 \t\n",
        "\r\n", "\r", "\n\n", "\n    ", "\n\n\t", "  \n", "---", "***", "```", "~~~", "> ", "1. ",
        "12) ", "- ", "| a | b |", "![a](b)", "[a](javascript:1)", "<b>", "</span>", "<!--",
        "&amp;", "&#10;", "&nbsp;", "https://example.org/a_b_c", "{{ 7*7 }}", "{% raw %}",
        "#let x = 1", "$x^2$", "คืนเงิน", "ตำหนิ", "๑๒", "น้ำ", "\u00a0", "\u3000", "\u200b",
        "\u2028", "🙂", "👨\u200d👩\u200d👧",
    ]
)  # fmt: skip
TYPED = st.one_of(
    st.lists(PIECES, min_size=1, max_size=30).map("".join),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
).filter(str.strip)


def normal(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read(page: str) -> str:
    """What a reader sees of a letter's page: the words of its blocks, with spaces and breaks."""
    tree: Any = pages.fragment_fromstring(page, create_parent="article")
    assert not tree.xpath("//script | //b | //img | //code | //a"), (
        "nothing typed becomes an element"
    )
    blocks = tree.xpath("//h1 | //p | //li")
    return "\n\n".join(block.text_content() for block in blocks) + "\n"


@given(TYPED, TYPED, TYPED, TYPED)
@example("    คืนเงิน\n\n    ตำหนิ", "100*3*2", "1. ก\n2. ข", "\n\n\tหนึ่ง")
def test_typed_is_mailed_is_shown(reasons: str, law: str, facts: str, measure: str) -> None:
    given_facts = {"reasons": reasons, "law": law, "facts": facts, "measure": measure}
    letter = render(TEMPLATE, {"f": given_facts})

    a, b, c, d = map(normal, (reasons, law, facts, measure))
    assert plain(letter) == f"ผล\n\nเหตุผล {a}\n\n1. {b}\n2. {c} ภายใน\n\n{d}{c}\n\nจบ\n"
    assert read(html(letter)) == f"ผล\n\nเหตุผล {a}\n\n{b}\n\n{c} ภายใน\n\n{d}{c}\n\nจบ\n"


@pytest.mark.parametrize("typed", ["    คืนเงิน", "ก\n\n    ข\n\n\tค", "  สองช่อง  ว่าง  "])
def test_a_browser_is_told_to_keep_breaks_and_indents(typed: str) -> None:
    page = html(render(read_template("letters/L7-x.md", b"{{ x }}"), {"x": typed}))

    kept = pages.fragment_fromstring(page, create_parent=True).xpath("//span[@class='sn-text']")
    assert [each.text_content() for each in kept] == [typed]


def test_what_the_template_itself_draws_as_a_block_is_mailed_too() -> None:
    assert plain("ก\n\n    ย่อหน้า\n\n```\nตาราง\n```\n") == "ก\n\nย่อหน้า\n\nตาราง\n"
