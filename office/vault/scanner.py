"""The virus scanner: ClamAV's daemon, asked over its socket before anybody opens a file.

Its protocol is a line, the bytes in chunks with their lengths, and a line back (`INSTREAM` in
clamd(8)). The Python clients for it have not been kept since 2014 and 2017.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from office.ground.errors import ScannerUnavailable

SECONDS = 60  # for one file
ANSWER_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Clamd:
    """`unix:/run/clamav/clamd.ctl` or `tcp:host:3310`."""

    address: str

    def find(self, chunks: Iterable[bytes]) -> str | None:
        """What is wrong with a file, by the scanner's own name for it; none if nothing is.

        Raises:
            ScannerUnavailable: it cannot be reached, or does not say.
        """
        try:
            with self._connected() as line:
                line.sendall(b"zINSTREAM\0")
                for chunk in chunks:
                    if chunk:
                        line.sendall(struct.pack(">I", len(chunk)) + chunk)
                line.sendall(struct.pack(">I", 0))
                answer = _answer(line)
        except OSError as error:
            raise ScannerUnavailable from error
        if answer == "stream: OK":
            return None
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return answer.removeprefix("stream: ").removesuffix(" FOUND")
        raise ScannerUnavailable  # too large for it, or broken itself

    def _connected(self) -> socket.socket:
        kind, _, place = self.address.partition(":")
        if kind == "unix":
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(SECONDS)
            try:
                line.connect(place)
            except OSError:
                line.close()
                raise
            return line
        host, _, port = place.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=SECONDS)


def _answer(line: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < ANSWER_BYTES:
        part = line.recv(ANSWER_BYTES)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
