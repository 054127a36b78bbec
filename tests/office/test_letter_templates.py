"""Letter templates: what they may say, what they must have, what they may never do."""

import pytest

from office.applications.letter_templates import (
    check_template,
    find_template,
    read_template,
    render,
)
from office.applications.markdown import plain
from office.ground.errors import LetterFaulty, LetterIncomplete, LetterUnknown


def template(body: str, head: str = "title: แจ้งผล\ntitle_en: Result"):
    return read_template("letters/L7-result.md", f"---\n{head}\n---\n{body}".encode())


def test_the_head_names_the_letter_in_two_languages():
    letter = template("เรียน ผู้ร้อง")

    assert (letter.kind, letter.title.th, letter.title.en) == ("L7", "แจ้งผล", "Result")
    assert letter.body == "เรียน ผู้ร้อง"


def test_a_letter_is_found_by_its_kind():
    files = {"letters/L1-a.md": b"one", "letters/L10-b.md": b"ten", "L1.md": b"other"}

    assert find_template(files, "L1").body == "one"
    assert find_template(files, "L10").body == "ten"
    with pytest.raises(LetterUnknown):
        find_template(files, "L2")


def test_dates_are_spelt_in_the_buddhist_era_and_digits_may_be_thai():
    letter = template("{{ day | thai_date }} {{ day | thai_date | thai_digits }}")

    assert render(letter, {"day": "2026-03-05"}) == "5 มีนาคม 2569 ๕ มีนาคม ๒๕๖๙\n"
    assert render(letter, {"day": "2026-03-04T20:00:00+00:00"}).startswith("5 มีนาคม 2569")


@pytest.mark.parametrize("reasons", [None, "", "   ", []])
def test_a_letter_without_its_reasons_is_not_issued(reasons):
    letter = template("เหตุผล {{ f10.reasons }}", "title: x\nrequired: f10.reasons")

    with pytest.raises(LetterIncomplete) as refused:
        render(letter, {"f10": {"reasons": reasons}})

    assert "f10.reasons" in refused.value.text.th


@pytest.mark.parametrize("facts", [{}, {"case": {}}, {"case": {"receipt_no": None}}])
def test_what_is_printed_must_be_there(facts):
    with pytest.raises(LetterIncomplete):
        render(template("เลขรับ {{ case.receipt_no }}"), facts)


def test_what_is_only_asked_about_may_be_missing():
    letter = template("ก{% if person.address.street %} {{ person.address }}{% endif %}ข")

    assert render(letter, {}) == "กข\n"


def test_conditions_leave_no_holes():
    letter = template("ก\n\n{% if no %}\nไม่มี\n{% endif %}\n\n{% if no %}\nx\n{% endif %}\n\nข\n")

    assert render(letter, {"no": False}) == "ก\n\nข\n"


def test_what_a_person_wrote_is_not_read_as_a_template():
    letter = template("{{ facts }}")

    assert (
        plain(render(letter, {"facts": "{{ 7 * 7 }} {% raise %}"})) == "{{ 7 * 7 }} {% raise %}\n"
    )


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ facts.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ rows.append(1) }}",
    ],
)
def test_a_template_reaches_nothing_but_its_facts(body):
    with pytest.raises((LetterFaulty, LetterIncomplete)):
        render(template(body), {"facts": {}, "rows": []})


@pytest.mark.parametrize(
    "content", [b"{{ unclosed", b"{% for %}", b"\xff\xfe", b"{{ x | no_filter }}"]
)
def test_a_broken_template_is_found_at_the_gate(content):
    findings = check_template("letters/L1.md", content)

    assert [finding.severity for finding in findings] == ["error"]
    assert findings[0].text.th
    assert findings[0].text.en


def test_a_good_template_passes_the_gate():
    assert check_template("letters/L1.md", "เรียน {{ person.full_name }}".encode()) == []
