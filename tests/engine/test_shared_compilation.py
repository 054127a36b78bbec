"""What one engine compiled serves every engine of the process, as long as it is the same files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from engine import Engine
from engine.ground.clock import TravellingClock
from engine.turn.definitions import Bundle, load_bundle
from tests.support.cases import Play
from tests.support.databases import SqliteTemplates
from tests.support.drawing import diagram, end, path, start, user

FILE = diagram(start(), user("a"), end(), path("start", "a", "end"))
Opened = Callable[..., Engine]


@pytest.fixture
def opened(sqlite_templates: SqliteTemplates, clock: TravellingClock) -> Iterator[Opened]:
    """Opens an engine over a database of its own."""
    with ExitStack() as stack:

        def open_engine(**options: Any) -> Engine:
            url = stack.enter_context(sqlite_templates.copy())
            engine = Engine.open(url, clock=clock, **options)
            stack.callback(engine.close)
            return engine

        yield open_engine


def bundle(engine: Engine) -> Bundle:
    with engine.read() as work:
        return load_bundle(work, "p:1")


def test_two_engines_share_a_law_and_no_case(opened: Opened) -> None:
    here, there = opened(), opened()
    one, other = Play(here, FILE).start(n=1), Play(there, FILE).start(n=2)

    one.do("a")

    assert bundle(here) is bundle(there)
    assert (one.ended, other.ended) == (True, False)
    assert other.variables()["n"] == 2
    one.check_record()
    other.check_record()


def test_another_file_or_another_host_function_is_another_law(opened: Opened) -> None:
    here = opened()
    Play(here, FILE)
    changed, other_host = opened(), opened(functions={"due": lambda call: None})
    Play(changed, FILE + b"\n")
    Play(other_host, FILE)

    assert bundle(changed) is not bundle(here)
    assert bundle(other_host) is not bundle(here)
