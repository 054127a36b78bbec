"""What a person sees: the view, and the page that the macros make of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import html
from werkzeug.datastructures import MultiDict

from engine import feel
from engine.ground.text import Text
from forms import Form, FormInvalid
from forms.showing.view import FormView, ItemView

FormOf = Callable[[str], Form]
ROOT = Path(__file__).parents[2]
FORMS = sorted(path.stem for path in (ROOT / "forms" / "complaint").glob("*.form"))


@pytest.fixture
def intake(form: FormOf) -> Form:
    return form("f1-intake")


@pytest.fixture(scope="session")
def page() -> Callable[..., Any]:
    """A page with one form, as an HTML tree."""
    templates = Environment(
        loader=FileSystemLoader(ROOT / "web" / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    source = (
        '{% from "macros/form.html" import render_form, read_out %}<!doctype html><html lang="th">'
        '<body><form method="post">{{ render_form(view) }}</form>{{ read_out(lines) }}'
        "</body></html>"
    )

    def render(view: FormView, *, lines: tuple[Any, ...] = ()) -> Any:
        text = templates.from_string(source).render(view=view, lines=lines)
        return html.document_fromstring(text)

    return render


def every(items: tuple[ItemView, ...]) -> Iterator[ItemView]:
    for item in items:
        yield item
        yield from every(item.items)
        for row in item.rows:
            yield from every(row.items)


def item(view: FormView, name: str) -> ItemView:
    return next(found for found in every(view.items) if found.name == name)


def names(view: FormView) -> set[str]:
    return {found.name for found in every(view.items) if found.name}


def test_a_fresh_form_asks_the_track_first(intake: Form, office: dict[str, Any]) -> None:
    view = intake.view(context=office)

    assert names(view) == {"track"}
    track = item(view, "track")
    assert track.required
    assert track.live
    assert [option.value for option in track.options] == ["C", "G", "F"]
    assert all(option.hint.startswith("เช่น") for option in track.options)


def test_a_corruption_complaint_proposes_to_keep_the_name_secret(
    intake: Form, office: dict[str, Any]
) -> None:
    chosen = [
        o.value
        for o in item(intake.view({"track": "C"}, {}, office), "identity_mode").options
        if o.checked
    ]
    assert chosen == ["confidential"]

    service = intake.view({"track": "G"}, {}, office)
    assert [o.value for o in item(service, "identity_mode").options if o.checked] == ["open"]


def test_corruption_starts_with_one_row_for_the_accused(
    intake: Form, office: dict[str, Any]
) -> None:
    assert len(item(intake.view({"track": "C"}, {}, office), "accused").rows) == 1
    assert item(intake.view({"track": "G"}, {}, office), "accused").rows == ()
    emptied = intake.view({"track": "C", "accused": []}, {}, office)
    assert item(emptied, "accused").rows == ()


def test_an_anonymous_person_is_not_asked_for_a_name(intake: Form, office: dict[str, Any]) -> None:
    view = intake.view({"track": "C", "identity_mode": "anonymous"}, {}, office)

    assert not {"full_name", "national_id", "phone", "email", "reply_by"} & names(view)
    assert "facts" in names(view)


def test_what_was_typed_stays_when_it_was_wrong(
    intake: Form, corruption: dict[str, Any], office: dict[str, Any], friday: feel.Environment
) -> None:
    wrong = corruption | {"date_from": "31/2/2569", "amount": "ห้าหมื่น", "phone": "๐๘๑"}
    with pytest.raises(FormInvalid) as caught:
        intake.load(wrong, context=office, environment=friday)

    view = intake.view(wrong, caught.value.errors, office, environment=friday)

    assert item(view, "date_from").value == "31/2/2569"
    assert item(view, "amount").value == "ห้าหมื่น"
    assert item(view, "phone").value == "๐๘๑"
    assert item(view, "date_from").errors == ("ไม่มีวันที่นี้ในปฏิทิน",)
    assert {error.href for error in view.summary} == {
        "#f-f1_intake-date_from",
        "#f-f1_intake-amount",
        "#f-f1_intake-phone",
    }


def test_a_form_speaks_one_language_at_a_time(intake: Form, office: dict[str, Any]) -> None:
    thai, english = (intake.view({"track": "C"}, {}, office, language) for language in ("th", "en"))

    assert item(thai, "facts").label == "ข้อเท็จจริงและพฤติการณ์"
    assert item(english, "facts").label == "Facts and circumstances"
    assert item(english, "accused").rows[0].legend == "Person 1"
    assert item(english, "evidence").hint.endswith("At most 10 file(s) of up to 20 MB each.")
    assert item(english, "accused-0-unit").options[0].label == "Legal"


def test_saved_answers_are_spelled_for_people(intake: Form, office: dict[str, Any]) -> None:
    saved = {"track": "C", "date_from": "2026-03-05", "amount": 2400000}

    assert item(intake.view(saved, {}, office), "date_from").value == "5 มีนาคม 2569"
    assert item(intake.view(saved, {}, office, "en"), "date_from").value == "5 March 2026"
    assert item(intake.view(saved, {}, office), "amount").value == "2,400,000"


def test_an_unknown_field_is_told_in_the_summary(intake: Form) -> None:
    view = intake.view(
        {"is_admin": "1"}, {"is_admin": [Text("ไม่มีช่องนี้", "No such field")]}, language="en"
    )

    assert [(error.label, error.text, error.href) for error in view.summary] == [
        ("is_admin", "No such field", "")
    ]


def test_a_case_file_reads_out_what_was_answered(
    intake: Form, corruption: dict[str, Any], office: dict[str, Any], accepted: Callable[..., Any]
) -> None:
    given = corruption | {"date_from": "5/3/2569", "amount": 900000, "evidence": ["f1"]}
    answers = accepted(intake, given)

    lines = intake.read_out(answers.merged(), context=office, file_names={"f1": "ประกาศ.pdf"})

    flat = {line.label: line for group in lines for line in group.lines}
    assert flat["ท่านต้องการแจ้งเรื่องประเภทใด"].text == "ร้องเรียนการทุจริตและประพฤติมิชอบ"
    assert flat["วันที่เกิดเหตุ หรือวันแรกที่เกิดเหตุ"].text == "5 มีนาคม 2569"
    assert flat["มูลค่าความเสียหายโดยประมาณ (บาท)"].text == "900,000"
    assert flat["พยานหลักฐาน"].files[0].name == "ประกาศ.pdf"
    assert flat["ชื่อ–นามสกุล"].personal
    person = {line.label: line.text for line in flat["ผู้ถูกร้องเรียนคนที่ 1"].lines}
    assert person["ฝ่ายหรือหน่วยงานที่สังกัด (ถ้าทราบ)"] == "พัสดุ"
    assert "สถานที่เกิดเหตุ" not in flat


def answers_for(name: str) -> dict[str, Any]:
    """Answers that show as much of each form as can be shown."""
    known: dict[str, dict[str, Any]] = {
        "f1-intake": {
            "track": "C",
            "identity_mode": "open",
            "reply_by": "post",
            "on_behalf": True,
            "witnesses": [{}],
            "elsewhere": "court",
            "fear_retaliation": True,
        },
        "f2-screening": {
            "jurisdiction": False,
            "duplicate_of": "รร.00001/2569",
            "override_result": "REFER",
        },
        "f5-acceptance": {"accepted": False},
        "f10-decision": {"measures": [{}]},
    }
    return known.get(name, {})


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_drawn_so_that_everyone_can_use_it(
    form: FormOf, page: Callable[..., Any], office: dict[str, Any], name: str, language: str
) -> None:
    fields = form(name).fields
    errors = {field.path: [Text("ผิด", "Wrong")] for field in fields}
    view = form(name).view(
        answers_for(name), errors, office | {"identity_mode": "anonymous"}, language
    )

    tree = page(view)

    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    for entry in tree.xpath("//input[not(@type='hidden')]|//select|//textarea"):
        assert tree.xpath(f"//label[@for='{entry.get('id')}']"), entry.get("id")
    for fieldset in tree.xpath("//fieldset"):
        assert fieldset.xpath("./legend[normalize-space()]"), fieldset.get("id")
    for mention in tree.xpath("//@aria-describedby|//@aria-labelledby"):
        assert all(part in ids for part in mention.split()), mention
    for link in tree.xpath("//a[starts-with(@href, '#')]/@href"):
        assert link[1:] in ids
    assert tree.xpath("//*[@class='alert alert-danger']//li")


def test_no_expression_and_no_markup_reaches_the_page(
    small: Callable[..., Form], page: Callable[..., Any]
) -> None:
    evil = "<script>alert(1)</script>"
    links = "[ไป](javascript:alert(1)) [คู่มือ](/guideline)"
    note = f"# หัวข้อ\n\n**{{{{subject}}}}** {evil} {links}\n\n- ก\n- ข"
    form = small(
        {"id": "t", "type": "text", "text": note, "properties": {"text_en": note}},
        {
            "id": "a",
            "type": "textarea",
            "key": "a",
            "label": f"ชื่อ{evil}",
            "properties": {"label_en": "x"},
        },
    )

    tree = page(form.view({"a": f"</textarea>{evil}"}, {}, {"subject": evil}))

    assert tree.xpath("//script") == []
    assert tree.xpath("//strong/text()") == [evil]
    assert tree.xpath("//a/@href") == ["/guideline"]
    assert tree.xpath("//h3/text()") == ["หัวข้อ"]
    assert tree.xpath("//ul/li/text()") == ["ก", "ข"]


def test_a_page_redraws_itself_only_where_conditions_listen(
    form: FormOf, page: Callable[..., Any], office: dict[str, Any]
) -> None:
    view = form("f1-intake").view({"track": "C"}, {}, office)

    live = page(view)
    assert set(live.xpath("//*[@data-live]/@name")) >= {
        "track",
        "identity_mode",
        "accused-0-unknown",
    }
    assert "title" not in live.xpath("//*[@data-live]/@name")
    assert live.xpath("//noscript//button[@value='update']")

    still = page(form("withdrawal").view())
    assert still.xpath("//@data-live | //noscript") == []


@pytest.mark.parametrize("name", FORMS)
def test_a_page_sent_back_unchanged_says_the_same(
    form: FormOf, page: Callable[..., Any], office: dict[str, Any], name: str
) -> None:
    first = form(name).view(answers_for(name), {}, office)

    again = form(name).view(form(name).parse_post(sent_by(page(first))), {}, office)

    assert again == first


def sent_by(tree: Any) -> MultiDict[str, str]:
    """What a browser would post for the form as it stands."""
    sent: list[tuple[str, str]] = []
    for entry in tree.xpath("//form//input|//form//select|//form//textarea"):
        kind = entry.get("type")
        if entry.tag == "select":
            chosen = entry.xpath("./option[@selected]/@value") or entry.xpath("./option/@value")
            sent.append((entry.get("name"), chosen[0]))
        elif entry.tag == "textarea":
            sent.append((entry.get("name"), (entry.text or "").removeprefix("\n")))
        elif kind not in ("checkbox", "radio", "file") or entry.get("checked") is not None:
            sent.append((entry.get("name"), entry.get("value") or ""))
    return MultiDict(sent)
