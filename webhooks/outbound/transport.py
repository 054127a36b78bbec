"""Posts one signed body to one checked address: no redirects, no proxies, short patience."""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Mapping

from webhooks.outbound.address import Target

PATIENCE = 10.0  # seconds for the connection and for each read; a slow subscriber is retried later
DEADLINE = 30.0  # seconds for all of it: one byte every nine seconds would hold a worker for hours
USER_AGENT = "samnuan-webhooks/1"


class _PinnedConnection(http.client.HTTPConnection):
    """Connects to the address that was checked, not to whatever the name means by now."""

    def __init__(self, target: Target, context: ssl.SSLContext | None) -> None:
        super().__init__(target.host, target.port, timeout=PATIENCE)
        self._target = target
        self._context = context

    def connect(self) -> None:
        plain = socket.create_connection((self._target.address, self._target.port), PATIENCE)
        if self._context is None:
            self.sock = plain
            return
        try:
            self.sock = self._context.wrap_socket(plain, server_hostname=self._target.host)
        except OSError:
            plain.close()
            raise

    def cut(self) -> None:
        """End the conversation from another thread; the reader gets an error."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def post(
    target: Target, body: bytes, headers: Mapping[str, str], *, deadline: float = DEADLINE
) -> int:
    """Post the body and return the status code; the answer's content is of no interest.

    Raises:
        OSError, http.client.HTTPException: nobody answered, or not in HTTP.
    """
    # The standard library is enough: urllib3 and httpx cannot be told which address to connect to
    # while checking the certificate for the name without replacing the same method.
    secure = target.scheme == "https"
    connection = _PinnedConnection(target, ssl.create_default_context() if secure else None)
    guard = threading.Timer(deadline, connection.cut)
    guard.start()
    try:
        connection.request(
            "POST",
            target.path,
            body,
            {
                "Host": target.host_header,
                "Content-Type": "application/json",
                "User-Agent": USER_AGENT,
                **headers,
            },
        )
        return connection.getresponse().status
    finally:
        guard.cancel()
        connection.close()
