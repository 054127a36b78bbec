"""What every test may ask for: a database of its own, a clock that travels, mail, a browser."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

from engine.ground.clock import TravellingClock
from tests.support import compiled, postgres
from tests.support.agency import FOUNDED, Agency
from tests.support.databases import PostgresTemplates, SqliteTemplates
from tests.support.installations import Installations
from tests.support.mailserver import Mailbox, mail_server
from tests.support.requirements import chromium, missing

# How long an example takes says more about the machine's other work than about the code.
hypothesis.settings.register_profile("samnuan", deadline=None, print_blob=True)
hypothesis.settings.load_profile("samnuan")

# What a password costs is for those who guess it: here everybody knows it. For children, too.
os.environ["SAMNUAN_PASSWORD_MEMORY"] = "12"

compiled.share()

# A Monday morning, after the office has opened.
START = FOUNDED

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_finish() -> None:
    """Let Python look through the tests themselves for garbage no more: they stay to the end.

    Six thousand tests and all modules are looked through again and again otherwise, which takes a
    fourth of the whole run.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplates:
    return SqliteTemplates(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_templates() -> Iterator[PostgresTemplates]:
    with postgres.server() as maintenance:
        templates = PostgresTemplates(maintenance)
        yield templates
        templates.close()


@pytest.fixture
def sqlite_url(sqlite_templates: SqliteTemplates) -> Iterator[str]:
    """A fresh SQLite database with all tables."""
    with sqlite_templates.copy() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_templates: PostgresTemplates) -> Iterator[str]:
    """A fresh PostgreSQL database with all tables."""
    with postgres_templates.copy() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with all tables: the test runs on SQLite and again on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def sqlite_agencies(
    sqlite_templates: SqliteTemplates, tmp_path_factory: pytest.TempPathFactory
) -> Installations:
    """Agencies with the real guideline and a person for every role."""
    return Installations(sqlite_templates, tmp_path_factory.mktemp("agency"), Agency.found)


@pytest.fixture(scope="session")
def postgres_agencies(
    postgres_templates: PostgresTemplates, tmp_path_factory: pytest.TempPathFactory
) -> Installations:
    return Installations(postgres_templates, tmp_path_factory.mktemp("agency"), Agency.found)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def agencies(request: pytest.FixtureRequest) -> Installations:
    """Agencies on SQLite, and on PostgreSQL when the test runs again."""
    installations: Installations = request.getfixturevalue(f"{request.param}_agencies")
    return installations


@pytest.fixture
def clock() -> TravellingClock:
    """Monday 2 March 2569, nine in the morning in Bangkok; moves only when told."""
    return TravellingClock(START)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real SMTP server at `mailbox.host:mailbox.port`."""
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Playwright drives the machine's own Chromium: nothing is downloaded."""
    program = chromium()
    if program is None:
        missing("Chromium")
    return {**browser_type_launch_args, "executable_path": program, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "th-TH", "timezone_id": "Asia/Bangkok"}
