"""The public guideline is what is deployed, no more and no less."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction

import pytest

from engine.bpmn.reading import dialect, source
from engine.ground.clock import BANGKOK, TravellingClock
from engine.ground.text import Text
from office.deadlines.sla_table import Limit, labels_of, limits_of, read_rows
from office.ground.settings import OfficeSettings
from office.guideline.check import prove
from office.guideline.files import guideline_files
from office.guideline.flow_order import in_flow_order
from office.guideline.guideline import Guideline, Step, build
from office.guideline.source import (
    Channel,
    Element,
    GuidelineFileUnreadable,
    fiscal_year,
    read_agency,
    read_elements,
)
from tests.support.databases import SqliteTemplates
from tests.support.verbs import Office

FILES = guideline_files()
SOME, NONE = Text("มี", "some"), Text("", "")


@pytest.fixture(scope="module")
def office(
    sqlite_templates: SqliteTemplates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("guideline")
    clock = TravellingClock(datetime(2026, 3, 2, 9, tzinfo=BANGKOK))
    with sqlite_templates.copy(folder) as url:
        office = Office.open(OfficeSettings(database_url=url, data_dir=folder), clock=clock)
        office.deploy_guideline()
        yield office
        office.close()


def written(office: Office, version: int | None = None) -> Guideline:
    with office.engine.read() as work:
        return build(work, "th", version=version)


# ── the real one ───────────────────────────────────────────────────────────────────────────────


def test_it_tells_the_nine_channels(office: Office) -> None:
    channels = written(office).channels

    assert {channel.key for channel in channels} == {
        *("walk-in", "box", "letter", "phone", "fax", "web", "email", "1111", "oss")
    }
    assert all(channel.name.th and channel.how.th and channel.how.en for channel in channels)


def test_the_steps_come_in_the_order_of_the_flow(office: Office) -> None:
    order = [step.element_id for step in written(office).steps]

    way = "filed acknowledge screen assign accept clarify assess decide send_result".split()
    assert [element for element in order if element in way] == way
    assert order.index("ask") < order.index("await_reply") < order.index("assign")
    assert len(order) == len(set(order))


def test_every_step_says_what_who_and_by_when_in_both_languages(office: Office) -> None:
    guide = written(office)

    for step in guide.steps:
        for text in (step.name, step.sentence, step.role):
            assert text.th, step.element_id
            assert text.en, step.element_id
        assert step.limits or not step.is_manual, step.element_id


def test_the_steps_of_a_called_process_stand_under_the_step_that_calls_it(office: Office) -> None:
    steps = {step.element_id: step for step in written(office).steps}

    number = steps["fact_finding_call"].number
    inside = [s.number for s in steps.values() if s.process_key == "fact_finding"]
    assert inside == [f"{number}.{count}" for count in range(1, len(inside) + 1)]
    assert inside


def test_a_limit_tells_in_which_case_and_on_what_ground(office: Office) -> None:
    steps = {step.element_id: step for step in written(office).steps}

    clarify = [(limit.amount.th, limit.condition.th) for limit in steps["clarify"].limits]
    assert clarify[0] == ("7 วันทำการ", "กรณีทั่วไป")
    assert ("3 วันทำการ", "เร่งด่วน") in clarify
    corruption = steps["screen"].limits[1]
    assert corruption.condition.en == "Corruption or misconduct"
    assert corruption.ceiling.th == "ไม่เกิน 7 วัน"
    assert "27 มีนาคม 2561" in corruption.basis.th
    assert steps["await_reply"].limits[0].is_complainants


def test_it_proves_every_element_of_the_year(office: Office) -> None:
    guide = written(office)

    assert (guide.fiscal_year, guide.indicator) == (2569, "O18")
    assert [proof.number for proof in guide.proofs] == [1, 2, 3, 4, 5]
    assert guide.is_complete, [(proof.key, proof.missing) for proof in guide.proofs]
    time = next(proof for proof in guide.proofs if proof.key == "time")
    assert "clarify" in {found.id for found in time.evidence}


def test_a_step_changed_in_the_diagram_has_changed_in_the_guideline(office: Office) -> None:
    before = written(office)
    name = next(step.name.th for step in before.steps if step.element_id == "assess")
    diagram = FILES["complaint.bpmn"].decode()
    assert f'id="assess" name="{name}"' in diagram
    changed = diagram.replace(f'id="assess" name="{name}"', 'id="assess" name="ตรวจคำชี้แจง"')

    office.engine.deploy({"complaint.bpmn": changed.encode()})

    after = written(office)
    assert after.version == before.version + 1
    assert after.hash != before.hash
    names = {step.element_id: step.name.th for step in after.steps}
    assert names["assess"] == "ตรวจคำชี้แจง"
    assert len(after.pictures) == 4
    assert written(office, before.version).steps == before.steps


# ── the check ──────────────────────────────────────────────────────────────────────────────────


def step(element: str, *, role: Text = SOME, sentence: Text = SOME, dated: bool = True) -> Step:
    limits = (Limit(SOME, NONE, NONE, SOME, False),) if dated else ()
    return Step(element, element, "p", SOME, sentence, role, limits, reminders=(), is_manual=True)


@pytest.mark.parametrize(
    ("proved_by", "faulty"),
    [
        ("elements", step("faulty", sentence=NONE)),
        ("lanes", step("faulty", role=NONE)),
        ("sla", step("faulty", dated=False)),
    ],
)
def test_the_step_that_lacks_something_is_named(proved_by: str, faulty: Step) -> None:
    element = Element(1, "any", SOME, proved_by)

    gap = prove(element, [], [step("good"), faulty])
    whole = prove(element, [], [step("good")])

    assert [missing.id for missing in gap.missing] == ["faulty"]
    assert not gap.is_met
    assert whole.is_met


def test_without_channels_or_steps_nothing_is_proved() -> None:
    assert not prove(Element(1, "how", SOME, "channels"), [], []).is_met
    assert not prove(Element(2, "steps", SOME, "elements"), [], []).is_met
    silent = Channel("box", SOME, NONE, NONE)
    assert [gap.id for gap in prove(Element(1, "how", SOME, "channels"), [silent], []).missing] == [
        "box"
    ]


def test_an_element_that_nothing_can_prove_is_a_gap() -> None:
    assert not prove(Element(9, "new", SOME, "telepathy"), [], [step("good")]).is_met


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2025, 9, 30), 2568),
        (date(2025, 10, 1), 2569),
        (date(2026, 9, 30), 2569),
        (date(2026, 10, 1), 2570),
    ],
)
def test_the_fiscal_year_begins_in_october(day: date, year: int) -> None:
    assert fiscal_year(day) == year


def test_a_year_without_a_list_of_its_own_is_held_to_the_last_one() -> None:
    table = "fiscal_year,indicator,no,element,name_th,name_en,proved_by\n"
    table += "2568,O17,1,how,ก,a,channels\n2569,O18,1,how,ก,a,channels\n2569,O18,2,time,ข,b,sla\n"
    files = {"guideline-elements.csv": table.encode()}

    assert read_elements(files, date(2030, 1, 1))[:2] == (2569, "O18")
    assert len(read_elements(files, date(2030, 1, 1))[2]) == 2
    assert read_elements(files, date(2025, 1, 1))[:2] == (2568, "O17")
    assert read_elements(files, date(2020, 1, 1))[:2] == (2568, "O17")


@pytest.mark.parametrize(
    "content", [b"", b"fiscal_year\nx\n", b"\xff\xfe", b"fiscal_year,indicator\n2569,O18\n"]
)
def test_a_broken_table_is_refused_by_its_name(content: bytes) -> None:
    with pytest.raises(GuidelineFileUnreadable) as refused:
        read_elements({"guideline-elements.csv": content}, date(2026, 3, 2))

    assert "guideline-elements.csv" in refused.value.text.th


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"name": {}}', b'{"name": 1}'])
def test_a_broken_agency_file_is_refused_by_its_name(content: bytes) -> None:
    with pytest.raises(GuidelineFileUnreadable) as refused:
        read_agency({"agency.json": content})

    assert "agency.json" in refused.value.text.en


# ── reading the law ────────────────────────────────────────────────────────────────────────────


def test_every_key_that_a_diagram_asks_for_has_its_row() -> None:
    rows = read_rows(FILES)
    keys = {key for row in rows for key in row.steps}

    asked = set()
    for name, content in FILES.items():
        if name.endswith(".bpmn"):
            for process in dialect.read(name, source.read(name, content)).processes.values():
                for node in process.body.walk():
                    asked.add(node.extensions.properties.get("sla"))
    assert asked - {None} <= keys


def test_no_limit_of_the_agency_is_looser_than_its_ceiling() -> None:
    """Working days are counted at their shortest, seven calendar days for five; a day has seven
    office hours."""
    calendar_days = {"calendar": Fraction(1), "working": Fraction(7, 5), "hours": Fraction(7, 35)}
    limited = [row for row in read_rows(FILES) if row.rule.ceiling is not None]

    loose = [
        row.id
        for row in limited
        if row.rule.days * calendar_days[row.rule.kind]
        > (row.rule.ceiling or 0) * calendar_days[row.rule.ceiling_kind]
    ]

    assert {row.rule.kind == row.rule.ceiling_kind for row in limited} == {True, False}
    assert loose == []


def test_a_step_with_one_limit_only_needs_no_condition() -> None:
    limits = limits_of(read_rows(FILES), "assign", labels_of(FILES))

    assert [(limit.amount.en, limit.condition.en) for limit in limits] == [("1 working day", "")]


def test_a_step_the_table_does_not_know_has_no_limit() -> None:
    assert limits_of(read_rows(FILES), "nothing", {}) == ()


def test_what_comes_round_again_does_not_turn_the_order_round() -> None:
    content = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d">
      <process id="p" isExecutable="true">
        <task id="c"/><task id="b"/><startEvent id="a"/><endEvent id="z"/><task id="d"/>
        <sequenceFlow id="1" sourceRef="a" targetRef="b"/>
        <sequenceFlow id="2" sourceRef="b" targetRef="c"/>
        <sequenceFlow id="3" sourceRef="c" targetRef="b"/>
        <sequenceFlow id="4" sourceRef="c" targetRef="d"/>
        <sequenceFlow id="5" sourceRef="d" targetRef="z"/>
      </process></definitions>"""
    process = dialect.read("t.bpmn", source.read("t.bpmn", content)).processes["p"]

    assert [node.id for node in in_flow_order(process.body)] == ["a", "b", "c", "d", "z"]
