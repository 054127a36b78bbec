"""`samnuan serve` and `samnuan worker` as processes: they start, answer, and stop when told."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SAMNUAN = Path(sys.executable).with_name("samnuan")


def environment(database_url: str, folder: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SAMNUAN_")}
    ours = {
        "SAMNUAN_DATABASE_URL": database_url,
        "SAMNUAN_DATA_DIR": str(folder),
        "SAMNUAN_LANGUAGE": "en",
        "PYTHONUNBUFFERED": "1",
    }
    return {**clean, **ours}


@contextmanager
def running(words: list[str], environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [SAMNUAN, *words], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen[str], pattern: str) -> tuple[list[str], str]:
    """The lines up to the first that matches, and what the match found."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if found := re.search(pattern, line):
            return lines, found[0]
    raise AssertionError(f"{lines} and then {process.stderr and process.stderr.read()}")


def get(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.status, answer.read().decode()


def test_the_product_is_served_with_its_law_and_demo_accounts_and_stops_when_told(
    database_url: str, tmp_path: Path
) -> None:
    environ = environment(database_url, tmp_path)
    with running(["serve", "--demo", "--port", "0"], environ) as process:
        lines, url = read_until(process, r"http://127\.0\.0\.1:\d+")

        assert "Deployed: aftercare:1, complaint:1, fact_finding:1, review_right:1\n" in lines
        assert any("screening_head" in line for line in lines)
        assert get(f"{url}/healthz") == (200, '{"status":"ok"}\n')
        assert get(f"{url}/readyz")[0] == 200
        assert "ร้องเรียน" in get(url)[1]
        assert json.loads(get(f"{url}/api/v1/openapi.json")[1])["openapi"].startswith("3.1")

        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_a_second_start_deploys_nothing_again(sqlite_url: str, tmp_path: Path) -> None:
    environ = environment(sqlite_url, tmp_path)
    subprocess.run([SAMNUAN, "deploy"], env=environ, check=True, capture_output=True)

    with running(["serve", "--port", "0"], environ) as process:
        lines, _ = read_until(process, "http://")

    assert not any(line.startswith(("Deployed", "Demo accounts")) for line in lines)


def test_a_taken_port_is_told_in_one_line(sqlite_url: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        answer = subprocess.run(
            [SAMNUAN, "serve", "--port", port],
            env=environment(sqlite_url, tmp_path),
            capture_output=True,
            text=True,
        )

    assert answer.returncode == 1
    assert answer.stderr.startswith(f"127.0.0.1:{port} cannot be used")
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_finishes_and_stops_when_told(
    sqlite_url: str, tmp_path: Path, told: signal.Signals
) -> None:
    with running(["worker"], environment(sqlite_url, tmp_path)) as process:
        read_until(process, "Working")
        process.send_signal(told)
        output, errors = process.communicate(timeout=20)

    assert (process.returncode, output, errors) == (0, "Stopped\n", "")
