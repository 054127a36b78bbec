"""An installation of real cases to tamper with: triggers and constraints are gone, as for whoever
holds the database's password, and every table has a row."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_network
from typing import Any

import sqlalchemy as sa

import webhooks.tables  # noqa: F401  its tables are the installation's too
from engine.store.tables import Base, HistoryEvent, Json, Moment
from engine.store.work import Work
from office.audit.verification_run import Run
from office.deadlines.holiday_table import DayChange, change_holidays
from office.ground.account_tables import ActingOrder, ExternalIdentity, RoleRequest, UnitName
from office.ground.tables import Attachment
from tests.faults import opencases
from tests.support.agency import Agency
from tests.support.drawing import SMALL
from tests.support.verbs import Office
from webhooks import clients
from webhooks.inbound import sources
from webhooks.outbound import subscribers
from webhooks.outbound.address import AddressPolicy

TABLES = [table.name for table in Base.metadata.sorted_tables]


@dataclass
class Installation:
    """Two cases and their files; one event and one file of the second are damaged already."""

    office: Office
    case: str  # the instance of the first
    first_case: str  # its id in the register
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
        return sorted(
            found,
            # Of deadlines one that was moved: of others less is written down.
            key=lambda row: (
                self._distance(row),
                -row.get("changes", 0),
                str(list(row.values())),
            ),
        )

    def _distance(self, row: Mapping[str, Any]) -> int:
        """How far a row is from the first case; the second one is damaged already."""
        if not {self.second, self.second_case, self.file}.isdisjoint(map(str, row.values())):
            return 2
        is_of_it = row.get("case_id", self.first_case) in (self.first_case, None)
        return int(row.get("instance_id", self.case) != self.case or not is_of_it)

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

    def made_up(self, column: sa.Column[Any]) -> Any:
        """A value that a column can hold."""
        if column.name == "instance_id":
            return self.case
        if isinstance(column.type, Json):
            return "[]"
        if isinstance(column.type, Moment):
            return 1_700_000_000_000_000
        if isinstance(column.type, sa.Date):
            return (
                "2026-03-02"
                if self.office.engine.database.dialect.name == "sqlite"
                else date(2026, 3, 2)
            )
        made: dict[type[Any], Any] = {str: "x", int: 7, bytes: b"x" * 20, bool: True}
        return made[column.type.python_type]

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


def tampered_installation(agency: Agency) -> Installation:
    """The installation after some weeks, with every law of its tables taken away."""
    installation = _lived_in(agency)
    _take_the_laws_away(agency.office)
    _fill_empty_tables(installation)
    return installation


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
    _administer(agency)
    office.sign_head()
    opencases.STORIES["erased"](agency)
    agency.file({**opencases.GRIEVANCE, "national_id": "1101700230708"})
    opencases._just_filed(agency)  # its letter is a job that nobody has done
    with office.engine.read() as work:
        mine = sa.select(Attachment.id).where(Attachment.case_id == second.case_id)
        file = work.session.scalars(mine.order_by(Attachment.id)).first()
    assert file is not None
    instance, another = agency.instance(first.case_id), agency.instance(second.case_id)
    return Installation(office, instance, first.case_id, another, second.case_id, file)


def _administer(agency: Agency) -> None:
    """The programs that it deals with, a holiday that was announced, and an older version."""
    office, head = agency.office, agency.person("screening_head")
    for drawn in (SMALL, SMALL.replace("กระบวนงานเล็ก", "กระบวนงานน้อย"), SMALL):
        office.engine.deploy({"small.bpmn": drawn.encode()}, head.actor)
    keyring = office.services.keys.content
    with office.begin() as work:
        clients.register_client(work, "reader", ["tasks:read"], ["auditor"], actor=head.actor)
        sources.register_source(work, keyring, "centre-1111", actor=head.actor, channel="1111")
        subscribers.register_subscriber(
            work,
            keyring,
            "statistics",
            "https://192.0.2.7/",
            policy=AddressPolicy((ip_network("192.0.2.0/24"),)),
            events=["complaint.closed"],
            actor=head.actor,
        )
        day = DayChange(date(2026, 8, 3), "วันหยุดพิเศษ")
        change_holidays(work, [day], reference="ประกาศสำนักนายกรัฐมนตรี", actor=head.actor)
        _people_of(work, head.id)


def _people_of(work: Work, account_id: str) -> None:
    """An order, a request for a role, a former name of a unit, and a name at a provider."""
    now, day = work.now, work.now.date()
    asked = {"asked_by": account_id, "asked_at": now, "reason": "แทนผู้เกษียณ"}
    made = {"made_by": account_id, "made_at": now, "number": "๑๒/๒๕๖๙", "capacity": "acting"}
    work.session.add_all(
        [
            RoleRequest(id="a" * 32, account_id=account_id, group_name="auditor", **asked),
            ActingOrder(
                id="b" * 32,
                account_id=account_id,
                role="director",
                first_day=day,
                last_day=day,
                **made,
            ),
            ExternalIdentity(
                provider="agency", subject_hash="c" * 64, account_id=account_id, linked_at=now
            ),
            UnitName(
                unit="legal",
                until=now,
                abbreviation="ฝก.",
                name_th="ฝ่ายนิติการ",
                name_en="Legal",
                changed_by=account_id,
                reference="คำสั่ง ๑",
            ),
        ]
    )


def _take_the_laws_away(office: Office) -> None:
    """Somebody with the database's password, or a disk, heeds neither type nor constraint."""
    database = office.engine.database
    if database.dialect.name != "sqlite":
        with database.begin() as connection:
            for table in Base.metadata.sorted_tables:
                for law in table.constraints:
                    if isinstance(law, sa.CheckConstraint):
                        connection.exec_driver_sql(
                            f'ALTER TABLE "{table.name}" DROP CONSTRAINT IF EXISTS "{law.name}"'
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
            installation.insert(table, {c.name: installation.made_up(c) for c in table.columns})


def damage_elsewhere(installation: Installation) -> None:
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
