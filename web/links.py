"""Addresses: where a redirect may lead, and where the built front end lies."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote

from flask import Response, url_for

STATIC = Path(__file__).parent / "static"


def local_path(path: str | None, otherwise: str = "/") -> str:
    """A path of this site; anything that could lead elsewhere becomes `otherwise`."""
    # `//host`, `/\host` and control characters are read by browsers as another site.
    if path and re.fullmatch(r"/(?![/\\])[^\s\\\x00-\x1f]*", path):
        return path
    return otherwise


def asset(name: str) -> str:
    """The address of a built file, with a mark that changes with its bytes."""
    return url_for("static", filename=f"dist/{name}", v=_mark(name))


@cache
def _mark(name: str) -> str:
    path = STATIC / "dist" / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.exists() else "missing"


def as_download(response: Response, name: str, *, inline: bool = False) -> Response:
    """Give a response a file name in any script (RFC 5987, RFC 6266)."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("_") or "file"
    how = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = (
        f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    # What people upload is never run: not as a page, not as a script, not by sniffing.
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
