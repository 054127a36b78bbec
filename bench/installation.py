"""A served installation with its people, on loopback, to be measured and gone afterwards."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.ground.actor import Actor
from office.ground.settings import OfficeSettings
from office.office import PACKAGES, Office
from office.operations import demo
from office.operations.demo import DEMO_PASSWORD
from office.people import people
from webhooks.inbound.sources import register_source

_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")
_SERVE = "from web.cli import main; main()"
# The roles in which there is the most to do; the others have their one demo account.
_CROWDED = ("screening_head", "intake_officer", "director", "unit_officer@legal", "unit_officer@it")


@dataclass(frozen=True, slots=True)
class Installation:
    """Where it listens, who works there, and the process that serves it."""

    port: int
    staff: tuple[str, ...]  # user names; all with the password of the demo accounts
    process: int
    secrets: Mapping[str, str]  # of the systems that may post to it, by their names

    @property
    def memory(self) -> float:
        """Resident megabytes of the serving process."""
        status = Path(f"/proc/{self.process}/status").read_text("ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0


@contextmanager
def served_installation(
    *,
    officers: int,
    database_url: str | None = None,
    sources: Mapping[str, str] | None = None,
) -> Iterator[Installation]:
    """Serve a fresh database with so many accounts at least for the demo roles, and with systems
    (name by channel) that send complaints."""
    with TemporaryDirectory() as folder:
        url = database_url or f"sqlite:///{Path(folder) / 'installation.sqlite3'}"
        staff, secrets = _configure(url, Path(folder), officers, sources or {})
        settings = {
            "SAMNUAN_DATABASE_URL": url,
            "SAMNUAN_DATA_DIR": folder,
            "SAMNUAN_LANGUAGE": "en",
            "SAMNUAN_DEMO": "1",  # its accounts are demo accounts, which come in nowhere else
            "SAMNUAN_FILINGS_PER_HOUR": "10000",  # everybody comes from one place here
            "SAMNUAN_ATTEMPTS_PER_QUARTER_HOUR": "10000",
            "SAMNUAN_API_RATE": "60000/minute",
        }
        with _serving(settings) as (port, process):
            yield Installation(port, staff, process, secrets)


@contextmanager
def _serving(settings: dict[str, str]) -> Iterator[tuple[int, int]]:
    command = [sys.executable, "-c", _SERVE, "serve", "--port", "0", "--threads", "8"]
    server = subprocess.Popen(  # noqa: S603
        command, env={**os.environ, **settings}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        yield _address(server), server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)
        if server.stdout is not None:
            server.stdout.close()


def _address(server: subprocess.Popen[bytes]) -> int:
    assert server.stdout is not None
    for line in server.stdout:
        found = _ADDRESS.search(line.decode())
        if found:
            return int(found[1])
    raise RuntimeError("the server ended before it said where it is")


def _configure(
    url: str, folder: Path, officers: int, sources: Mapping[str, str]
) -> tuple[tuple[str, ...], dict[str, str]]:
    settings = OfficeSettings(database_url=url, data_dir=folder)
    office = Office.open(settings, packages=(*PACKAGES, "webhooks"))
    office.deploy_guideline()
    with office.engine.begin() as work:
        staff = [user.username for user in demo.add_demo_users(work)]
        number = 2
        while len(staff) < officers:
            for role in _CROWDED[: officers - len(staff)]:
                name = f"{role.replace('@', '.')}.{number}"
                words = f"{role} {number}"
                people.add_user(work, name, words, DEMO_PASSWORD, groups=[role], demo=True)
                staff.append(name)
            number += 1
        keys, clerk = office.services.keys.content, Actor.of("administrator")
        secrets = {
            name: register_source(work, keys, name, channel=channel, actor=clerk)
            for channel, name in sources.items()
        }
    office.close()
    return tuple(staff), secrets
