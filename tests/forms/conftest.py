"""A form on the desk: the real files of the complaint process, and small ones drawn for a story."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine import feel
from forms import Form, FormInvalid, compile_form

FOLDER = Path(__file__).parents[2] / "forms" / "complaint"


@pytest.fixture(scope="session")
def form() -> Callable[[str], Form]:
    """One of the process's own forms: `form("f1-intake")`."""
    compiled: dict[str, Form] = {}

    def get(name: str) -> Form:
        if name not in compiled:
            file = FOLDER / f"{name}.form"
            compiled[name] = compile_form(file.name, file.read_bytes())
        return compiled[name]

    return get


@pytest.fixture(scope="session")
def draw() -> Callable[..., bytes]:
    """The bytes of a small form of the given components."""

    def drawn(*components: dict[str, Any], **top: Any) -> bytes:
        tree = {"type": "default", "id": "small", "schemaVersion": 19, "components": components}
        return json.dumps(tree | top, ensure_ascii=False, indent=2).encode()

    return drawn


@pytest.fixture(scope="session")
def small(draw: Callable[..., bytes]) -> Callable[..., Form]:
    """A small form, compiled."""
    return lambda *components, **top: compile_form("small.form", draw(*components, **top))


@pytest.fixture(scope="session")
def friday() -> feel.Environment:
    """20 March 2026 (พ.ศ. 2569), ten in the morning in Bangkok."""
    return feel.Environment(now=datetime(2026, 3, 20, 3, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def office() -> dict[str, Any]:
    """What the office lends a form: its units."""
    units = [
        {"value": "legal", "label": "ฝกม.", "label_en": "Legal"},
        {"value": "it", "label": "ฝขท.", "label_en": "IT"},
        {"value": "procurement", "label": "พัสดุ", "label_en": "Procurement"},
        {"value": "project", "label": "โครงการ", "label_en": "Projects"},
        {"value": "oss", "label": "ศูนย์ OSS", "label_en": "OSS"},
    ]
    return {"units": units}


@pytest.fixture
def corruption() -> dict[str, Any]:
    """A complaint about corruption that is complete and in order."""
    return {
        "track": "C",
        "identity_mode": "confidential",
        "full_name": "สมหญิง ใจดี",
        "reply_by": "email",
        "email": "somying@example.org",
        "accused": [{"name": "เจ้าหน้าที่พัสดุ", "position": "เจ้าหน้าที่", "unit": "procurement"}],
        "subject": "จัดซื้อจัดจ้าง",
        "title": "กำหนดคุณลักษณะเอื้อผู้ขายรายเดียว",
        "facts": "ประกาศเชิญชวนกำหนดคุณลักษณะตรงกับสินค้ายี่ห้อเดียวในตลาด",
        "elsewhere": "none",
        "privacy_notice": True,
        "truth": True,
    }


@pytest.fixture
def refused(
    friday: feel.Environment, office: dict[str, Any]
) -> Callable[..., dict[str, list[str]]]:
    """The faults of answers, by path, in one language."""

    def faults(form: Form, answers: Any, language: str = "th", **context: Any) -> Any:
        with pytest.raises(FormInvalid) as caught:
            form.load(answers, context=office | context, environment=friday)
        return {
            path: [text.of(language) for text in texts]
            for path, texts in caught.value.errors.items()
        }

    return faults


@pytest.fixture
def accepted(friday: feel.Environment, office: dict[str, Any]) -> Callable[..., Any]:
    """The answers in their homes."""
    return lambda form, answers, **context: form.load(
        answers, context=office | context, environment=friday
    )
