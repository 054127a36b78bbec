"""Laws that hold for any form's answers, whatever anybody sends."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine import feel
from engine.ground.canonical import dumps, loads
from forms import Answers, Form, FormInvalid, compile_form
from forms.model.component import Component

FOLDER = Path(__file__).parents[2] / "forms" / "complaint"
FORMS = [compile_form(path.name, path.read_bytes()) for path in sorted(FOLDER.glob("*.form"))]
NOW = feel.Environment(now=datetime(2026, 3, 20, 3, 0, tzinfo=UTC))
UNITS = [{"value": "legal", "label": "ฝกม."}, {"value": "it", "label": "ฝขท."}]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.decimals(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
TEXTS = st.sampled_from(["", "ก", "ข้อความที่ยาวพอสำหรับทุกช่องที่มีในแบบฟอร์มนี้", "a@b.co", "0812345678"])
DATES = st.sampled_from(["5/3/2569", "2026-03-20", "30 ก.พ. 2569", "1 มกราคม 2575", "x"])
NUMBERS = st.sampled_from(["๕", 0, 1, -1, "1e9", "2.5", 3])


def plausible(component: Component) -> st.SearchStrategy[Any]:
    """Answers near to what the component asks, some right and some wrong."""
    listed = [option.value for option in component.choices.listed] or ["legal", "it", "nowhere"]
    by_type: Mapping[str, st.SearchStrategy[Any]] = {
        "number": NUMBERS,
        "datetime": DATES,
        "checkbox": st.booleans(),
        "radio": st.sampled_from(listed),
        "select": st.sampled_from(listed),
        "taglist": st.lists(st.sampled_from(listed), max_size=2),
        "filepicker": st.lists(st.sampled_from(["f1", "f2", "../x"]), max_size=2),
    }
    return by_type.get(component.type, TEXTS)


BY_CHECK = {
    "thai_id": "1101700207366", "thai_phone": "0812345678", "email": "a@example.org",
    "postcode": "10900", "passport": "AA123456",
}  # fmt: skip
LONG = "ข้อความที่ยาวพอสำหรับทุกช่องที่มีในแบบฟอร์มนี้"


def proper(component: Component) -> st.SearchStrategy[Any]:
    """Answers that the component takes, if the others allow it."""
    listed = [option.value for option in component.choices.listed] or ["legal", "it"]
    by_type: Mapping[str, st.SearchStrategy[Any]] = {
        "number": st.integers(min_value=1, max_value=9),
        "datetime": st.sampled_from(["5/3/2569", "30/4/2569", "19 มี.ค. 2569 10.00 น."]),
        "checkbox": st.booleans(),
        "radio": st.sampled_from(listed),
        "select": st.sampled_from(listed),
        "taglist": st.just([]),
        "filepicker": st.just(["f1"]),
    }
    return by_type.get(component.type, st.just(BY_CHECK.get(component.check, LONG)))


def answers_to(
    components: tuple[Component, ...], *, right: bool = False
) -> st.SearchStrategy[dict[str, Any]]:
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for component in flat(components):
        if component.type == "dynamiclist":
            rows = answers_to(component.children, right=right)
            fields[component.key] = st.lists(rows, min_size=int(right), max_size=3)
        elif component.is_leaf:
            fields[component.key] = proper(component) if right else plausible(component)
    return st.fixed_dictionaries(fields) if right else st.fixed_dictionaries({}, optional=fields)


MENDS = ["5/3/2569", "30/4/2569", "19 มี.ค. 2569 10.00 น.", True, False, 1, 9]


def mended(form: Form, answers: dict[str, Any], context: dict[str, Any]) -> Answers | None:
    """What comes out after the faults that are told were put right, as a patient person would."""
    for attempt in range(len(MENDS)):
        outcome = load(form, answers, context)
        if isinstance(outcome, Answers):
            return outcome
        for path in outcome.errors:
            put(answers, path.split("."), MENDS[attempt])
    return None


def put(tree: Any, steps: list[str], value: Any) -> None:
    for step in steps[:-1]:
        tree = tree[int(step)] if isinstance(tree, list) else tree[step]
    if not isinstance(tree.get(steps[-1]), list):
        tree[steps[-1]] = value


def flat(components: tuple[Component, ...]) -> Iterator[Component]:
    for component in components:
        if component.type == "group":
            yield from flat(component.children)
        else:
            yield component


case = st.fixed_dictionaries(
    {"units": st.just(UNITS)},
    optional={
        "track": st.sampled_from(["C", "G", "F"]),
        "identity_mode": st.sampled_from(["open", "anonymous"]),
        "elsewhere": st.sampled_from(["none", "court"]),
    },
)
form_and_answers = st.sampled_from(FORMS).flatmap(
    lambda form: st.tuples(st.just(form), answers_to(form.components))
)
accepted = st.sampled_from(FORMS).flatmap(
    lambda form: st.tuples(st.just(form), answers_to(form.components, right=True), case)
)
patient = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def load(form: Form, answers: Any, context: dict[str, Any]) -> Answers | FormInvalid:
    try:
        return form.load(answers, context=context, environment=NOW)
    except FormInvalid as refused:
        return refused


@patient
@given(st.sampled_from(FORMS), anything, case)
def test_any_json_is_answers_or_a_refusal(
    form: Form, answers: Any, context: dict[str, Any]
) -> None:
    outcome = load(form, answers, context)

    assert isinstance(outcome, Answers) or outcome.errors


@patient
@given(form_and_answers, st.data(), case)
def test_wrong_values_under_right_names_are_a_refusal(
    given_form: tuple[Form, dict[str, Any]], data: st.DataObject, context: dict[str, Any]
) -> None:
    form, answers = given_form
    key = data.draw(st.sampled_from([field.path.partition("[")[0] for field in form.fields]))

    outcome = load(form, answers | {key: data.draw(anything)}, context)

    assert isinstance(outcome, Answers) or all(outcome.errors.values())


def places(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of a home by its path; lists of rows are walked, lists of values are leaves."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from places(value, f"{path}.{key}" if path else key)
    elif isinstance(tree, list) and tree and all(isinstance(row, dict) for row in tree):
        for row in tree:
            yield from places(row, f"{path}[]")
    else:
        yield path, tree


@patient
@given(accepted)
def test_every_answer_has_exactly_one_home(
    filled: tuple[Form, dict[str, Any], dict[str, Any]],
) -> None:
    form = filled[0]
    outcome = mended(*filled)
    assume(outcome is not None)
    assert outcome is not None

    known = {field.path: field for field in form.fields}
    homes = {
        "variable": outcome.variables,
        "submission": outcome.submission,
        "personal": outcome.personal,
    }
    for home, content in homes.items():
        for path, value in places(content):
            if path in known:
                assert known[path].home == home
            else:  # a list without rows, or a row with nothing of this home
                assert value in ([], {})
    for path in outcome.files:
        assert known[path].home == "file"
    answered = {path for content in homes.values() for path, _ in places(content)} | set(
        outcome.files
    )
    drawn = set(drawn_by(form, outcome.merged(), filled[2]))
    assert drawn <= answered


@patient
@given(accepted)
def test_what_is_hidden_never_comes_out(
    filled: tuple[Form, dict[str, Any], dict[str, Any]],
) -> None:
    outcome = mended(*filled)
    assume(outcome is not None)
    assert outcome is not None

    drawn = set(drawn_by(filled[0], outcome.merged(), filled[2]))

    leaves = {path for path, value in places(outcome.merged()) if value != {}}
    assert {path for path in leaves if "[]" not in path} <= drawn | lists_of(filled[0])
    assert {path for path in leaves if "[]" in path} <= drawn


@patient
@given(accepted)
def test_what_was_accepted_is_accepted_again_and_unchanged(
    filled: tuple[Form, dict[str, Any], dict[str, Any]],
) -> None:
    form, _, context = filled
    outcome = mended(*filled)
    assume(outcome is not None)
    assert outcome is not None

    again = load(form, outcome.merged(), context)

    assert again == outcome
    assert loads(dumps(outcome.variables)) == outcome.variables


@patient
@given(form_and_answers, case, st.sampled_from(["th", "en"]))
def test_any_answers_can_be_shown_with_their_faults(
    given_form: tuple[Form, dict[str, Any]], context: dict[str, Any], language: str
) -> None:
    form, answers = given_form
    outcome = load(form, answers, context)
    errors = outcome.errors if isinstance(outcome, FormInvalid) else {}

    view = form.view(answers, errors, context, language, environment=NOW)

    assert len(view.summary) >= len(errors)
    assert form.read_out(answers, context=context, language=language) is not None


@patient
@given(
    st.sampled_from(FORMS), st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=6)
)
def test_any_posted_names_can_be_parsed(form: Form, posted: dict[str, str]) -> None:
    answers = form.parse_post(posted)

    load(form, answers, {})
    form.apply_action(answers, "add:" + next(iter(posted), ""))


def everything(items: Any) -> Iterator[Any]:
    for item in items:
        yield item
        yield from everything(item.items)
        for row in item.rows:
            yield from everything(row.items)


def drawn_by(form: Form, answers: dict[str, Any], context: dict[str, Any]) -> Iterator[str]:
    """The fields that the page shows, as paths of the form."""
    view = form.view(answers, {}, context, environment=NOW)
    for item in everything(view.items):
        if item.name and item.kind != "list":
            yield re.sub(r"-\d+-", "[].", item.name).replace("-", ".")


def lists_of(form: Form) -> set[str]:
    return {component.key for component in flat(form.components) if component.type == "dynamiclist"}
