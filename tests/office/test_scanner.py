"""The virus scanner is asked before anybody opens a file: one that speaks clamd's protocol."""

from __future__ import annotations

import io
import socketserver
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from office.ground.errors import FileInfected, ScannerUnavailable
from office.people.people import User
from office.vault.attachments import Upload
from office.vault.scanner import Clamd
from tests.office.conftest import complaint
from tests.office.test_file_types import PDF
from tests.support.verbs import Office

BAD = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


class Line(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while (length := struct.unpack(">I", self.rfile.read(4))[0]) > 0:
            content += self.rfile.read(length)
        found = b"Win.Test.EICAR_HDB-1 FOUND" if BAD in content else b"OK"
        too_large = b"INSTREAM size limit exceeded. ERROR\0"
        self.wfile.write(too_large if b"LARGE" in content else b"stream: " + found + b"\0")


class Daemon(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


class TcpDaemon(socketserver.ThreadingTCPServer):
    daemon_threads = True


@pytest.fixture(params=["unix", "tcp"])
def scanner(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Clamd]:
    place = str(tmp_path / "clamd.ctl")
    is_unix = request.param == "unix"
    server = Daemon(place, Line) if is_unix else TcpDaemon(("127.0.0.1", 0), Line)
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield Clamd(f"unix:{place}" if is_unix else f"tcp:127.0.0.1:{server.server_address[1]}")
        server.shutdown()
        thread.join()


def test_it_tells_what_it_finds(scanner: Clamd) -> None:
    assert scanner.find([b"a", b"", b"b" * 70_000]) is None
    assert scanner.find([BAD[:9], BAD[9:]]) == "Win.Test.EICAR_HDB-1"
    with pytest.raises(ScannerUnavailable):
        scanner.find([b"LARGE"])


@pytest.mark.parametrize("address", ["unix:/nowhere/clamd.ctl", "tcp:127.0.0.1:1"])
def test_a_scanner_that_is_not_there_is_told(address: str) -> None:
    with pytest.raises(ScannerUnavailable):
        Clamd(address).find([b"a"])


def test_no_file_is_opened_before_it_was_checked(
    office: Office, staff: dict[str, User], tmp_path: Path
) -> None:
    place = str(tmp_path / "clamd.ctl")
    uploads = [
        Upload("evidence", "ดี.pdf", io.BytesIO(PDF)),
        Upload("evidence", "ร้าย.pdf", io.BytesIO(PDF + BAD)),
    ]
    case_id = office.file_complaint(complaint(), files=uploads).case_id
    good, bad = sorted(office.case(case_id, staff["head"]).files, key=lambda file: file.size)
    office.services = replace(office.services, scanner=Clamd(f"unix:{place}"))

    with pytest.raises(ScannerUnavailable):
        office.read_file(case_id, good.id, staff["head"])
    with Daemon(place, Line) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        _, chunks = office.read_file(case_id, good.id, staff["head"])
        with pytest.raises(FileInfected) as refused:
            office.read_file(case_id, bad.id, staff["head"])
        server.shutdown()
        thread.join()

    assert b"".join(chunks) == PDF
    assert "EICAR" in refused.value.text.th
