"""A browser without a screen: keeps cookies and its connection, sends a page's hidden fields."""

from __future__ import annotations

import http.client
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

Upload = tuple[str, bytes]  # file name and content
Answers = Mapping[str, str | Upload]
TIMEOUT = 60.0  # seconds
_HIDDEN = re.compile(r'name="(csrf_token|_once)" value="([^"]+)"')
_IDS = re.compile(r"/[0-9a-f]{32}\b")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: the page by its name (ids left out), when it began, how long, what came."""

    page: str
    began: float
    seconds: float
    status: int
    expected: bool


@dataclass
class Browser:
    """One person's; `note` is told every request."""

    host: str
    port: int
    note: Callable[[Visit], None] = lambda visit: None
    page: str = ""
    status: int = 0
    path: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT)

    def close(self) -> None:
        self._connection.close()

    def get(self, path: str, *, expect: tuple[int, ...] = (200,)) -> str:
        return self._follow("GET", path, None, {}, expect)

    def post(
        self, path: str, answers: Answers | None = None, *, expect: tuple[int, ...] = (200,)
    ) -> str:
        """Send a form as the page would, and go where it leads."""
        kind, body = _multipart({**self.hidden, **(answers or {})})
        return self._follow("POST", path, body, {"Content-Type": kind}, expect)

    def send(
        self, path: str, body: bytes, headers: dict[str, str], *, expect: tuple[int, ...] = (200,)
    ) -> str:
        """Send bytes as they are, as a program does."""
        return self._follow("POST", path, body, headers, expect)

    def _follow(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: dict[str, str],
        expect: tuple[int, ...],
    ) -> str:
        for _ in range(5):
            place = self._ask(method, path, body, headers, expect)
            if place is None:
                return self.page
            method, path, body, headers = "GET", place, None, {}
        return self.page

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: dict[str, str],
        expect: tuple[int, ...],
    ) -> str | None:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        began = time.perf_counter()
        try:
            self._connection.request(method, path, body, {**headers, "Cookie": cookie})
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._note(method, path, began, 0, expected=False)
            self.status, self.page = 0, ""
            return None
        self._keep(answer)
        leads = answer.getheader("Location") if answer.status in (302, 303) else None
        self._note(
            method, path, began, answer.status, expected=bool(leads) or answer.status in expect
        )
        if leads is not None:
            return urlsplit(leads).path + ("?" + urlsplit(leads).query if "?" in leads else "")
        self.path, self.status = path, answer.status
        self.page = unescape(content.decode("utf-8", "replace"))
        self.hidden.update(_HIDDEN.findall(self.page))
        return None

    def _keep(self, answer: http.client.HTTPResponse) -> None:
        for header in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value

    def _note(self, method: str, path: str, began: float, status: int, *, expected: bool) -> None:
        name = f"{method} {_IDS.sub('/…', urlsplit(path).path)}"
        self.note(Visit(name, began, time.perf_counter() - began, status, expected))


def _multipart(fields: Answers) -> tuple[str, bytes]:
    boundary = uuid.uuid4().hex
    parts = []
    for name, value in fields.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, str):
            parts.append(f"{head}\r\n\r\n{value}\r\n".encode())
        else:
            file, content = value
            kind = "Content-Type: application/pdf"
            parts.append(
                f'{head}; filename="{file}"\r\n{kind}\r\n\r\n'.encode() + content + b"\r\n"
            )
    parts.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(parts)
