"""Who sees what: every role, every kind of case, every route to a case, by pages and by REST.

The routes are taken from the application's own map of addresses. One that names something this file
does not know fails here, so that a new route must say who may pass it.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.record.export.csv_sheet import SheetWriter
from engine.store.tables import UserTask
from office.audit import case_statistics, export
from office.audit.case_statistics import statistics
from office.ground.errors import CaseNotFound
from office.ground.tables import Attachment, Case, Letter
from office.people import people
from office.people.access import Sight, load_case
from office.people.people import User
from office.vault.attachments import Upload
from tests.office.test_matches import NEAR
from tests.office.test_names_of_the_accused import SPELLINGS
from tests.support.agency import ASSIGNED, CLARIFIED, FOUNDED, SCREENED, Agency
from tests.support.counting import counting
from tests.support.installations import Installations
from tests.web.visitor import PDF, Visitor
from web import create_app
from web.settings import WebSettings
from webhooks.clients import SCOPES, register_client

WORDS = "เห็นกับตาที่ห้องประชุมชั้นสาม"  # of the complainant, in the title and the facts
EVIDENCE, AUTHORITY = "บันทึกจากโต๊ะทำงาน.txt", "หนังสือมอบอำนาจ สมหญิง ใจกล้า.pdf"
TRACKS, MODES = ("C", "G", "F"), ("open", "confidential", "anonymous")
FILED, CLARIFYING, CLARIFIED_BY = "filed", "clarifying", "clarified"
TAKEN_UP = "taken up"  # screened, and before a committee
GUARDED_TRACK = "C"
UNIT, ANOTHER_UNIT = "it", "legal"

# Routes that lead to no case by its id, or only to one that the person was given another way.
OTHERWISE = {
    "admin.retry": "an administrator's incident, without any text of the case",
    "admin.settle": "an administrator's incident, without any text of the case",
    "api-incidents.resolve_incident": "looks at the case of the incident first",
    "api-incidents.settle_incident": "looks at the case of the incident first",
    "api-jobs.complete_job": "a job that was lent to this very client",
    "api-jobs.error": "a job that was lent to this very client",
    "api-jobs.throw_job_error": "a job that was lent to this very client",
    "api-jobs.extend_job": "a job that was lent to this very client",
    "api-jobs.fail_job": "a job that was lent to this very client",
    "auditor.open_identity": "a request of one's own, granted",
    "officer.open_identity": "a request of one's own, granted",
    "custodian.decide": "a request that the custodian decides without seeing the case",
    "deadlines.decide": "a request that is for a role of the person",
    "public.letter": "the complainant's own, by the code",
    "retention.ask": "closed cases by number, for whoever disposes of them",
    "retention.decide": "closed cases by number, for whoever disposes of them",
    "retention.lift": "held cases by number, for whoever disposes of them",
    "statistics.stays": "figures of what the person may count",
}
# What of an address is no case's.
NO_CASE = {"code", "filename", "form_id", "key", "name", "number", "source", "start", "version"}
# Of accounts: an administrator's pages, and one's own.
NO_CASE |= {"account_id", "factor_id", "order_id", "request_id"}
OF_A_CASE = {"case_id", "file_id", "instance_id", "letter_id", "process_key", "seq", "task_id"}


@dataclass(frozen=True)
class Kind:
    """A case of the matrix: its track, how its complainant is known, how far it has come."""

    track: str
    mode: str
    stage: str
    accused: str = "officer"  # or the director, the centre, the unit that the subject belongs to

    @property
    def is_guarded(self) -> bool:
        return self.mode != "open" or self.track == GUARDED_TRACK

    @property
    def is_held(self) -> bool:
        return self.track == GUARDED_TRACK and self.stage == FILED

    @property
    def lead_unit(self) -> str | None:
        """The unit that clarifies; where its own people are accused the table names another."""
        if self.stage in (FILED, TAKEN_UP):
            return UNIT if self.track == "F" else None
        return ANOTHER_UNIT if self.accused == "unit" else UNIT

    def __str__(self) -> str:
        return f"{self.track} {self.mode} {self.stage} {self.accused}"


@dataclass(frozen=True)
class Filed:
    """A case with everything that a route may ask for by its id."""

    kind: Kind
    id: str
    instance: str
    receipt_no: str
    task: str
    evidence: str
    authority: str | None
    letter: str

    def arguments(self) -> dict[str, Any]:
        return {
            "case_id": self.id,
            "instance_id": self.instance,
            "task_id": self.task,
            "file_id": self.evidence,
            "letter_id": self.letter,
            "process_key": "complaint",
            "seq": 1,
            "account_id": "nobody",
        }


KINDS = [Kind(*each) for each in product(("C", "G"), MODES, (FILED, CLARIFYING, CLARIFIED_BY))] + [
    *(Kind("F", mode, FILED) for mode in MODES),
    Kind("C", "confidential", FILED, "director"),
    Kind("C", "confidential", TAKEN_UP, "director"),
    Kind("C", "confidential", FILED, "centre"),
    Kind("C", "confidential", CLARIFYING, "unit"),
]
TRIED_KINDS = [
    Kind("C", "confidential", FILED),
    Kind("C", "confidential", CLARIFIED_BY),
    Kind("C", "confidential", TAKEN_UP, "director"),
    Kind("C", "confidential", FILED, "centre"),
    Kind("C", "confidential", CLARIFYING, "unit"),
    Kind("G", "open", CLARIFYING),
    Kind("G", "confidential", CLARIFYING),
    Kind("G", "anonymous", CLARIFIED_BY),
    Kind("F", "confidential", FILED),
]


def sight_by_the_rules(username: str, kind: Kind) -> Sight | None:
    """What domain rules give a reader of a case: written down here a second time, and from the
    rules alone."""
    if kind.accused == "centre":
        return Sight.FULL if username == "alternate_handler" else None
    if username in ("intake_officer", "screening_head"):
        return Sight.FULL
    if kind.is_held:
        return None
    if username == "director":
        return None if kind.accused == "director" else Sight.FULL
    if username == "board_chair" and kind.accused == "director":
        return Sight.FULL  # who decides in the Director's place
    if username == "auditor":
        return Sight.REDACTED
    # Feedback reaches its unit at once, but for what was given in confidence. Whoever clarified and
    # was then moved has no part any more but by the unit they are in now.
    unit = {f"unit_officer.{UNIT}": UNIT, f"unit_officer.{ANOTHER_UNIT}": ANOTHER_UNIT}
    held = {**unit, "mover": ANOTHER_UNIT}.get(username)
    return Sight.UNIT if held is not None and held == kind.lead_unit else None


@pytest.fixture(scope="module")
def agency(
    sqlite_agencies: Installations, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Agency]:
    """One agency for the whole matrix: nobody changes anything in it."""
    folder = tmp_path_factory.mktemp("matrix")
    with sqlite_agencies.agency(TravellingClock(FOUNDED), folder / "var") as agency:
        yield agency


@pytest.fixture(scope="module")
def cases(agency: Agency) -> list[Filed]:
    return [a_case(agency, kind) for kind in KINDS]


@pytest.fixture(scope="module")
def readers(agency: Agency, cases: list[Filed]) -> dict[str, User]:
    """One person of every role, and one who clarified for the unit and was then moved."""
    with agency.office.engine.begin() as work:
        account = people.user_by_name(work, "mover")
        people.set_groups(work, account.id, [f"unit_officer@{ANOTHER_UNIT}"])
        found = {user.username: user for user in people.users(work)}
    names = {
        *(name for name in found if "." not in name),
        f"unit_officer.{UNIT}",
        f"unit_officer.{ANOTHER_UNIT}",
    }
    return {name: found[name] for name in sorted(names)}


def a_case(agency: Agency, kind: Kind) -> Filed:
    """A case of this kind, done until its stage; whoever clarifies is moved afterwards."""
    filed = agency.office.file_complaint(complaint_of(kind), files=list(uploads_of(kind)))
    agency.office.run_due()
    case_id = filed.case_id
    if kind.stage != FILED:
        quotes = {"evidence_stated": False, "circumstances_clear": False}
        tests = {**quotes, "witnesses_definite": True, "witnesses_quote": "ผู้เห็นเหตุการณ์"}
        anonymous = tests if kind.mode == "anonymous" else {}
        service = {} if kind.track == "C" else {"service_only": None}
        screened = {**SCREENED, **anonymous, **service}
        screened["executive_accused"] = kind.accused == "director"
        agency.do(case_id, "screen", {k: v for k, v in screened.items() if v is not None})
    if kind.stage not in (FILED, TAKEN_UP):
        agency.do(case_id, "assign", {**ASSIGNED, "lead_unit": kind.lead_unit})
        agency.do(case_id, "accept", {"accepted": True})
    if kind.stage == CLARIFIED_BY:
        with agency.office.engine.begin() as work:
            mover = mover_of(work)
        task = agency.task(case_id, "clarify")
        agency.office.complete(task.id, CLARIFIED, user=mover)
        agency.office.run_due()
    return read_back(agency, kind, case_id)


def mover_of(work: Any) -> User:
    try:
        return people.user_by_name(work, "mover")
    except people.UserNotFound:
        password = "samnuan-demo-2569"
        groups = [f"unit_officer@{UNIT}"]
        return people.add_user(work, "mover", "ผู้ย้าย ฝ่าย", password, groups=groups, demo=True)


ACCUSED = {
    "officer": {"position": "เจ้าหน้าที่", "unit": "project"},
    "director": {"position": "ผู้บริหารสูงสุดของสำนักงาน", "unit": "executive"},
    "centre": {"position": "เจ้าหน้าที่", "unit": "centre"},
    "unit": {"position": "เจ้าหน้าที่", "unit": UNIT},
}


def complaint_of(kind: Kind) -> dict[str, Any]:
    known = {
        "full_name": "สมหญิง ใจกล้า",
        "phone": "0812345678",
        "reply_by": "phone",
        "on_behalf": True,
    }
    answers: dict[str, Any] = {
        "track": kind.track,
        "identity_mode": kind.mode,
        "subject": "เว็บไซต์/ข้อมูล/ระบบ",
        "title": f"{WORDS} เรื่องย่อ",
        "facts": f"{WORDS} เมื่อวันที่สองมีนาคม มีผู้อยู่ด้วยสามคน",
        "privacy_notice": True,
        "truth": True,
    }
    if kind.track == "F":
        known.pop("on_behalf")
    if kind.mode != "anonymous":
        answers |= known
    if kind.track != "F":
        answers |= {"elsewhere": "none", "fear_retaliation": False}
    if kind.track == "G":
        answers |= {"remedy": "ขอให้แก้ไข"}
    if kind.track == "C":
        accused = {"name": "นายทดสอบ ถูกกล่าวหา", **ACCUSED[kind.accused]}
        answers |= {"accused": [{**accused, "status": "ดำรงตำแหน่ง"}]}
    return answers


CORRUPTION = {**complaint_of(Kind("C", "confidential", FILED)), "on_behalf": False}


def uploads_of(kind: Kind) -> Iterator[Upload]:
    yield Upload("evidence", EVIDENCE, io.BytesIO("เห็นกับตา".encode()))
    if kind.track != "F" and kind.mode != "anonymous":
        yield Upload("proxy_file", AUTHORITY, io.BytesIO(PDF))


def read_back(agency: Agency, kind: Kind, case_id: str) -> Filed:
    with agency.office.engine.read() as work:
        case = work.session.get_one(Case, case_id)
        files = work.session.execute(
            sa.select(Attachment.field, Attachment.id).where(Attachment.case_id == case_id)
        )
        by_field = dict(files.all())
        task = sa.select(UserTask.id).where(
            UserTask.instance_id == case.instance_id, UserTask.status == "open"
        )
        letter = sa.select(Letter.id).where(Letter.case_id == case_id)
        return Filed(
            kind,
            case_id,
            str(case.instance_id),
            case.receipt_no,
            work.session.scalars(task).one(),
            by_field["evidence"],
            by_field.get("proxy_file"),
            str(work.session.scalars(letter).first()),
        )


# ── routes ─────────────────────────────────────────────────────────────────────────────────────


def case_routes(app: Flask) -> list[tuple[str, str, set[str]]]:
    """Method, address and what it names, of every route to a case."""
    found = []
    for rule in app.url_map.iter_rules():
        named = set(rule.arguments)
        if named & OF_A_CASE and rule.endpoint not in OTHERWISE:
            methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            found += [(method, rule.rule, named) for method in sorted(methods)]
    return found


def tried_at_routes(name: str, cases: list[Filed]) -> list[Filed]:
    """The cases that are tried at every route: one of each difference, and three for whoever has no
    part in any."""
    tried = [filed for filed in cases if filed.kind in TRIED_KINDS]
    is_reader = any(sight_by_the_rules(name, filed.kind) for filed in cases)
    return tried if is_reader else tried[:3]


def address(rule: str, filed: Filed, ids: Mapping[str, Any] | None = None) -> str:
    for name, value in (ids or filed.arguments()).items():
        rule = rule.replace(f"<{name}>", str(value)).replace(f"<int:{name}>", str(value))
    return rule


@pytest.fixture(scope="module")
def app(agency: Agency) -> Iterator[Flask]:
    known = agency.office.settings
    settings = WebSettings(database_url=known.database_url, data_dir=known.data_dir, demo=True)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SAMNUAN_API_RATE", "1000000/minute")
        yield create_app(settings, agency.office)


@pytest.fixture(scope="module")
def browsers(app: Flask, readers: dict[str, User]) -> dict[str, Visitor]:
    """The readers, each signed in at a browser: once, as sign-ins from one place are limited."""
    found = {name: Visitor(app.test_client()) for name in readers}
    for name, visitor in found.items():
        visitor.sign_in(name)
        assert visitor.path != "/sign-in", name
    return found


@pytest.fixture(scope="module")
def tokens(agency: Agency, readers: dict[str, User]) -> dict[str, dict[str, str]]:
    """The headers of a program in the groups of each reader."""
    found = {}
    with agency.office.engine.begin() as work:
        for name, user in readers.items():
            actor = Actor.of("admin", "administrator")
            groups = sorted(user.groups) or ["nobody"]
            _, token = register_client(
                work, name.replace("_", "-").replace(".", "-"), SCOPES, groups, actor=actor
            )
            found[name] = {"Authorization": f"Bearer {token}"}
    return found


def test_every_address_with_something_of_a_case_in_it_is_known_here(app: Flask) -> None:
    unknown = {
        (rule.endpoint, name)
        for rule in app.url_map.iter_rules()
        for name in rule.arguments
        if name not in OF_A_CASE | NO_CASE and rule.endpoint not in OTHERWISE
    }

    assert unknown == set(), "say here what this route leads to, and who may pass it"
    assert len(case_routes(app)) > 25


def test_each_reader_sees_of_each_case_what_the_rules_give(
    agency: Agency,
    cases: list[Filed],
    readers: dict[str, User],
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = {
        (name, filed.kind): sight_now(agency, filed.id, user)
        for (name, user), filed in product(readers.items(), cases)
    }

    with capsys.disabled():
        sys.stdout.write(f"\n{table_of(found, list(readers))}\n")
    wrong = [
        (name, str(kind), sight)
        for (name, kind), sight in found.items()
        if sight is not sight_by_the_rules(name, kind)
    ]
    assert wrong == []


def sight_now(agency: Agency, case_id: str, user: User) -> Sight | None:
    with agency.office.engine.read() as work:
        try:
            return load_case(work, case_id, user)[1]
        except CaseNotFound:
            return None


def table_of(found: dict[tuple[str, Kind], Sight | None], names: list[str]) -> str:
    """The kinds of cases downwards, the readers across: F all of it, U a unit's part, R the course
    alone, a point for nothing."""
    signs = {Sight.FULL: "F", Sight.UNIT: "U", Sight.REDACTED: "R", None: "."}
    legend = "\n".join(f"{number:2} {name}" for number, name in enumerate(names, 1))
    head = " ".join(f"{number:2}" for number in range(1, len(names) + 1))
    lines = [
        f"{kind!s:36}" + " ".join(f"{signs[found[name, kind]]:>2}" for name in names)
        for kind in dict.fromkeys(kind for _, kind in found)
    ]
    return "\n".join([legend, f"{'':36}{head}", *lines])


def test_the_accused_director_sees_nothing_in_any_spelling_or_position(
    sqlite_agencies: Installations, tmp_path: Path
) -> None:
    # Grievances: no track holds these back, so that only names and positions keep him out.
    names = [{"name": name, "position": "เจ้าหน้าที่"} for name in (*SPELLINGS, *NEAR)]
    posts = [{"name": "ใครคนหนึ่ง", "position": position} for position in POSITIONS]
    with sqlite_agencies.agency(TravellingClock(FOUNDED), tmp_path / "var") as agency:
        with agency.office.engine.begin() as work:
            director = people.add_user(work, "accused", DIRECTOR, None, groups=["director"])
        filed = {accusing(agency, accused): accused for accused in (*names, *posts)}
        head = agency.person("screening_head")

        assert len(filed) >= 40
        for case_id, accused in filed.items():
            assert sight_now(agency, case_id, director) is None, accused
            assert sight_now(agency, case_id, head) is Sight.FULL, accused
        assert agency.office.cases(director, limit=500) == []
        assert agency.office.work_list(director).items == ()


def accusing(agency: Agency, accused: dict[str, str]) -> str:
    answers = complaint_of(Kind("G", "confidential", FILED))
    answers |= {"accused": [{**accused, "status": "ดำรงตำแหน่ง"}], "on_behalf": False}
    return agency.office.file_complaint(answers).case_id


DIRECTOR = "น้ำเพชร อำนวยสุข"
POSITIONS = (
    "ผู้บริหารสูงสุดของสำนักงาน",
    "ผู้อำนวยการสำนักงาน",
    "ผู้อำนวยการ สำนักงาน",
    "ผู้อำนวยการ สสว.",
    "ผู้อำนวยการสสว.",
    "ผู้อำนวยการใหญ่",
    "ผอ.สำนักงาน",
    "ผอ. สำนักงาน",
    "ผอ.สสว.",
    "ผอ. สสว.",
    "ผอ สสว",
    "รักษาการผู้อำนวยการสำนักงาน",
    "รักษาการแทนผู้อำนวยการสำนักงาน",
    "ผู้รักษาการแทนผู้อำนวยการสำนักงาน",
)


NOBODY = "0" * 32


@pytest.mark.parametrize("name", ["director", f"unit_officer.{ANOTHER_UNIT}", "auditor"])
def test_a_hidden_case_and_one_that_is_not_there_answer_alike(
    agency: Agency,
    app: Flask,
    cases: list[Filed],
    browsers: dict[str, Visitor],
    tokens: dict[str, dict[str, str]],
    name: str,
) -> None:
    hidden = next(f for f in cases if f.kind.is_held and f.kind.accused == "officer")
    http, told = app.test_client(), []
    http.get("/api/v1/tasks", headers=tokens[name])  # a token's first request looks it up first
    for method, rule, _ in case_routes(app):
        if method != "GET":
            continue
        answers = []
        for ids in (hidden.arguments(), {**hidden.arguments(), **dict.fromkeys(OWN, NOBODY)}):
            path = address(rule, hidden, ids)
            with counting(agency.office.engine.database) as cost:
                if rule.startswith("/api/"):
                    answer = http.get(path, headers=tokens[name])
                    status, page = answer.status_code, answer.get_data(as_text=True)
                else:
                    page = browsers[name].visit(path)
                    status = browsers[name].status
            for value in set(map(str, ids.values())) - {"1", "complaint"}:
                page = page.replace(value, "·")
            page = re.sub(r'(nonce|value)="[^"]*"', "", page)
            answers.append((status, page, len(cost.statements)))
        if answers[0] != answers[1]:
            told.append((rule, [(a[0], a[2]) for a in answers], answers[0][1] == answers[1][1]))

    assert told == []


OWN = ("case_id", "instance_id", "task_id", "file_id", "letter_id")


def test_no_page_opens_or_tells_more_than_the_rules_give(
    app: Flask, cases: list[Filed], browsers: dict[str, Visitor]
) -> None:
    wrong = []
    for name, visitor in browsers.items():
        for filed, (method, rule, _) in product(tried_at_routes(name, cases), case_routes(app)):
            if rule.startswith("/api/"):
                continue
            sight = sight_by_the_rules(name, filed.kind)
            if method != "GET" and sight is not None:
                continue  # what a reader may do is told by the stories of each verb
            path = address(rule, filed)
            page = visitor.visit(path) if method == "GET" else visitor.send(path, PRESSED)
            wrong += [
                (name, str(filed.kind), method, rule, visitor.status, fault)
                for fault in faults(rule, visitor.status, page, filed, sight)
            ]

    assert wrong == []


def faults(rule: str, status: int, page: str, filed: Filed, sight: Sight | None) -> Iterator[str]:
    reads = may_read_words(filed.kind, sight)
    if sight is None and status not in (403, 404):
        yield "opens a case that is not there for this reader"
    if WORDS in page and not reads:
        yield "tells what the complainant wrote"
    if EVIDENCE in page and not reads:
        yield "names a file of the complainant"
    is_letter = rule.endswith("/letters/<letter_id>")  # it greets whoever gave their name openly
    if AUTHORITY in page or ("สมหญิง" in page and not (is_letter and sight is Sight.FULL)):
        yield "says who complained"
    if rule.endswith("/files/<file_id>") and (status == 200) is not reads:
        yield "the evidence"
    if is_letter and (status == 200) is not (sight is Sight.FULL):
        yield "a letter"
    if rule == "/cases/<case_id>" and (status == 200) is not (sight is not None):
        yield "the case"


def may_read_words(kind: Kind, sight: Sight | None) -> bool:
    return sight is Sight.FULL or (sight is Sight.UNIT and not kind.is_guarded)


def test_a_letter_of_authority_is_an_attachment_for_nobody(
    cases: list[Filed], browsers: dict[str, Visitor]
) -> None:
    given = [filed for filed in cases if filed.authority]
    opened = []
    for name, visitor in browsers.items():
        for filed in given:
            visitor.visit(f"/cases/{filed.id}/files/{filed.authority}")
            if visitor.status != 404 or visitor.path == "/sign-in":
                opened.append((name, str(filed.kind), visitor.status))

    assert given
    assert opened == []


def test_no_list_or_figure_tells_of_a_case_that_is_not_there_for_the_reader(
    agency: Agency,
    cases: list[Filed],
    readers: dict[str, User],
    browsers: dict[str, Visitor],
) -> None:
    wrong = []
    since, until = agency.clock.now().replace(month=1), agency.clock.now().replace(year=2027)
    for name, visitor in browsers.items():
        own = {f.receipt_no for f in cases if sight_by_the_rules(name, f.kind) is not None}
        for path in ("/work", "/cases", "/expedite", "/audit/cases", "/statistics"):
            page = visitor.visit(path)
            told = {f.receipt_no for f in cases if f.receipt_no in page} - own
            wrong += [(name, path, told)] if told else []
        with agency.office.engine.read() as work:
            ids = export.case_ids(work, readers[name], export.Selection(since, until))
            taken = set(export.export_cases(work, readers[name], ids, SheetWriter(io.StringIO())))
            written = {f.receipt_no for f in cases if f.id in taken}
            chosen = case_statistics.Selection("complaint", None, since, until)
            counted = statistics(work, readers[name], chosen).cases
        wrong += [(name, "export", written - own)] if written - own else []
        held = {f.receipt_no for f in cases if f.kind.is_held}
        if counted > len(cases) - len(held - own):
            wrong.append((name, "figures", counted))

    assert wrong == []


def test_rest_opens_no_more_than_the_rules_give(
    app: Flask,
    cases: list[Filed],
    readers: dict[str, User],
    tokens: dict[str, dict[str, str]],
) -> None:
    http, wrong = app.test_client(), []
    for name in readers:
        headers = tokens[name]
        for filed, (method, rule, _) in product(tried_at_routes(name, cases), case_routes(app)):
            sight = sight_by_the_rules(name, filed.kind)
            if not rule.startswith("/api/") or (method != "GET" and sight is not None):
                continue
            body = None if method == "GET" else BODIES.get(rule.rsplit("/", 1)[1], {})
            path = address(rule, filed)
            answer = http.open(path, method=method, headers=headers, json=body)
            text = answer.get_data(as_text=True)
            if sight is None and answer.status_code != 404:
                wrong.append((name, str(filed.kind), method, rule, answer.status_code))
            if WORDS in text or "สมหญิง" in text or "ทดสอบ ถูกกล่าวหา" in text:
                wrong.append((name, str(filed.kind), method, rule, "words"))
        listed = http.get("/api/v1/instances?limit=100", headers=headers).json["items"]
        tasks = http.get("/api/v1/tasks?limit=100", headers=headers).json["items"]
        named_here = {row["id"] for row in listed} | {row["instance_id"] for row in tasks}
        for filed in cases:
            if filed.instance in named_here and sight_by_the_rules(name, filed.kind) is None:
                wrong.append((name, str(filed.kind), "listed"))

    assert wrong == []


PRESSED = {"decision": "other", "reason": "ไม่มีเหตุผล"}
BODIES = {
    "cancel": {"reason": "ไม่มีเหตุผล"},
    "complete": {"answers": {}},
    "reassign": {"to": "screening_head", "reason": "ไม่มีเหตุผล"},
}
