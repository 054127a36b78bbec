"""An officer's pages: the work list, a task beside its file, the case, a complaint on paper."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for

from engine.ground.errors import Refusal
from engine.ground.text import Text
from engine.store.work import Work
from forms import Form
from forms.errors import FormInvalid
from office.applications import application as applications
from office.applications.application import OFFICER, Application
from office.audit import access_log
from office.cases import cases as case_files
from office.cases import reveals, tasks
from office.cases.register import file_case, intake_context, intake_form, officer_form
from office.cases.reveals import NothingToReveal
from office.cases.tasks import TaskView
from office.deadlines.reminders import notices
from office.ground.errors import OfficeError, ReasonNeeded
from office.people import conflicts
from office.vault.attachments import Staged
from office.vault.previews import PAGES
from web import case_view, form_pages
from web.account.confirm import confirmed
from web.auditor import overview
from web.current import pressed, read, services, signed_in, user, write
from web.errors import again, errors_of
from web.form_pages import FILE_REFUSALS, Filling
from web.language import t
from web.links import as_download
from web.types import Answer

blueprint = Blueprint("officer", __name__)
# Words of the column `pages` in roles.csv: who gets the work list, who enters what came on paper.
WORK, REGISTER = "work", "register"
ORIGINAL = "original"  # instead of the copy without metadata
PAGE = 30
NOTICES = 10  # of the newest, beside the work list
# How a complaint came; the keys are those of the intake form.
CHANNELS = {
    "web": Text("เว็บไซต์", "website"),
    "walk-in": Text("มาด้วยตนเอง", "in person"),
    "box": Text("กล่องรับเรื่อง", "complaint box"),
    "letter": Text("หนังสือ ไปรษณีย์", "letter"),
    "phone": Text("โทรศัพท์", "telephone"),
    "fax": Text("โทรสาร", "fax"),
    "email": Text("อีเมล", "e-mail"),
    "1111": Text("ศูนย์ 1111", "1111 centre"),
    "oss": Text("ศูนย์ OSS", "OSS centre"),
}


@blueprint.get("/work")
@signed_in()
def work_list() -> Answer:
    after = request.args.get("after")
    with read() as work:
        mine, groups = tasks.desk_list(work, services(), user(), limit=PAGE, after=after)
        return render_template(
            "officer/work_list.html",
            mine=mine,
            groups=groups,
            after=after,
            notices=notices.notices(work, user(), limit=NOTICES),
            requests=case_view.requests(work, services(), user()),
        )


# ── one task ───────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/tasks/<task_id>")
@signed_in()
def task(task_id: str) -> Answer:
    with read() as work:
        view = tasks.open_task(work, services(), task_id, user())
        fresh = form_pages.fresh(view.form, view.context, prior=view.prior)
        page = _task_page(work, view, fresh)
        is_noted = view.case is None or access_log.is_opening_noted(work, view.case.id, user())
    return page if is_noted or view.case is None else _noted(page, view.case.id)


def _noted(page: str, case_id: str) -> str:
    """A page of a case is handed out once it is written down who has it before them."""
    with write() as work:
        access_log.note_opening(work, case_id, user())
    return page


@blueprint.post("/tasks/<task_id>")
@signed_in()
def complete(task_id: str) -> Answer:
    files: list[Staged] = []
    try:
        files = form_pages.keep_files(lambda work: [tasks.asked_of(work, task_id, user()).form])
        if form_pages.is_redraw():
            return _typed_page(task_id, files)
        with write() as work:
            asked = tasks.asked_of(work, task_id, user())
            sheet = form_pages.posted(asked.form, asked.context, files=files)
            tasks.complete_task(work, services(), task_id, sheet.answers, user())
    except (FormInvalid, *FILE_REFUSALS) as refusal:
        return again(_typed_page(task_id, files, refusal), refusal)
    flash(t("ทำงาน “{name}” เสร็จแล้ว", "“{name}” is done.", name=t(asked.name)), "good")
    return redirect(url_for("officer.work_list"), 303)


@blueprint.post("/tasks/<task_id>/claim")
@signed_in()
def claim(task_id: str) -> Answer:
    with write() as work:
        tasks.claim_task(work, task_id, user())
    return redirect(url_for("officer.task", task_id=task_id), 303)


@blueprint.post("/tasks/<task_id>/release")
@signed_in()
def release(task_id: str) -> Answer:
    with write() as work:
        tasks.release_task(work, task_id, user())
    flash(t("คืนงานให้กลุ่มแล้ว", "The task is back with its group."), "good")
    return redirect(url_for("officer.work_list"), 303)


def _typed_page(task_id: str, files: Sequence[Staged], refusal: Refusal | None = None) -> str:
    """The task as it was filled in so far."""
    with read() as work:
        view = tasks.open_task(work, services(), task_id, user())
        sheet = form_pages.posted(view.form, view.context, files=files)
        return _task_page(work, view, sheet, refusal)


def _task_page(work: Work, view: TaskView, sheet: Filling, refusal: Refusal | None = None) -> str:
    return render_template(
        "officer/task.html",
        view=view,
        name=task_name(view),
        sheet=sheet.view(errors_of(refusal)),
        case=view.case,
        told=case_view.read_out(work, view.case),
        matches=case_view.matches(work, view.case, user()),
        is_mine=view.task.assignee == user().id,
    )


def task_name(view: TaskView) -> Text:
    return Text(view.task.name_th, view.task.name_en)


# ── cases ──────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/cases")
@signed_in()
def cases() -> Answer:
    query, after = request.args.get("q", "")[:80], request.args.get("after")
    with read() as work:
        found = case_files.list_cases(work, user(), query=query, limit=PAGE, after=after)
    more = found[-1].id if len(found) == PAGE else None
    return render_template("officer/cases.html", cases=found, query=query, more=more)


@blueprint.get("/cases/<case_id>")
@signed_in()
def case(case_id: str) -> Answer:
    return _case_page(case_id)


def _case_page(case_id: str, refusal: Refusal | None = None) -> str:
    with read() as work:
        view = case_files.case_view(work, services(), case_id, user())
        asks = view.is_guarded and view.identity_fields
        wishes = overview.wishes(work, services(), view, user(), only_own=True) if asks else {}
        facts: Mapping[str, Any] = {
            "told": case_view.read_out(work, view),
            "pictures": case_view.pictures(work, view),
            "story": case_view.story(work, view),
            "time": case_view.time_of(work, view, user()),
            "matches": case_view.matches(work, view, user()),
        }
        page = render_template("officer/case.html", case=view, refusal=refusal, **facts, **wishes)
        is_noted = access_log.is_opening_noted(work, view.id, user())
    return page if is_noted else _noted(page, view.id)


@blueprint.get("/cases/<case_id>/diagrams/<process_key>")
@signed_in()
def diagram(case_id: str, process_key: str) -> Answer:
    with read() as work:
        view = case_files.case_view(work, services(), case_id, user())
        content = case_view.diagram(work, view, process_key)
    return Response(content, mimetype="application/xml")


@blueprint.get("/cases/<case_id>/files/<file_id>")
@signed_in()
def attachment(case_id: str, file_id: str) -> Answer:
    is_original = request.args.get("as") == ORIGINAL
    with write() as work:  # the look is recorded
        info, chunks = case_files.read_file(
            work, services(), case_id, file_id, user(), is_original=is_original
        )
    return as_download(Response(chunks, mimetype=info.media_type), info.name)


@blueprint.get("/cases/<case_id>/files/<file_id>/pages")
@signed_in()
def pages(case_id: str, file_id: str) -> Answer:
    """A file as pictures of its pages, drawn here: nothing of it reaches the reader's machine."""
    with write() as work:  # the look is recorded
        info, found = case_files.preview_file(work, services(), case_id, file_id, user())
    pictures = [b64encode(each).decode() for each in found]
    return render_template(
        "officer/pages.html", file=info, pictures=pictures, case_id=case_id, most=PAGES
    )


@blueprint.get("/cases/<case_id>/letters/<letter_id>")
@signed_in()
def letter(case_id: str, letter_id: str) -> Answer:
    with write() as work:  # the look is recorded
        view, text = case_files.read_letter(work, services(), case_id, letter_id, user())
    return render_template("officer/letter.html", letter=view, text=text, case_id=case_id)


@blueprint.post("/cases/<case_id>/identity")
@signed_in()
@confirmed
def identity(case_id: str) -> Answer:
    """Who is behind a case: shown on this answer alone, and recorded with its reason."""
    reason = request.form.get("reason", "")[:2000]
    try:
        with write() as work:
            view = case_files.case_view(work, services(), case_id, user())
            paths = request.form.getlist("field") or list(view.identity_fields)
            shown = case_files.reveal(work, services(), case_id, user(), paths=paths, reason=reason)
            words = case_view.laid_open(overview.field_labels(work, view), shown)
    except ReasonNeeded as refusal:
        return again(_case_page(case_id, refusal), refusal)
    return render_template("officer/identity.html", case=view, shown=words, reason=reason)


@blueprint.post("/cases/<case_id>/identity-requests")
@signed_in()
def ask_identity(case_id: str) -> Answer:
    """Ask for a protected identity; the custodian decides."""
    try:
        with write() as work:
            wish = overview.wish(request.form)
            reveals.ask_identity(work, services(), case_id, user(), **wish)
    except (ReasonNeeded, NothingToReveal) as refusal:
        return again(_case_page(case_id, refusal), refusal)
    flash(t(*overview.ASKED), "good")
    return redirect(url_for("officer.case", case_id=case_id), 303)


@blueprint.post("/identities/<reveal_id>")
@signed_in()
@confirmed
def open_identity(reveal_id: str) -> Answer:
    """See what was granted: shown on this answer alone, and recorded."""
    with write() as work:
        opened = overview.open_identity(work, services(), reveal_id, user())
    return render_template("auditor/identity.html", opened=opened, back="officer.case")


@blueprint.post("/cases/<case_id>/matches/<account_id>")
@signed_in()
def match(case_id: str, account_id: str) -> Answer:
    """Whether somebody of the agency is the person whom the complaint names."""
    is_same = pressed("decision", "same", "other") == "same"
    reason = request.form.get("reason", "")
    try:
        with write() as work:
            conflicts.decide_match(
                work, services(), case_id, account_id, user(), is_same=is_same, reason=reason
            )
    except FormInvalid as refusal:
        return again(_case_page(case_id, refusal), refusal)
    flash(
        t("บันทึกแล้ว เรื่องนี้ยังปิดจากผู้นั้น", "Recorded: the case stays closed to them.")
        if is_same
        else t("บันทึกแล้ว เรื่องนี้ไม่ปิดจากผู้นั้นแล้ว", "Recorded: the case is not closed to them any more."),
        "good",
    )
    return redirect(url_for("officer.case", case_id=case_id), 303)


@blueprint.post("/cases/<case_id>/conflict")
@signed_in()
def conflict(case_id: str) -> Answer:
    with write() as work:
        conflicts.declare_conflict(work, case_id, user())
    flash(
        t(
            "บันทึกแล้ว ท่านจะไม่เห็นและไม่ต้องทำเรื่องนี้อีก",
            "Recorded. You will neither see nor handle this case any more.",
        ),
        "good",
    )
    return redirect(url_for("officer.work_list"), 303)


# ── a complaint that came another way ──────────────────────────────────────────────────────────


@blueprint.get("/register")
@signed_in(page=REGISTER)
def register() -> Answer:
    with read() as work:
        application = _application(work)
        context = intake_context(work, "")
        sheets = [form_pages.fresh(form, context) for form in _forms(work, application)]
        return _register_page(work, sheets)


@blueprint.post("/register")
@signed_in(page=REGISTER)
def enter() -> Answer:
    try:
        files = form_pages.keep_files(lambda work: _forms(work, _application(work)))
    except FILE_REFUSALS as refusal:
        return again(_typed_register((), refusal), refusal)
    if form_pages.is_redraw():
        return _typed_register(files)
    try:
        with write() as work:
            *part, given = _posted_sheets(work, files)
            entered = part[0].answers if part else None
            filed = file_case(
                work,
                services(),
                _application(work),
                given.answers,
                entered,
                channel=str((entered or {}).get("channel") or ""),
                actor=user().actor,
            )
    except (FormInvalid, OfficeError) as refusal:
        return again(_typed_register(files, refusal), refusal)
    return render_template("officer/registered.html", filed=filed), 201


def _application(work: Work) -> Application:
    """The application that is asked for, or the only one or else the first that officers begin."""
    able = [each for each in applications.in_force(work) if each.forms(OFFICER)]
    key = request.args.get("application")
    found = [each for each in able if key in (None, each.key)]
    if not found:
        abort(404)
    return found[0]


def _forms(work: Work, application: Application) -> list[Form]:
    """What an officer fills in, their own part first."""
    own = officer_form(work, application)
    return [*([own] if own else []), intake_form(work, application)]


def _posted_sheets(work: Work, files: Sequence[Staged]) -> list[Filling]:
    forms = _forms(work, _application(work))
    context = intake_context(work, request.form.get("channel", ""))
    return [
        form_pages.posted(
            form, context, others=[each for each in forms if each is not form], files=files
        )
        for form in forms
    ]


def _typed_register(files: Sequence[Staged], refusal: Refusal | None = None) -> str:
    with read() as work:
        return _register_page(work, _posted_sheets(work, files), refusal)


def _register_page(work: Work, sheets: list[Filling], refusal: Refusal | None = None) -> str:
    views = [sheet.view(sheet.own(errors_of(refusal))) for sheet in sheets]
    other = None if isinstance(refusal, FormInvalid) else refusal
    return render_template(
        "officer/register.html",
        sheets=views,
        refusal=other,
        application=_application(work),
        applications=[each for each in applications.in_force(work) if each.forms(OFFICER)],
    )
