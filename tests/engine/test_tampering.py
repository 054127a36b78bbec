"""Whatever is changed, removed, added, reordered or cut off in the record is found and named.

The cases are made from the tables' own columns: one that is added later is tried without anybody
thinking of it. Every act happens in a transaction that is rolled back after the check.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.ground.actor import Actor
from engine.ground.canonical import canonical, digest, loads
from engine.ground.clock import TravellingClock
from engine.record import signed_heads
from engine.record.differences import Difference
from engine.record.merkle import Growth, leaf_hash
from engine.record.published_heads import Witnessed, read_lines, witnessed
from engine.record.signing import SigningKey
from engine.record.verification.deployments import verify_deployments
from engine.record.verification.heads import verify_heads
from engine.record.verification.instances import raw_rows, verify_cases
from engine.record.verification.log import verify_log
from engine.store.tables import (
    Base,
    Command,
    Deployment,
    DeploymentFile,
    HistoryEvent,
    LogEntry,
    LogNode,
    Moment,
    ProcessDefinition,
    ProcessInstance,
    Resource,
    SignedHead,
    table,
)
from engine.store.work import Work
from engine.turn.commitments import command_hash, command_payload, event_hash, event_payload
from tests.support.cases import OFFICER, Play
from tests.support.databases import PostgresTemplates, SqliteTemplates
from tests.support.drawing import diagram, end, path, start, user

KEY = SigningKey(b"\x07" * 32)
STEPS = diagram(
    start(), user("a"), user("b"), user("c"), end(), path("start", "a", "b", "c", "end")
)
CHAINED = (Command, HistoryEvent)
RECORD = (*CHAINED, LogEntry, LogNode, SignedHead)
TABLES = (*RECORD, Resource, Deployment, DeploymentFile, ProcessDefinition, ProcessInstance)
# Not part of the record: it only counts writes, so that two of them do not meet.
FREE = {("process_instance", "revision")}
STATUSES = ("running", "completed")  # the database itself refuses any other word


@dataclass(frozen=True)
class World:
    """A signed record that is whole, on a database whose guards an operator has taken away."""

    engine: Engine
    cases: tuple[str, ...]
    kept: tuple[str, ...]  # the lines that left the agency

    def check(self, act: Callable[[Work], Any], *, kept: bool = False) -> list[Difference]:
        """What a check finds after an act, which does not last."""
        found: list[Difference] = []
        try:
            with self.engine.begin() as work:
                if work.session.get_bind().dialect.name == "sqlite":
                    work.session.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
                act(work)
                work.session.flush()
                work.session.expire_all()
                found = self._differences(work, kept=kept)
                raise _RolledBackError
        except _RolledBackError:
            return found

    def _differences(self, work: Work, *, kept: bool) -> list[Difference]:
        found = [*verify_deployments(work).differences, *verify_log(work).differences]
        there = sa.select(ProcessInstance.id).order_by(ProcessInstance.id)
        for report in verify_cases(work, list(work.session.scalars(there))):
            found += report.differences
        if kept:
            lines = list(read_lines("heads.jsonl", self.kept))
            found += verify_heads(work, lines, public_key=KEY.public.hex()).differences
        return found


class _RolledBackError(Exception):
    pass


@pytest.fixture(scope="module", params=["sqlite", pytest.param("pg", marks=pytest.mark.postgres)])
def world(
    request: pytest.FixtureRequest, sqlite_templates: SqliteTemplates, tmp_path_factory: Any
) -> Iterator[World]:
    if request.param == "sqlite":
        copies = sqlite_templates.copy(tmp_path_factory.mktemp("tampered"))
    else:
        templates: PostgresTemplates = request.getfixturevalue("postgres_templates")
        copies = templates.copy()
    with copies as url:
        engine = Engine.open(url, clock=TravellingClock(datetime.fromisoformat(NOON)))
        yield _made(engine)
        engine.close()


NOON = "2026-03-02T12:00:00+07:00"


def _made(engine: Engine) -> World:
    play = Play(engine, STEPS).start(x=1)
    second = engine.start("p", {"case_id": "2"}, business_key="2", actor=OFFICER)
    sign(engine)
    play.do("a", y="หนึ่ง").do("b")
    changed = diagram(start(), user("a"), user("b"), end(), path("start", "a", "b", "end"))
    engine.deploy({"d0.bpmn": changed}, Actor.of("owner"))
    sign(engine)
    play.do("c")
    engine.complete(engine.tasks(second)[0].id, {}, OFFICER, idempotency_key="once")
    sign(engine)
    with engine.read() as work:
        kept = tuple(each.line() for each in witnessed(work))
    _take_the_guards_away(engine)
    return World(engine, tuple(sorted([play.id, second])), kept)


def sign(engine: Engine) -> None:
    with engine.begin() as work:
        assert signed_heads.sign_head(work, KEY) is not None


def _take_the_guards_away(engine: Engine) -> None:
    """What somebody with the database's password can do."""
    with engine.database.begin() as connection:
        if engine.database.dialect.name == "sqlite":
            names = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for name in connection.scalars(names).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            return
        for model in RECORD:
            name = model.__tablename__
            connection.exec_driver_sql(f"DROP TRIGGER {name}_append_only ON {name}")
        connection.exec_driver_sql(
            "DO $$ DECLARE r record; BEGIN FOR r IN SELECT conrelid::regclass AS t, conname AS n "
            "FROM pg_constraint WHERE contype = 'f' LOOP "
            "EXECUTE 'ALTER TABLE ' || r.t || ' DROP CONSTRAINT ' || r.n; END LOOP; END $$"
        )


def rows_of(work: Work, model: type[Base]) -> list[dict[str, Any]]:
    rows = table(model)
    query = sa.select(*[_as_stored(column) for column in rows.columns])
    found = work.session.execute(query.order_by(*rows.primary_key.columns))
    return [dict(row._mapping) for row in found]


def _as_stored(column: sa.Column[Any]) -> Any:
    plain = isinstance(column.type, sa.types.TypeDecorator) and not isinstance(column.type, Moment)
    return sa.type_coerce(column, sa.Text).label(column.name) if plain else column


def key_of(model: type[Base], row: dict[str, Any]) -> list[Any]:
    return [column == row[column.name] for column in table(model).primary_key.columns]


def other(value: Any) -> Any:
    """Another value of the same kind."""
    if value is None:
        return "x"
    if value in STATUSES:
        return next(each for each in STATUSES if each != value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1000  # the next one is taken
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:] if value else b"x"
    return value[:-1] + ("x" if not value.endswith("x") else "y") if value else "x"


def change(work: Work, model: type[Base], row: dict[str, Any], column: str, value: Any) -> None:
    changed = table(model)
    target = changed.c[column]
    if row[column] is None and isinstance(target.type, sa.LargeBinary):
        value = b"x"
    if row[column] is None and isinstance(target.type, Moment):
        value = datetime.fromisoformat(NOON)
    stored = value if not isinstance(value, str) else sa.literal(value, sa.Text)
    work.session.execute(sa.update(changed).where(*key_of(model, row)).values({target: stored}))


COLUMNS = [
    (model, column.name)
    for model in TABLES
    for column in table(model).columns
    if (model.__tablename__, column.name) not in FREE
]


def names(found: list[Difference], model: type[Base], row: dict[str, Any]) -> bool:
    """Whether a difference tells where: the table and case or row, and the number or the next."""
    if model in CHAINED:
        return any(
            each.table == model.__tablename__
            and each.subject == row["instance_id"]
            and abs(each.seq % 1000 - row["seq"]) <= 1
            for each in found
        )
    if model is ProcessInstance:
        chains = ("process_instance", "command", "history_event")
        return any(each.subject == row["id"] and each.table in chains for each in found)
    if model in (LogEntry, LogNode, SignedHead):
        at = row.get("position", row.get("upto", row.get("size")))
        logs = ("log_entry", "log_node", "seal")
        return any(each.table in logs and abs(each.seq % 1000 - at) <= 1 for each in found)
    told = [e for e in found if e.table in ("resource", "deployment", "process_definition")]
    named = {str(value) for value in row.values()}
    return any(each.subject in named for each in told)


@pytest.mark.parametrize(("model", "column"), COLUMNS, ids=lambda x: getattr(x, "__name__", x))
def test_a_changed_field_is_found_and_named(world: World, model: type[Base], column: str) -> None:
    with world.engine.read() as work:
        rows = rows_of(work, model)
    for row in (rows[len(rows) // 2], rows[-1]):
        found = world.check(lambda work, r=row: change(work, model, r, column, other(r[column])))
        changed = {**row, column: other(row[column])}  # a changed key is named as it is now
        assert names(found, model, row) or names(found, model, changed), (column, row, found)


def test_the_untouched_record_is_whole(world: World) -> None:
    assert world.check(lambda work: None, kept=True) == []


@pytest.mark.parametrize("model", TABLES)
def test_a_removed_row_is_found_and_named(world: World, model: type[Base]) -> None:
    with world.engine.read() as work:
        rows = rows_of(work, model)
    for row in (rows[0], rows[len(rows) // 2], rows[-1]):
        remove = sa.delete(table(model)).where(*key_of(model, row))
        found = world.check(lambda work, remove=remove: work.session.execute(remove))
        assert found, row
        if model in CHAINED:
            assert names(found, model, row)


@pytest.mark.parametrize("model", RECORD)
def test_an_inserted_row_is_found_and_named(world: World, model: type[Base]) -> None:
    number = {"log_entry": "position", "log_node": "upto", "seal": "size"}.get(
        model.__tablename__, "seq"
    )
    with world.engine.read() as work:
        row = rows_of(work, model)[-1]
    added = {**row, number: row[number] + 1}
    if "idempotency_key" in added:
        added["idempotency_key"] = None
    values = {
        table(model).c[name]: sa.literal(value, sa.Text) if isinstance(value, str) else value
        for name, value in added.items()
    }

    found = world.check(lambda work: work.session.execute(sa.insert(table(model)).values(values)))

    assert names(found, model, added)


@pytest.mark.parametrize("model", CHAINED)
def test_two_rows_that_change_places_are_found_and_named(world: World, model: type[Base]) -> None:
    rows = table(model)

    def swap(work: Work) -> None:
        for before, after in ((1, 1001), (2, 1), (1001, 2)):
            mine = sa.and_(rows.c.instance_id == world.cases[0], rows.c.seq == before)
            work.session.execute(sa.update(rows).where(mine).values(seq=after))

    found = world.check(swap)

    assert {(each.table, each.seq) for each in found} >= {(model.__tablename__, 1)}


@pytest.mark.parametrize("model", CHAINED)
def test_a_cut_off_end_is_found_even_if_the_case_agrees(world: World, model: type[Base]) -> None:
    kind = "command" if model is Command else "event"
    rows, case = table(model), table(ProcessInstance)

    def cut(work: Work) -> None:
        mine = rows.c.instance_id == world.cases[0]
        work.session.execute(sa.delete(rows).where(mine, rows.c.seq > 1))
        head = work.session.scalar(sa.select(rows.c.hash).where(mine))
        short = {f"{kind}_seq": 1, f"{kind}_head": head}
        work.session.execute(sa.update(case).where(case.c.id == world.cases[0]).values(**short))

    found = world.check(cut)

    assert any(each.table == model.__tablename__ and "rewritten" in each.what.en for each in found)


def rewrite(work: Work, instance_id: str) -> None:
    """Change who did the first act, and make everything after it agree."""
    for model, hash_of, payload, kind in (
        (Command, command_hash, command_payload, "command"),
        (HistoryEvent, event_hash, event_payload, "event"),
    ):
        head = ""
        rows = table(model)
        for row in list(raw_rows(work, model, [instance_id])):
            changed = {**row, "actor": "somebody-else"} if row["seq"] == 1 else row
            head = hash_of(head, changed, payload(changed))
            values = {"actor": changed["actor"], "hash": head}
            work.session.execute(sa.update(rows).where(*key_of(model, row)).values(**values))
        case = table(ProcessInstance)
        ends = sa.update(case).where(case.c.id == instance_id).values({f"{kind}_head": head})
        work.session.execute(ends)


def test_a_rewritten_chain_is_not_the_signed_one(world: World) -> None:
    found = world.check(lambda work: rewrite(work, world.cases[0]))

    places = {(each.subject, each.table) for each in found}
    assert {(world.cases[0], "command"), (world.cases[0], "history_event")} <= places
    assert any("numbers 1 to" in each.what.en for each in found)


def sign_again(work: Work, *cases: str) -> None:
    """Make the log agree with the rewritten chains and sign all of it again with the true key."""
    heads = {}
    for model in CHAINED:
        rows = table(model)
        query = sa.select(rows.c.instance_id, rows.c.seq, rows.c.hash)
        for instance_id, seq, hash in work.session.execute(query):
            heads[model.__tablename__, instance_id, seq] = hash
    growth = Growth()
    sizes = {row.size: row for row in work.session.scalars(sa.select(SignedHead))}
    for row in work.session.scalars(sa.select(LogEntry).order_by(LogEntry.position)).all():
        entry = loads(row.entry)
        if entry["kind"] == "head":
            row.entry = signed_heads.head_entry(signed_heads.head_of(sizes[entry["size"]]))
        if entry.get("instance") in cases:
            instance = entry["instance"]
            entry["command_head"] = heads["command", instance, entry["commands"]]
            entry["event_head"] = heads["history_event", instance, entry["events"]]
            row.entry = canonical(entry).decode()
        for level, hash in growth.append(leaf_hash(row.entry.encode())):
            work.session.get_one(LogNode, (growth.size, level)).hash = hash
        if growth.size in sizes:
            head = sizes[growth.size]
            head.root = growth.root().hex()
            text = signed_heads.head_text(head.size, head.root, head.at)
            head.signature = KEY.sign(text).hex()


def test_a_rewrite_of_everything_is_found_from_a_head_that_left_the_agency(world: World) -> None:
    def everything(work: Work) -> None:
        rewrite(work, world.cases[0])
        sign_again(work, world.cases[0])

    assert world.check(everything) == []  # it agrees with itself: nobody inside could tell

    found = world.check(everything, kept=True)
    told = [each for each in found if each.subject == world.cases[0]]
    assert {each.table for each in told} == {"log_entry", "command", "history_event"}
    # Each head names what came since the one before it: nobody searches a whole case.
    for chain in CHAINED:
        spans = [
            tuple(map(int, re.findall(r"numbers (\d+) to (\d+)", each.what.en)[0]))
            for each in told
            if each.table == chain.__tablename__
        ]
        ends = [last for _, last in spans]
        assert len(spans) > 1
        assert spans == list(zip([1, *(last + 1 for last in ends)], ends, strict=False))
    assert not [each for each in found if each.subject == world.cases[1]]


def test_changed_heads_are_found(world: World) -> None:
    (first, *_) = read_lines("heads.jsonl", world.kept)
    changed = [
        replace(first, head=replace(first.head, root="00" * 32)),
        replace(first, head=replace(first.head, size=first.head.size + 1)),
        replace(first, head=replace(first.head, at=first.head.at + timedelta(seconds=1))),
        replace(first, head=replace(first.head, public_key="00" * 32)),
        replace(first, head=replace(first.head, signature="00" * 64)),
        replace(first, entries=first.entries[1:]),
        replace(first, entries=(first.entries[0].replace("a", "b", 1), *first.entries[1:])),
    ]
    with world.engine.read() as work:
        assert verify_heads(work, [first]).is_whole
        for each in changed:
            assert not verify_heads(work, [each]).is_whole, each


def test_the_kept_lines_alone_rebuild_the_log(world: World) -> None:
    growth = Growth()
    for each in read_lines("heads.jsonl", world.kept):
        assert isinstance(each, Witnessed)
        assert each.first == growth.size
        for entry in each.entries:
            list(growth.append(leaf_hash(entry.encode())))
        assert (growth.size, growth.root().hex()) == (each.head.size, each.head.root)


def test_the_hash_of_a_state_is_as_documented(world: World) -> None:
    with world.engine.read() as work:
        (last,) = list(raw_rows(work, Command, [world.cases[0]]))[-1:]
        state = work.session.get_one(ProcessInstance, world.cases[0]).state
    assert last["state_hash"] == digest(state)
