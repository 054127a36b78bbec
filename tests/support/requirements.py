"""What a test needs from the machine: missing, it is skipped by name; in CI that is a failure."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

POSTGRES_HOMES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
)
CHROMIUM_NAMES = "chromium", "chromium-browser", "google-chrome"


def is_everything_required() -> bool:
    return os.environ.get("SAMNUAN_REQUIRE_ALL", "") not in {"", "0"}


def missing(what: str) -> NoReturn:
    """Skip the test for want of something, or fail it where nothing may be wanting."""
    if is_everything_required():
        pytest.fail(f"{what} is missing, and SAMNUAN_REQUIRE_ALL is set", pytrace=False)
    pytest.skip(f"{what} is missing")


def memory_with(room: int = 0) -> str | None:
    """A folder in memory that has so many bytes free; none where the machine offers no such."""
    folder = "/dev/shm"
    if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free < room:
        return None
    return folder


def postgres_program(name: str) -> Path | None:
    """An installed PostgreSQL program, on the path or where packages put it (the newest)."""
    found = shutil.which(name)
    if found:
        return Path(found)
    places = [place for home in POSTGRES_HOMES for place in Path("/").glob(f"{home[1:]}/{name}")]
    return max(places, default=None)


def chromium() -> str | None:
    """The browser of the machine; `SAMNUAN_CHROMIUM` names another."""
    named = os.environ.get("SAMNUAN_CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
