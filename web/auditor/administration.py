"""The auditor's page of what was done about the installation: found by kind, person, case and day,
taken out whole, and nothing to change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request

from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from engine.store.work import Work
from forms.text.dates import NotADate, parse_date
from forms.text.numerals import arabic_digits
from office.applications import master_data
from office.audit import access_log, administration, case_search
from office.audit.administration import GROUPS, Criteria, Line
from office.ground.administered import ADDED, CHANGED, REMOVED
from web.auditor.pages import PAGE, ROLES
from web.current import read, signed_in, user, write
from web.language import t
from web.links import as_download
from web.types import Answer

blueprint = Blueprint("administration", __name__, url_prefix="/audit/administration")
FILE = "administration.jsonl"
GROUP_NAMES: Mapping[str, Text] = {
    "accounts": Text("บัญชีและบทบาท", "Accounts and roles"),
    "sign_ins": Text("การเข้าสู่ระบบ", "Signing in"),
    "looks": Text("การเปิดดูและค้นเรื่อง", "Cases opened and searched for"),
    "exports": Text("การส่งออกข้อมูล", "Exports"),
    "deployments": Text("การติดตั้งกระบวนงาน", "Deployments"),
    "tables": Text("ตารางของหน่วยงาน", "Tables of the agency"),
    "tokens": Text("โปรแกรมและปลายทาง", "Programs and subscribers"),
    "settings": Text("การตั้งค่า", "Settings"),
}
ROWS: Mapping[str, Text] = {
    "account": Text("บัญชี", "account"),
    "role": Text("บทบาท", "role"),
    "unit": Text("ฝ่าย", "unit"),
    "status": Text("สถานะ", "status"),
    "calendar": Text("ปฏิทินวันหยุด", "calendar of holidays"),
    "api_client": Text("โปรแกรม", "program"),
    "inbound_source": Text("ต้นทางข้อมูล", "source"),
    "subscriber": Text("ปลายทางแจ้งเหตุการณ์", "subscriber"),
    "acting_order": Text("คำสั่งรักษาการ", "acting order"),
    "role_request": Text("คำขอให้บทบาท", "request for a role"),
    "external_identity": Text("การเข้าสู่ระบบผ่านผู้ให้บริการ", "sign-in by a provider"),
}
CHANGES: Mapping[str, Text] = {
    ADDED: Text("เพิ่ม{what}", "Added: {what}"),
    CHANGED: Text("แก้ไข{what}", "Changed: {what}"),
    REMOVED: Text("ลบ{what}", "Removed: {what}"),
}
TYPES: Mapping[str, Text] = {
    "signed_in": Text("เข้าสู่ระบบ", "Signed in"),
    "signed_out": Text("ออกจากระบบ", "Signed out"),
    "sign_in_refused": Text("เข้าสู่ระบบไม่สำเร็จ", "Sign-in refused"),
    "case_opened": Text("เปิดดูเรื่อง", "Opened a case"),
    "search": Text("ค้นเรื่อง", "Search"),
    "statistics": Text("ดูสถิติ", "Statistics"),
    "export": Text("ส่งออกข้อมูลเรื่อง", "Exported cases"),
    "administration_exported": Text("ส่งออกบันทึกนี้", "Took out this record"),
    "deployed": Text("ติดตั้งกระบวนงาน", "Deployed"),
    "version_in_force": Text("รุ่นที่ใช้บังคับ", "Version in force"),
    "settings": Text("การตั้งค่าเปลี่ยนไป", "Settings changed"),
    "administration_began": Text("เริ่มบันทึก", "The record begins"),
}
COLUMNS: Mapping[str, Text] = {
    "roles": Text("บทบาท", "roles"),
    "unit": Text("ฝ่าย", "unit"),
    "active": Text("ใช้งานได้", "active"),
    "display_name": Text("ชื่อที่แสดง", "display name"),
    "username": Text("ชื่อผู้ใช้", "user name"),
    "password_hash": Text("รหัสผ่าน", "password"),
}
FACTS: Mapping[str, Text] = {
    "method": Text("วิธี", "by"),
    "why": Text("เหตุ", "why"),
    "application": Text("ชุดแนวทาง", "application"),
    "files": Text("แฟ้ม", "files"),
    "version": Text("รุ่น", "version"),
    "number": Text("เลขรับ", "number"),
    "kind": Text("ประเภท", "kind"),
    "since": Text("ตั้งแต่", "from"),
    "until": Text("ถึง", "to"),
    "outcome": Text("ผล", "outcome"),
    "unit": Text("ฝ่าย", "unit"),
}
VALUES: Mapping[tuple[str, str], Text] = {
    ("method", "password"): Text("รหัสผ่าน", "password"),
    ("method", "totp"): Text("แอปยืนยันตัวตน", "authenticator app"),
    ("method", "passkey"): Text("พาสคีย์", "passkey"),
    ("method", "recovery"): Text("รหัสสำรอง", "recovery code"),
    ("why", "refused"): Text("ไม่ถูกต้อง", "not right"),
    ("why", "throttled"): Text("ลองถี่เกินไป", "too often"),
    ("version", "0"): Text("เลิกใช้", "retired"),
}
HIDDEN = frozenset({"password_hash", "token_hash", "secret"})


@blueprint.get("")
@signed_in(*ROLES)
def log() -> Answer:
    criteria, unread = _criteria()
    before = request.args.get("before", type=int)
    with read() as work:
        lines = administration.lines(work, user(), criteria, limit=PAGE, before=before)
        shown = [(line, headline(line), list(details(work, line))) for line in lines]
        wanted = {name: value for name, value in request.args.items() if name != "before"}
        return render_template(
            "auditor/administration.html",
            lines=shown,
            criteria=criteria,
            unread=unread,
            groups=GROUP_NAMES,
            wanted=wanted,
            more=lines[-1].seq if len(lines) == PAGE else None,
        )


@blueprint.post("/file")
@signed_in(*ROLES)
def take_out() -> Answer:
    """The whole chain as a file that can be checked elsewhere; taking it is an entry, too."""
    with write() as work:
        access_log.note_access(work, "administration_exported", {}, user())
    with read() as work:
        content = "".join(administration.exported(work))
    return as_download(Response(content, mimetype="application/x-ndjson"), FILE)


def _criteria() -> tuple[Criteria, list[str]]:
    """What the page was asked for, and the names of the days that could not be read."""
    days: dict[str, datetime | None] = {}
    unread = []
    for name in ("since", "until"):
        try:
            text = request.args.get(name, "").strip()
            days[name] = _midnight(parse_date(text)) if text else None
        except NotADate:
            days[name] = None
            unread.append(name)
    until = days["until"]
    group = request.args.get("group", "")
    criteria = Criteria(
        group=group if group in GROUPS else "",
        person=request.args.get("person", "").strip()[:80],
        number=arabic_digits(request.args.get("q", "").strip()[:40]),
        since=days["since"],
        until=None if until is None else until + timedelta(days=1),
    )
    return criteria, unread


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BANGKOK)


def headline(line: Line) -> str:
    """What was done, in words."""
    kind, _, change = line.type.rpartition("_")
    if kind in ROWS and change in CHANGES:
        return t(CHANGES[change], what=t(ROWS[kind]))
    return t(TYPES.get(line.type, Text(line.type, line.type)))


def details(work: Work, line: Line) -> Iterator[str]:
    """What is worth reading of an entry: what became of a row, or the facts of an act."""
    state = line.data.get("state")
    if state is None:
        yield from _facts(line)
        return
    was = line.data.get("was", {})
    for column, value in state.items():
        name = t(COLUMNS.get(column, Text(column, column)))
        if column in HIDDEN:
            if column in was:
                yield name
        elif column == "roles":
            yield from _roles(work, was.get("roles", [] if not was else value), value)
        elif column in was:
            yield f"{name}: {_spelled(was[column])} → {_spelled(value)}"
        elif line.type.endswith(ADDED) and column in COLUMNS and value is not None:
            yield f"{name}: {_spelled(value)}"


def _roles(work: Work, before: list[str], now: list[str]) -> Iterator[str]:
    for group in sorted({*now} - {*before}):
        yield t("ให้บทบาท {role}", "given: {role}", role=t(master_data.group_text(work, group)))
    for group in sorted({*before} - {*now}):
        yield t("ถอนบทบาท {role}", "taken: {role}", role=t(master_data.group_text(work, group)))


def _facts(line: Line) -> Iterator[str]:
    for name, value in line.data.items():
        if name == "signs":
            signs = {**case_search.SIGNS, case_search.DEPARTED: case_search.DEPARTED_WORDS}
            yield from (t(signs[sign]) if sign in signs else sign for sign in value)
        elif value not in (None, "", [], {}):
            yield f"{t(FACTS.get(name, Text(name, name)))}: {_in_words(name, value)}"


def _in_words(name: str, value: Any) -> str:
    """A fact as people say it; a sign-in may have taken two steps, `password+totp`."""
    if (name, str(value).partition("+")[0]) not in VALUES:
        return _spelled(value)
    known = (VALUES.get((name, part), Text(part, part)) for part in str(value).split("+"))
    return ", ".join(map(t, known))


def _spelled(value: Any) -> str:
    if isinstance(value, bool):
        return t("ใช่", "yes") if value else t("ไม่ใช่", "no")
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None else str(value)
