"""Event logs that other programs read, with nothing in them that says who anybody is."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from lxml import etree

from engine.ground.clock import TravellingClock
from engine.ground.text import Text
from engine.record.export import Entry, OcelWriter, SheetWriter, Trace, XesWriter
from engine.record.export.csv_sheet import BYTE_ORDER_MARK
from engine.store.tables import ProcessInstance
from office.audit import administration
from office.audit.export import Selection, case_ids, export_cases
from office.people.people import User
from tests.conftest import START
from tests.support.agency import ASSIGNED, CLARIFIED, Agency
from tests.support.installations import Installations
from tests.walks.test_three_walks import ANONYMOUS, COMPLAINT, SCREENED_G
from web.cli import main

HERE = Path(__file__).parent
Ask = Callable[..., Result]
PERSONAL = ("สมหญิง", "ใจกล้า", "0812345678", "เข้าระบบขึ้นทะเบียนไม่ได้", "ลองหลายครั้ง", "ยี่ห้อเดียว")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="module")
def agency(sqlite_agencies: Installations, folder: Path) -> Iterator[Agency]:
    with opened(sqlite_agencies, folder) as agency:
        yield agency


@contextlib.contextmanager
def opened(agencies: Installations, folder: Path) -> Iterator[Agency]:
    """An agency with a grievance at its assessment and an anonymous complaint just screened."""
    with agencies.agency(TravellingClock(START), folder) as agency:
        filed = agency.file(COMPLAINT)
        agency.do(filed.case_id, "screen", SCREENED_G)
        agency.do(filed.case_id, "assign", {**ASSIGNED, "lead_unit": "it"})
        agency.do(filed.case_id, "accept", {"accepted": True})
        agency.do(filed.case_id, "clarify", CLARIFIED)
        agency.pass_days(1)
        other = agency.file(ANONYMOUS)  # screened too: until then an auditor does not see it
        agency.do(
            other.case_id,
            "screen",
            {**SCREENED_G, "service_only": False, **NOTHING_STATED, **TAKEN_UP},
        )
        yield agency


NOTHING_STATED = dict.fromkeys(
    ("evidence_stated", "circumstances_clear", "witnesses_definite"), False
)
TAKEN_UP = {"override_result": "ACCEPT", "override_reason": "เห็นควรรับไว้พิจารณาเพราะเรื่องร้ายแรง"}


def written(agency: Agency, user: User, writer: Any, **chosen: Any) -> list[str]:
    now = agency.clock.now()
    selection = Selection(now.replace(year=2025), now.replace(year=2027), **chosen)
    with agency.office.engine.read() as work:
        ids = case_ids(work, user, selection)
        return list(export_cases(work, user, ids, writer))


def test_xes_follows_the_standard_and_says_what_was_done(agency: Agency) -> None:
    file = io.StringIO()

    cases = written(agency, agency.person("auditor"), XesWriter(file, name="log"))

    log = etree.fromstring(file.getvalue().encode())
    grammar = etree.RelaxNG(etree.parse(str(HERE / "xes.rng")))
    assert grammar.validate(log), grammar.error_log
    assert len(log.findall("trace")) == len(cases) == 2
    _declared(log)
    trace = log.find("trace")
    done = [
        (event.find("string[@key='element']").get("value"), role(event))
        for event in trace.findall("event")
        if event.find("string[@key='lifecycle:transition']").get("value") == "complete"
    ]
    people = [(element, by) for element, by in done if element in ("screen", "assign", "clarify")]
    assert [element for element, _ in people] == ["screen", "assign", "clarify"]
    assert people[0][1] == "หัวหน้า ศปท."
    facts = {child.get("key"): child.get("value") for child in trace if child.tag != "event"}
    assert (facts["track"], facts["unit"], facts["version"]) == ("G", "it", "1")
    assert facts["concept:name"].startswith("รร.")


def role(event: Any) -> str | None:
    found = event.find("string[@key='org:role']")
    return None if found is None else str(found.get("value"))


def _declared(log: Any) -> None:
    """What a grammar cannot say: prefixes are those of extensions, globals are in every event."""
    prefixes = {extension.get("prefix") for extension in log.findall("extension")}
    keys = {element.get("key") for element in log.iter() if element.get("key")}
    assert {key.partition(":")[0] for key in keys if ":" in key} <= prefixes
    for scope, path in (("trace", "trace"), ("event", "trace/event")):
        wanted = {a.get("key") for a in log.find(f"global[@scope='{scope}']")}
        for element in log.findall(path):
            own = [child.get("key") for child in element if child.get("key")]
            assert wanted <= set(own)
            assert len(own) == len(set(own))


def test_ocel_follows_its_schema_and_every_relation_leads_somewhere(agency: Agency) -> None:
    file = io.StringIO()

    written(agency, agency.person("auditor"), OcelWriter(file))

    log = json.loads(file.getvalue())
    jsonschema.validate(log, json.loads((HERE / "ocel20.schema.json").read_text("utf-8")))
    kinds = {each["id"]: each["type"] for each in log["objects"]}
    assert len(kinds) == len(log["objects"])
    assert set(kinds.values()) == {"case", "task", "unit", "letter", "clock", "definition"}
    assert set(kinds.values()) == {each["name"] for each in log["objectTypes"]}
    assert {each["type"] for each in log["events"]} == {each["name"] for each in log["eventTypes"]}
    links = [link for each in (*log["events"], *log["objects"]) for link in each["relationships"]]
    assert all(link["objectId"] in kinds for link in links)
    touched = {(kinds[link["objectId"]], link["qualifier"]) for link in links}
    assert touched >= {
        ("case", "of"),
        ("task", "on"),
        ("unit", "by"),
        ("clock", "under"),
        ("letter", "sends"),
        ("definition", "runs on"),
        ("unit", "led by"),
        ("case", "deadline of"),
    }


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(agency: Agency) -> None:
    file = io.StringIO()

    written(agency, agency.person("auditor"), SheetWriter(file, facts=["track"]), track="G")

    rows = list(csv.DictReader(io.StringIO(file.getvalue())))
    assert {row["track"] for row in rows} == {"G"}
    assert [int(row["seq"]) for row in rows] == list(range(1, len(rows) + 1))
    assert any(row["type"] == "decision_evaluated" for row in rows)
    assert all(row["at"].endswith("+07:00") for row in rows)


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "＝1"])
def test_no_cell_begins_like_a_formula(start: str) -> None:
    file = io.StringIO()
    writer = SheetWriter(file, facts=["unit"], byte_order_mark=True)
    entry = Entry(
        seq=1, at=START, type=start, element=start, activity=Text(start, start), transition=""
    )

    writer.begin()
    writer.write(Trace(id="1", name=start, attributes={"unit": start}, entries=[entry]))

    assert file.getvalue().startswith(BYTE_ORDER_MARK)
    _, row = csv.reader(io.StringIO(file.getvalue(), newline=""))
    assert {cell for cell in row if start.strip() in cell} == {f"'{start}"}


def test_nothing_personal_leaves_and_a_unit_sees_nobody(agency: Agency) -> None:
    """Whatever is written for whomever, no byte of it tells who complained or what they wrote."""
    names = {user.display_name for user in agency.staff}
    people = {user.id for user in agency.staff}
    counts = {}

    for group in ("auditor", "screening_head", "unit_officer@it", "director", "publisher"):
        for make in (lambda f: XesWriter(f, name="log"), OcelWriter, SheetWriter):
            file = io.StringIO()
            counts[group] = len(written(agency, agency.person(group), make(file)))
            text = file.getvalue()
            assert not [word for word in (*PERSONAL, *names) if word in text]
            if group == "unit_officer@it":
                assert not [reference for reference in people if reference in text]

    assert counts["auditor"] == counts["screening_head"] == 2
    assert counts["unit_officer@it"] == 1
    assert counts["publisher"] == 0


def test_the_command_writes_a_file_and_the_export_is_recorded(
    agency: Agency, folder: Path, tmp_path: Path
) -> None:
    environment = {
        "SAMNUAN_DATABASE_URL": agency.office.settings.database_url,
        "SAMNUAN_DATA_DIR": str(folder),
        "SAMNUAN_DEMO": "1",
        "SAMNUAN_CLOCK": agency.clock.now().isoformat(),
    }
    ask: Ask = lambda *words: CliRunner(env=environment).invoke(main, ["export", *words])  # noqa: E731
    auditor = agency.person("auditor").username
    target = tmp_path / "log.csv"

    result = ask("csv", "-o", str(target), "--as", auditor, "--unit", "it", "--bom", "--json")

    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["cases"] == 1
    assert target.read_text("utf-8").startswith(BYTE_ORDER_MARK)
    with agency.office.engine.read() as work:
        criteria = administration.Criteria(group="exports")
        (newest, *_) = administration.lines(work, agency.person("auditor"), criteria, limit=1)
    assert newest.type == "export"
    assert newest.data["sha256"] == told["sha256"]
    assert newest.data["unit"] == "it"
    wrong = ask("xes", "-o", str(tmp_path / "x.xes"), "--as", auditor, "--unit", "moon")
    assert wrong.exit_code == 1
    assert "moon" in wrong.stderr
    assert not (tmp_path / "x.xes").exists()
    assert sorted(tmp_path.glob(".*.xes.*")) == []
    nowhere = ask("xes", "-o", str(tmp_path / "none" / "x.xes"), "--as", auditor)
    assert nowhere.exit_code == 1
    assert len(nowhere.stderr.strip().splitlines()) == 1


@pytest.mark.postgres
def test_logs_are_read_from_postgres_too(postgres_agencies: Installations, tmp_path: Path) -> None:
    with opened(postgres_agencies, tmp_path) as agency:
        for make in (lambda f: XesWriter(f, name="log"), OcelWriter, SheetWriter):
            assert len(written(agency, agency.person("auditor"), make(io.StringIO()))) == 2


def test_reading_a_log_leaves_the_record_as_it_was(agency: Agency) -> None:
    with agency.office.engine.read() as work:
        before = work.session.execute(
            sa.select(ProcessInstance.id, ProcessInstance.revision, ProcessInstance.event_head)
        ).all()

    written(agency, agency.person("auditor"), OcelWriter(io.StringIO()))

    with agency.office.engine.read() as work:
        after = work.session.execute(
            sa.select(ProcessInstance.id, ProcessInstance.revision, ProcessInstance.event_head)
        ).all()
    assert after == before
