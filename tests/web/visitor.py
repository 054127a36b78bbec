"""A visitor who uses the pages as a browser would: keeps cookies, sends hidden fields, follows."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, stream_encode_multipart

from office.operations.demo import DEMO_PASSWORD

GRIEVANCE: Mapping[str, Any] = {
    "identity_mode": "open",
    "full_name": "สมหญิง ใจกล้า",
    "phone": "081 234 5678",
    "reply_by": "phone",
    "subject": "เว็บไซต์/ข้อมูล/ระบบ",
    "title": "เข้าระบบขึ้นทะเบียนไม่ได้",
    "facts": "ลงทะเบียนแล้วไม่ได้รับรหัสยืนยันทางโทรศัพท์ ลองหลายครั้งใน ๓ วัน",
    "remedy": "ขอให้เปิดระบบให้ยื่นคำขอเพิ่มเติม",
    "elsewhere": "none",
    "fear_retaliation": "false",
    "privacy_notice": "true",
    "truth": "true",
}

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def attached(content: bytes, name: str) -> FileStorage:
    """A file as a browser sends it."""
    return FileStorage(io.BytesIO(content), filename=name)


@dataclass
class Visitor:
    """One browser: keeps cookies, sends the hidden fields of the page it looks at."""

    client: FlaskClient
    page: str = ""
    status: int = 0
    path: str = ""
    hidden: dict[str, str] = field(default_factory=dict)

    def visit(self, path: str) -> str:
        return self._read(self.client.get(path, follow_redirects=True))

    def send(self, path: str, answers: Mapping[str, Any] | None = None, **more: Any) -> str:
        """Post as the form on the page would, with its token; follow where it leads."""
        data = {**self.hidden, **(answers or {}), **more}
        # Encoded here: werkzeug's client leaves the temporary file of a large post open.
        body, _, boundary = stream_encode_multipart(MultiDict(data), use_tempfile=False)
        kind = f'multipart/form-data; boundary="{boundary}"'
        sent = self.client.post(path, data=body.read(), content_type=kind, follow_redirects=True)
        return self._read(sent)

    def sign_in(self, username: str) -> str:
        self.visit("/sign-in")
        return self.send("/sign-in", username=username, password=DEMO_PASSWORD)

    def _read(self, answer: TestResponse) -> str:
        self.page, self.status = unescape(answer.get_data(as_text=True)), answer.status_code
        self.path = answer.request.path
        for name in ("csrf_token", "_once"):
            found = re.search(rf'name="{name}" value="([^"]+)"', self.page)
            if found:
                self.hidden[name] = found[1]
        return self.page

    def text_of(self, id: str) -> str:
        found = re.search(rf'id="{id}"[^>]*>([^<]+)<', self.page)
        assert found, f"no #{id} on {self.path}"
        return found[1].strip()


def file_grievance(visitor: Visitor, **changes: Any) -> tuple[str, str]:
    """File an ordinary grievance on the page; returns its receipt number and tracking code."""
    visitor.visit("/file/G")
    visitor.send("/file/G", {**GRIEVANCE, **changes})
    assert visitor.path == "/receipt", visitor.page
    return visitor.text_of("receipt-no"), visitor.text_of("tracking-code")
