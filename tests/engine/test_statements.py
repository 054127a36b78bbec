"""Prepared statements and SQLAlchemy's own share one transaction, and tell errors alike."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.store.database import DatabaseUnavailable, open_database, unit_of_work
from engine.store.statements import Query, Statement
from engine.store.tables import Resource, table

RESOURCE = table(Resource)
KEEP = Statement(sa.insert(RESOURCE))
LOOK = Query(sa.select(RESOURCE.c.content).where(RESOURCE.c.sha256 == sa.bindparam("sha256")))


@pytest.fixture
def database(database_url):
    database = open_database(database_url)
    yield database
    database.dispose()


def kept(database):
    with unit_of_work(database, readonly=True) as transaction:
        return sorted(transaction.session.scalars(sa.select(Resource.sha256)))


@pytest.mark.parametrize("first", ["prepared", "session"])
def test_whoever_begins_the_two_see_and_save_the_same(database, first):
    def prepared(transaction):
        KEEP.run(transaction, {"sha256": "prepared", "content": b"1"})

    def session(transaction):
        transaction.session.add(Resource(sha256="session", content=b"2"))
        transaction.session.flush()  # the prepared look below does not know of what is held back

    with unit_of_work(database) as transaction:
        for act in (prepared, session) if first == "prepared" else (session, prepared):
            act(transaction)
        assert LOOK.first(transaction, {"sha256": "session"}) == [b"2"]
        assert transaction.session.get(Resource, "prepared").content == b"1"

    assert kept(database) == ["prepared", "session"]


@pytest.mark.parametrize("also_a_session", [False, True])
def test_an_error_takes_everything_back(database, also_a_session):
    def write_and_fail():
        with unit_of_work(database) as transaction:
            KEEP.run(transaction, [{"sha256": name, "content": b""} for name in "ab"])
            if also_a_session:
                transaction.session.add(Resource(sha256="c", content=b""))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()

    assert kept(database) == []


@pytest.mark.parametrize("way", ["prepared", "session"])
def test_a_broken_law_is_told_without_what_was_to_be_written(database, way):
    def write_twice():
        with unit_of_work(database) as transaction:
            KEEP.run(transaction, {"sha256": "a", "content": b"1-1201-00001-23-4"})
            if way == "prepared":
                KEEP.run(transaction, {"sha256": "a", "content": b"1-1201-00001-23-4"})
            transaction.session.add(Resource(sha256="a", content=b"1-1201-00001-23-4"))

    with pytest.raises(IntegrityError) as refused:
        write_twice()

    assert "1201" not in str(refused.value)
    assert kept(database) == []


def test_who_listens_hears_every_statement(database):
    heard = []
    sa.event.listen(database, "before_cursor_execute", lambda *told: heard.append(told[2]))

    with unit_of_work(database) as transaction:
        KEEP.run(transaction, {"sha256": "a", "content": b""})
        LOOK.first(transaction, {"sha256": "a"})

    assert [sql.split()[0] for sql in heard if not sql.startswith("BEGIN")] == ["INSERT", "SELECT"]


def test_a_lost_connection_is_given_up_at_once(postgres_url, caplog):
    database = open_database(postgres_url)

    def lose_it():
        with unit_of_work(database) as transaction:
            (mine,) = Query(sa.select(sa.func.pg_backend_pid())).first(transaction, {})
            with database.connect() as other:
                other.execute(sa.select(sa.func.pg_terminate_backend(mine)))
            LOOK.first(transaction, {"sha256": "a"})

    with pytest.raises(DatabaseUnavailable):
        lose_it()

    assert not caplog.records  # else the pool met it again, and told an administrator a traceback
    assert kept(database) == []
    database.dispose()
