"""Putting the web application together: office, protection, languages, one blueprint per person."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

import webhooks
import webhooks.tables  # followed from the first moment on
from engine.ground.text import Text
from office.cases.tracking import spaced
from office.office import PACKAGES, Office
from office.people.people import User
from office.vault.previews import DRAWN
from web import current, errors, health, language, metrics, security
from web.account import confirm, own, passkey, provider, providers
from web.account import pages as account
from web.admin import holidays, orders, people, units
from web.admin import pages as admin
from web.auditor import administration, statistics
from web.auditor import pages as auditor
from web.current import EXTENSION, now, settings, visitor_if_known
from web.letter_html import letter_html
from web.links import asset
from web.officer import custodian, deadlines, handover, retention, reviews
from web.officer import pages as officer
from web.owner import pages as owner
from web.public import pages as public
from web.settings import WebSettings

PUBLIC_MENU = [
    ("public.home", Text("ยื่นเรื่อง", "File")),
    ("public.track", Text("ติดตามเรื่อง", "Follow")),
    ("public.guideline", Text("คู่มือการร้องเรียน", "How it works")),
]
# Endpoint, words, and who finds it in their menu: those roles, or those whom the table of roles
# gives the page.
STAFF_MENU: list[tuple[str, Text, frozenset[str] | str]] = [
    ("officer.work_list", Text("งานของฉัน", "My work"), officer.WORK),
    ("officer.register", Text("ลงทะเบียนเรื่อง", "Register"), officer.REGISTER),
    ("officer.cases", Text("เรื่องร้องเรียน", "Cases"), officer.WORK),
    ("deadlines.expedite", Text("เร่งรัด", "Late work"), deadlines.EXPEDITE),
    ("handover.tasks", Text("มอบงานต่อ", "Hand over"), handover.PAGE),
    ("auditor.cases", Text("ตรวจสอบเรื่อง", "Cases to audit"), auditor.ROLES),
    ("custodian.requests", Text("คำขอเปิดเผยตัวตน", "Identity requests"), custodian.ROLES),
    ("retention.overview", Text("การเก็บและทำลาย", "Disposal"), retention.PAGE),
    ("statistics.overview", Text("สถิติ", "Statistics"), statistics.ROLES),
    ("owner.processes", Text("กระบวนงาน", "Processes"), owner.ROLES),
    ("owner.deploy", Text("ติดตั้งแฟ้ม", "Deploy"), owner.ROLES),
    ("people.overview", Text("ผู้ใช้", "People"), admin.ROLES),
    ("units.overview", Text("หน่วยงาน", "Units"), admin.ROLES),
    ("orders.overview", Text("คำสั่งรักษาการ", "Acting orders"), admin.ROLES),
    ("holidays.calendar", Text("ปฏิทิน", "Holidays"), admin.ROLES),
    ("admin.stuck", Text("เหตุขัดข้อง", "Incidents"), admin.ROLES),
    ("admin.mailbox", Text("ตู้จดหมายสาธิต", "Development mailbox"), admin.ROLES),
]
BLUEPRINTS = (
    public,
    account,
    own,
    confirm,
    passkey,
    provider,
    officer,
    deadlines,
    handover,
    owner,
    auditor,
    custodian,
    retention,
    reviews,
    statistics,
    administration,
    admin,
    people,
    units,
    orders,
    holidays,
    health,
    metrics,
)


def build_app(given: WebSettings | None = None, office: Office | None = None) -> Flask:
    """The application over an office; without one it opens the office that the settings name."""
    known = given or _settings_of(office)
    office = office or Office.open(known, packages=(*PACKAGES, "webhooks"))
    app = Flask("web", template_folder="templates", static_folder="static")
    if known.trusted_proxies:
        hops = known.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]
    app.extensions[EXTENSION] = {"settings": known, "office": office}
    # Cookies are signed with a key of their own that follows from the office's pepper.
    security.install(app, known, office.services.keys.pepper.hash("web.session", "cookie"))
    app.before_request(_begin_request)
    app.after_request(current.note_seen)
    providers.init_app(app, known)
    errors.install(app)
    language.install(app)
    for module in BLUEPRINTS:
        app.register_blueprint(module.blueprint)
    webhooks.register(app, office)
    _configure(app, known, office)
    return app


def _settings_of(office: Office | None) -> WebSettings:
    """Those the office was opened with, where they tell about pages too."""
    if office is not None and isinstance(office.settings, WebSettings):
        return office.settings
    return WebSettings.read()


def _begin_request() -> None:
    g.now = now()


def _configure(app: Flask, known: WebSettings, office: Office) -> None:
    """What every template may use."""
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.globals.update(asset=asset, csrf_field=_csrf_field, agency=known.agency)
    scanned = office.services.scanner is not None
    app.jinja_env.globals.update(is_scanned=scanned, previewed=frozenset(DRAWN))
    app.jinja_env.globals.update(channels=officer.CHANNELS)
    app.jinja_env.filters.update(letter_html=letter_html, spaced=spaced)

    @app.context_processor
    def surroundings() -> dict[str, Any]:
        return {"menu": _menu(), "here": _here(), "visitor": visitor_if_known()}


def _menu() -> list[tuple[str, Text]]:
    user = visitor_if_known()
    if user is None:
        return PUBLIC_MENU
    hidden = {"admin.mailbox"} if settings().smtp_host else set()
    return [
        (endpoint, words)
        for endpoint, words, whose in STAFF_MENU
        if _is_theirs(user, whose) and endpoint not in hidden
    ]


def _is_theirs(user: User, whose: frozenset[str] | str) -> bool:
    return whose in user.pages if isinstance(whose, str) else bool(user.roles & whose)


def _here() -> str:
    """Where a change of language leads back to: this page, or the nearest above it that can be
    opened by itself."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    places = current_app.url_map.bind("")
    path = request.path
    while path and not places.test(path, method="GET"):
        path = path.rpartition("/")[0]
    return path or "/"


def _csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())
