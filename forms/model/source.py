"""From the bytes of a `.form` file to a plain JSON tree, refusing what is no form-js form."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from engine.ground import encodings
from engine.ground.findings import Finding, Severity
from engine.ground.text import Text

NEWEST_SCHEMA: Final = 19
LARGEST_FILE: Final = 1_000_000
DEEPEST_NESTING: Final = 60


class Remarks:
    """The findings on one file, each with the line its component stands on."""

    def __init__(self, file: str, content: bytes = b"") -> None:
        self.file = file
        self.findings: list[Finding] = []
        self._lines = encodings.as_text(content, "replace").splitlines()

    def add(
        self,
        rule: str,
        text: Text,
        element: str = "",
        *,
        severity: Severity = "error",
        column: int | None = None,
    ) -> None:
        row = self._row(element)
        self.findings.append(
            Finding(self.file, element, severity, f"form.{rule}", text, row, column)
        )

    def _row(self, element: str) -> int | None:
        quoted = json.dumps(element, ensure_ascii=False)
        named = (n for n, line in enumerate(self._lines, 1) if quoted in line and '": ' in line)
        return next(named, None) if element else None


def read_tree(content: bytes, remarks: Remarks) -> Mapping[str, Any] | None:
    """The form's JSON object, or None with the reason among the remarks."""
    if len(content) > LARGEST_FILE:
        remarks.add("size", Text("แฟ้มแบบฟอร์มใหญ่เกิน 1 MB", "The form is larger than 1 MB."))
        return None
    if (encoding := encodings.refused_encoding(content)) is not None:
        remarks.add("encoding", encodings.SAID.format(encoding=encoding))
        return None
    try:
        tree = json.loads(encodings.as_text(content), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        why = str(error).splitlines()[0][:120] if isinstance(error, ValueError) else "nesting"
        thai = f"แฟ้มนี้ไม่ใช่ JSON ที่ถูกต้อง ({why})"
        remarks.add("json", Text(thai, f"The file is not valid JSON ({why})."))
        return None
    return tree if _is_form(tree, remarks) else None


def _without_repeats(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    # A repeated name would silently win over the first: what is read is not what would run.
    names = [name for name, _ in pairs]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise ValueError(f"the name {repeated!r} stands twice in one object")
    return dict(pairs)


def _is_form(tree: object, remarks: Remarks) -> bool:
    if not isinstance(tree, dict) or tree.get("type") != "default":
        thai = "แฟ้มนี้ไม่ใช่แบบฟอร์ม form-js (ต้องมี type เป็น “default”)"
        remarks.add("kind", Text(thai, "This is not a form-js form (its type must be “default”)."))
        return False
    if _nesting(tree) > DEEPEST_NESTING:
        remarks.add("size", Text("แบบฟอร์มซ้อนลึกเกินไป", "The form is nested too deeply."))
        return False
    return _version_is_known(tree, remarks) and _has_components(tree, remarks)


def _version_is_known(tree: Mapping[str, Any], remarks: Remarks) -> bool:
    version = tree.get("schemaVersion", 1)
    if isinstance(version, int) and not isinstance(version, bool) and version <= NEWEST_SCHEMA:
        return True
    thai = f"schemaVersion {version} ใหม่กว่าที่ระบบรู้จัก ({NEWEST_SCHEMA}) โปรดบันทึกด้วยรุ่นที่รองรับ"
    english = (
        f"schemaVersion {version} is newer than the known {NEWEST_SCHEMA}; save it in that one."
    )
    remarks.add("version", Text(thai, english))
    return False


def _has_components(tree: Mapping[str, Any], remarks: Remarks) -> bool:
    identifier = tree.get("id")
    if not isinstance(identifier, str) or not identifier.strip():
        remarks.add("id", Text("แบบฟอร์มต้องมี id", "The form needs an id."))
        return False
    components = tree.get("components")
    if not isinstance(components, list) or not components:
        remarks.add("empty", Text("แบบฟอร์มไม่มีช่องใดเลย", "The form has no components."))
        return False
    return True


def _nesting(value: object, depth: int = 0) -> int:
    if depth > DEEPEST_NESTING:
        return depth
    inner: Sequence[object] = ()
    if isinstance(value, dict):
        inner = list(value.values())
    elif isinstance(value, list):
        inner = value
    return max((_nesting(item, depth + 1) for item in inner), default=depth)
