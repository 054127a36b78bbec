"""How long until the product is there, and how much memory it holds then."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from tempfile import TemporaryDirectory

from bench.rows import Row, at_most, of_rounds

RUNS = 5
_READY = "from web import create_app; create_app()"
_LIBRARIES = "import sqlalchemy.orm, flask, marshmallow"
# Not `ru_maxrss`: of a child it counts what its parent held when it was made.
_MEMORY = (
    "import re; from web import create_app; create_app(); "
    "print(int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) / 1024)"
)


def rows() -> Iterator[Row]:
    with TemporaryDirectory() as folder:
        settings = {
            "SAMNUAN_DATABASE_URL": f"sqlite:///{folder}/x.sqlite3",
            "SAMNUAN_DATA_DIR": folder,
            "SAMNUAN_SECRET_KEY": "bench-" + "x" * 40,
        }
        _fresh(_READY, settings)  # makes the tables
        took = [_timed(_READY, settings) for _ in range(RUNS)]
        yield of_rounds("ready", "import and application ready", took, "s", at_most(1.0))
        took = [_timed(_LIBRARIES, settings) for _ in range(RUNS)]
        name = "SQLAlchemy, Flask and marshmallow alone, imported"
        yield of_rounds("ready/libraries", name, took, "s")
        cli = [
            _timed("from web.cli import main; main(['--help'], standalone_mode=False)", settings)
        ]
        yield of_rounds("ready/cli", "samnuan --help", cli, "s")
        memory = float(_fresh(_MEMORY, settings))
        yield Row("memory/ready", "memory of a worker process that is ready", memory, "MB")


def _timed(code: str, settings: dict[str, str]) -> float:
    began = time.perf_counter()
    _fresh(code, settings)
    return time.perf_counter() - began


def _fresh(code: str, settings: dict[str, str]) -> str:
    """In an interpreter of its own."""
    command = [sys.executable, "-c", code]
    environment = {**os.environ, **settings}
    done = subprocess.run(  # noqa: S603
        command, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout
