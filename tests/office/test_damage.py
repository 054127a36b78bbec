"""Whatever is broken in whichever row, the check says so at its place, goes on, and finds what else
is wrong elsewhere.

Every table and every column of it is damaged in an installation of real cases: by a value that the
column cannot hold, by none at all, by another one of the same kind, and by removing the row; what
one check can tell apart is damaged at the same time. A column that is added later is tried without
anybody thinking of it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

import webhooks.tables  # noqa: F401  its tables are the installation's too
from engine.ground.clock import TravellingClock
from engine.record.verification.tables import HASHED
from engine.store.tables import Base, HistoryEvent, Json, Moment
from office.audit.verification_run import Run
from office.ground.settings import OfficeSettings
from office.ground.tables import Attachment
from tests.conftest import START
from tests.faults import opencases
from tests.support.agency import Agency
from tests.support.databases import packages_with_tables
from tests.support.installations import Installations
from tests.support.verbs import Office
from web.cli import main

TABLES = [table.name for table in Base.metadata.sorted_tables]
NOTHING, GARBAGE, OTHER = "nothing", "garbage", "other"
PARTS = 5


class Unproven(NamedTuple):
    """What no proof covers: these columns of a table, or all, and why."""

    columns: str
    why: str


MASTER = "kept by administrators and loaded from deployed files; no case's record"
API = "who may call the REST API and what was answered; no case's record"
WORKING = "how far a worker is; the record says what was done"
OWN = "stands in the register for searching; the record holds what it was made from"
UNPROVEN = {
    **dict.fromkeys(["account", "account_role", "role", "unit", "status"], Unproven("", MASTER)),
    **dict.fromkeys(["calendar_version", "holiday"], Unproven("", MASTER)),
    **dict.fromkeys(["inbound_source", "inbound_delivery", "inbound_refusal"], Unproven("", API)),
    **dict.fromkeys(["subscriber", "api_client", "api_answer", "session"], Unproven("", API)),
    **dict.fromkeys(["outbox_message", "worker", "incident"], Unproven("", WORKING)),
    "process_in_force": Unproven("", "which version is started; each case names its own"),
    "start_subscription": Unproven("", "made from the deployed diagrams when they are deployed"),
    "mailbox_message": Unproven("", "mail of a development machine"),
    "attempt": Unproven("", "counts tries within an hour"),
    "audit_look": Unproven("", "an examiner's searches; append-only, not chained"),
    "notice": Unproven("", "words within the office; the deadline behind them is in the record"),
    "conflict": Unproven("", "who must not see a case; the record names the event, not the row"),
    "identity_index": Unproven("", "a keyed hash made from the encrypted number"),
    "office_rung": Unproven("", WORKING),
    "office_extension": Unproven("", "what was asked and decided is in the record"),
    "office_clock_change": Unproven("", "explains a deadline; its moves are in the record"),
    "office_clock": Unproven("", "its moves are in the record; the rest follows from the tables"),
    "counter": Unproven("", "the next numbers; a gap in those of receipts is told by counting"),
    "complaint_case": Unproven(
        "channel classification co_units due_at guarded handler held hidden_from identity_mode "
        "lead_unit legal_received_on protected received_at registered_at registered_by reply_by "
        "severity "
        "status subject title track tracking_hash outcome closed_at source_no source_due "
        "idempotency_hash",
        OWN,
    ),
    "identity": Unproven("recorded_at", OWN),
    "case_key": Unproven("destroyed_at", "the erasure is in the record"),
    "erasure": Unproven("", "made up here: its event would say who asked and who decided"),
    "legal_hold": Unproven(
        "reason lift_reason", "encrypted under the master key, not committed to"
    ),
    "letter": Unproven("job_id title_th title_en mail_key read_at text_sha256", OWN),
    "submission": Unproven("element_id given_by seq task_id", OWN),
    "attachment": Unproven("media_type added_at added_by submission_id", OWN),
    "reveal": Unproven(
        "account_id kind submission_id fields hours asked_at decision decided_by decided_at "
        "expires_at opened_at",
        OWN,
    ),
    "process_instance": Unproven("revision", "counts writes, so that two of them do not meet"),
    "wait": Unproven("attempts locked_by locked_until", WORKING),
    "job": Unproven(
        "status retries attempts due_at locked_by locked_until last_error created_at", WORKING
    ),
    "user_task": Unproven(
        "definition_id process_key name_th name_en form priority due_at candidate_groups "
        "candidate_users separate_from assignee",
        "of a task that has ended only who did it and when is compared",
    ),
}


@dataclass
class Installation:
    """Two cases and their files; one event and one file of the second are damaged already."""

    office: Office
    case: str  # the instance of the first
    second: str
    second_case: str  # its id in the register
    file: str  # of the second
    known: frozenset[tuple[str, str]] = frozenset()

    def check(self) -> set[tuple[str, str]]:
        """What is found: places, and what is wrong there."""
        run = Run(self.office.engine, self.office.services, self.office.settings.data_dir)
        for _ in run.steps():
            pass
        return {(each.place, each.what.en) for each in run.report.differences}

    def rows(self, table: sa.Table) -> list[dict[str, Any]]:
        """Its rows as they are stored, those of the first case before others."""
        raw = [sa.type_coerce(c, sa.types.NullType()).label(c.name) for c in table.columns]
        with self.office.engine.database.connect() as connection:
            found = [dict(row._mapping) for row in connection.execute(sa.select(*raw))]
        return sorted(found, key=lambda row: (self._is_elsewhere(row), str(list(row.values()))))

    def _is_elsewhere(self, row: Mapping[str, Any]) -> bool:
        if not {self.second, self.second_case, self.file}.isdisjoint(map(str, row.values())):
            return True
        return row.get("instance_id", self.case) != self.case

    @contextlib.contextmanager
    def without(self, table: sa.Table, row: Mapping[str, Any]) -> Iterator[None]:
        """The row is gone for a while."""
        self.delete(table, row)
        yield
        self.insert(table, row)

    @contextlib.contextmanager
    def damaged(
        self, table: sa.Table, row: Mapping[str, Any], values: Mapping[str, Any]
    ) -> Iterator[None]:
        """The row has other values for a while."""
        with self.without(table, row):
            self.insert(table, {**row, **values})
            yield
            self.delete(table, {**row, **values})

    def insert(self, table: sa.Table, row: Mapping[str, Any]) -> None:
        names = ", ".join(f'"{name}"' for name in row)
        values = ", ".join(f":{name}" for name in row)
        self.write(sa.text(f'INSERT INTO "{table.name}" ({names}) VALUES ({values})'), row)

    def delete(self, table: sa.Table, row: Mapping[str, Any]) -> None:
        key = {column.name: row[column.name] for column in table.primary_key.columns}
        same = " AND ".join(f'"{name}" = :{name}' for name in key)
        self.write(sa.text(f'DELETE FROM "{table.name}" WHERE {same}'), key)

    def write(self, statement: Any, values: Mapping[str, Any] | None = None) -> None:
        with self.office.engine.database.begin() as connection:
            if connection.dialect.name != "sqlite":
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            done = connection.execute(statement, values or {})
            assert done.rowcount == 1


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def installation(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    installations: Installations = request.getfixturevalue(f"{request.param}_agencies")
    clock, folder = TravellingClock(START), tmp_path_factory.mktemp("damaged")
    with installations.copy(folder) as url:
        settings = OfficeSettings(database_url=url, data_dir=folder)
        office = Office.open(settings, clock=clock, packages=packages_with_tables())
        installation = _lived_in(Agency.at(office, clock))
        _take_the_laws_away(office)
        _fill_empty_tables(installation)
        _damage_elsewhere(installation)
        installation.known = frozenset(installation.check())
        yield installation
        office.close()


def _lived_in(agency: Agency) -> Installation:
    office = agency.office
    first = opencases.STORIES["clarify, more time given"](agency)
    second = opencases.STORIES["screen again"](agency)
    head, custodian = agency.person("screening_head"), agency.person("identity_custodian")
    opencases._hold(agency, first)
    reason = "ต้องติดต่อสอบถามผู้ร้องเพิ่มเติม"
    office.reveal_identity(first.case_id, head, paths=["full_name"], reason=reason)
    wish = office.ask_identity(first.case_id, head, fields=["full_name"], reason=reason, hours=1)
    office.decide_identity(wish, custodian, granted=True, answer="จำเป็นต่อการสอบถามผู้ร้อง")
    office.declare_conflict(second.case_id, agency.person("intake_officer"))
    office.sign_head()
    opencases._just_filed(agency)  # its letter is a job that nobody has done
    with office.engine.read() as work:
        mine = sa.select(Attachment.id).where(Attachment.case_id == second.case_id)
        file = work.session.scalars(mine.order_by(Attachment.id)).first()
    assert file is not None
    instance, another = agency.instance(first.case_id), agency.instance(second.case_id)
    return Installation(office, instance, another, second.case_id, file)


def _take_the_laws_away(office: Office) -> None:
    """Somebody with the database's password, or a disk, heeds neither type nor constraint."""
    database = office.engine.database
    if database.dialect.name != "sqlite":
        with database.begin() as connection:
            for table in Base.metadata.sorted_tables:
                for constraint in table.constraints:
                    if isinstance(constraint, sa.CheckConstraint):
                        connection.exec_driver_sql(
                            f'ALTER TABLE "{table.name}" '
                            f'DROP CONSTRAINT IF EXISTS "{constraint.name}"'
                        )
                for column in table.columns:
                    if not column.primary_key and not column.nullable:
                        connection.exec_driver_sql(
                            f'ALTER TABLE "{table.name}" ALTER COLUMN "{column.name}" DROP NOT NULL'
                        )
        return
    with database.begin() as connection:
        triggers = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in connection.scalars(triggers).all():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql("PRAGMA writable_schema=ON")
        connection.exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(replace(replace(sql, 'IS NOT NULL', 'ISNT'), "
            "' NOT NULL', ''), 'ISNT', 'IS NOT NULL') WHERE type = 'table'"
        )
    database.dispose()
    sa.event.listen(database, "connect", _heed_nothing)


def _heed_nothing(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA ignore_check_constraints=ON")
    connection.execute("PRAGMA foreign_keys=OFF")


def _fill_empty_tables(installation: Installation) -> None:
    """What these two cases do not need has a row as well."""
    for table in Base.metadata.sorted_tables:
        if not installation.rows(table):
            installation.insert(table, {c.name: _made_up(installation, c) for c in table.columns})


def _made_up(installation: Installation, column: sa.Column[Any]) -> Any:
    if column.name == "instance_id":
        return installation.case
    if isinstance(column.type, Json):
        return "[]"
    if isinstance(column.type, Moment):
        return 1_700_000_000_000_000
    if isinstance(column.type, sa.Date):
        return (
            "2026-03-02"
            if installation.office.engine.database.dialect.name == "sqlite"
            else date(2026, 3, 2)
        )
    made: dict[type[Any], Any] = {str: "x", int: 7, bytes: b"x" * 20, bool: True}
    return made[column.type.python_type]


def _damage_elsewhere(installation: Installation) -> None:
    """In the second case: another actor in an event, another byte in a file."""
    rows = sa.update(HistoryEvent.__table__).where(HistoryEvent.instance_id == installation.second)
    installation.write(rows.where(HistoryEvent.seq == 2).values(actor="somebody-else"))
    path = (
        installation.office.settings.data_dir / "files" / installation.file[:2] / installation.file
    )
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def elsewhere(installation: Installation) -> set[str]:
    return {
        f"{installation.second}/history_event/2",
        f"{installation.second}/attachment/{installation.file}/0",
    }


def worse(installation: Installation, stored: Any, kind: str, column: sa.Column[Any]) -> Any:
    """A damaged value; none if there is no such damage on this database."""
    is_sqlite = installation.office.engine.database.dialect.name == "sqlite"
    if kind == NOTHING:
        return None if stored is not None and not column.primary_key else KEEP
    if kind == GARBAGE:  # PostgreSQL has no way to keep what its column cannot hold, but in JSON
        if isinstance(column.type, Json):
            return '{"a": [1, 2'
        if not is_sqlite or column.primary_key:
            return KEEP
        return b"\xff\xfe\x00" if column.type.python_type is not bytes else "ข้อความ"
    if isinstance(column.type, Json):
        return '{"other": true}'
    if isinstance(stored, bool) or isinstance(column.type, sa.Boolean):
        return not stored
    if isinstance(stored, int):
        return stored + 1000  # the next one is taken
    if isinstance(stored, bytes):
        return stored[: len(stored) // 2]
    if isinstance(stored, date):
        return date(2030, 1, 1)
    if isinstance(column.type, sa.Date) and stored is not None:
        return "2030-01-01"
    return f"{stored[: len(stored) // 2]}x" if isinstance(stored, str) else KEEP


KEEP = object()


def damage(
    installation: Installation, table: sa.Table, kind: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A row of a table, and what of it is damaged in this way: all columns but those of its key."""
    (row, *_) = installation.rows(table)
    columns = [column for column in table.columns if not column.primary_key]
    worst = {column.name: worse(installation, row[column.name], kind, column) for column in columns}
    return row, {name: value for name, value in worst.items() if value is not KEEP}


# What a change in these tables contradicts is told at the rows of others.
TOLD_AT = {
    "deployment_file": ("deployment",),
    "process_definition": ("deployment",),
    "process_instance": ("command", "history_event"),
}


@dataclass(frozen=True, slots=True)
class Damage:
    """A row of a table that gets other values, or is removed where there are none."""

    table: sa.Table
    row: Mapping[str, Any]
    values: Mapping[str, Any]

    @property
    def places(self) -> tuple[str, ...]:
        return TOLD_AT.get(self.table.name, (self.table.name,))

    def made(self, installation: Installation) -> contextlib.AbstractContextManager[None]:
        if self.values:
            return installation.damaged(self.table, self.row, self.values)
        return installation.without(self.table, self.row)

    def is_told(self, installation: Installation, found: set[tuple[str, str]]) -> bool:
        """Whether something is found that was not before, at a row that speaks of it."""
        added = found - installation.known
        return any(f"{name}/" in place for place, _ in added for name in self.places)

    def is_told_alone(self, installation: Installation) -> bool:
        """The same where nothing else that is damaged could hide it, at whatever place."""
        with self.made(installation):
            return bool(installation.check() - installation.known)

    def __str__(self) -> str:
        return f"{self.table.name}: {', '.join(self.values) or 'the row'}"


def together(damages: Sequence[Damage]) -> list[list[Damage]]:
    """Damages that one check can tell apart, made at the same time: a check reads the whole record
    each time, and there are some hundred and fifty of them."""
    batches: list[list[Damage]] = []
    for damage in damages:
        here = set(damage.places)
        free = (b for b in batches if all(here.isdisjoint(each.places) for each in b))
        batch = next(free, None)
        if batch is None:
            batches.append([damage])
        else:
            batch.append(damage)
    return batches


@contextlib.contextmanager
def made(installation: Installation, damages: Sequence[Damage]) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for damage in damages:
            stack.enter_context(damage.made(installation))
        yield


def silent(installation: Installation, damages: Sequence[Damage]) -> list[str]:
    """Those that no check tells of."""
    untold: list[Damage] = []
    for batch in together(damages):
        with made(installation, batch):
            found = installation.check()
        untold += [damage for damage in batch if not damage.is_told(installation, found)]
    return [str(damage) for damage in untold if not damage.is_told_alone(installation)]


def is_proven(name: str) -> bool:
    return name not in UNPROVEN or bool(UNPROVEN[name].columns)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", [NOTHING, GARBAGE, OTHER])
def test_damaged_rows_stop_no_check(installation: Installation, kind: str, part: int) -> None:
    damages = [Damage(t, *damage(installation, t, kind)) for t in part_of(part)]
    damages = [each for each in damages if each.values]

    with made(installation, damages):
        found = installation.check()

    assert elsewhere(installation) <= {place for place, _ in found}
    for each in damages if kind != OTHER else ():
        if each.table.name not in HASHED:
            told = {what for place, what in found if f"{each.table.name}/" in place}
            # PostgreSQL keeps no value that its column cannot hold.
            unread = {c for c in each.values if not each.table.c[c].nullable or kind == GARBAGE}
            assert {f"{column} cannot be read" for column in unread} <= told, str(each)


@pytest.mark.parametrize("part", range(PARTS))
def test_removed_rows_stop_no_check(installation: Installation, part: int) -> None:
    with made(
        installation, [Damage(table, installation.rows(table)[0], {}) for table in part_of(part)]
    ):
        found = installation.check()

    assert elsewhere(installation) <= {place for place, _ in found}


def test_a_removed_row_is_found(installation: Installation) -> None:
    tables = [table for table in map(Base.metadata.tables.get, TABLES) if table is not None]
    removed = [Damage(t, installation.rows(t)[0], {}) for t in tables if is_proven(t.name)]

    assert silent(installation, removed) == []


def test_what_the_record_proves_is_found_when_it_is_changed(installation: Installation) -> None:
    changed = []
    for name in filter(is_proven, TABLES):
        row, values = damage(installation, Base.metadata.tables[name], OTHER)
        free = set(UNPROVEN.get(name, Unproven("", "")).columns.split())
        table = Base.metadata.tables[name]
        changed += [Damage(table, row, {c: v}) for c, v in values.items() if c not in free]

    assert len(changed) > 100
    assert silent(installation, changed) == []


def test_the_words_on_every_kind_of_form_are_bound(installation: Installation) -> None:
    """A request for more time is no step of the diagram: nobody compared its words once."""
    table = Base.metadata.tables["submission"]
    by_form = {row["form"]: row for row in installation.rows(table)}
    changed = [Damage(table, row, {"sealed": b"x" * 40}) for row in by_form.values()]

    assert {"f1_intake", "f2_screening", "f11_extension"} <= by_form.keys()
    assert [each.row["form"] for each in changed if not each.is_told_alone(installation)] == []


def part_of(part: int) -> list[sa.Table]:
    """A part of all tables: few enough that a check that stops at one is noticed."""
    return [Base.metadata.tables[name] for name in TABLES[part::PARTS]]


def test_every_exception_names_a_column_that_is_there() -> None:
    for name, free in UNPROVEN.items():
        assert set(free.columns.split()) <= set(Base.metadata.tables[name].columns.keys()), name
        assert free.why


def test_the_command_names_all_of_it_and_ends_with_code_1(installation: Installation) -> None:
    table = Base.metadata.tables["submission"]
    row, values = damage(installation, table, NOTHING)
    settings = installation.office.settings
    environ = {
        "SAMNUAN_DATABASE_URL": settings.database_url,
        "SAMNUAN_DATA_DIR": str(settings.data_dir),
        "SAMNUAN_LANGUAGE": "en",
    }

    with installation.damaged(table, row, values):
        told = CliRunner(env=environ).invoke(main, ["verify", "--all"])

    assert told.exit_code == 1
    assert "Traceback" not in told.output
    for place in (*elsewhere(installation), f"submission/{row['id']}"):
        assert place in told.stderr
    assert "its stored file is not the one that was attached" in told.stderr
