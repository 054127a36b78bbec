"""An officer's pages: the work list, a task beside its file, the case, a complaint on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for

from engine.ground.errors import Refusal
from engine.ground.text import Text
from forms.errors import FormInvalid
from office.cases.reveals import NothingToReveal
from office.cases.tasks import TaskView
from office.ground.errors import OfficeError, ReasonNeeded
from web import case_view, form_pages
from web.auditor import overview
from web.current import office, read, signed_in, user, write
from web.errors import errors_of, on_refusal
from web.form_pages import FILE_REFUSALS, Filling
from web.language import t
from web.links import as_download
from web.types import Answer

blueprint = Blueprint("officer", __name__)
# Words of the column `pages` in roles.csv: who gets the work list, who enters what came on paper.
WORK, REGISTER = "work", "register"
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
    mine = office().work_list(user(), scope="mine")
    groups = office().work_list(user(), scope="groups", limit=PAGE, after=after)
    with read() as work:
        requests = case_view.requests(work, office().desk, user())
    notices = office().notices(user(), limit=NOTICES)
    return render_template(
        "officer/work_list.html",
        mine=mine,
        groups=groups,
        after=after,
        notices=notices,
        requests=requests,
    )


# ── one task ───────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/tasks/<task_id>")
@signed_in()
def task(task_id: str) -> Answer:
    view = office().open_task(task_id, user())
    return _task_page(view, form_pages.fresh(view.form, view.context, prior=view.prior))


@blueprint.post("/tasks/<task_id>")
@signed_in()
def complete(task_id: str) -> Answer:
    view = office().open_task(task_id, user())
    on_refusal(*FILE_REFUSALS)(lambda refusal: _task_page(view, _typed(view), refusal))
    sheet = form_pages.posted(view.form, view.context)
    if sheet.action:
        return _task_page(view, sheet)
    on_refusal(FormInvalid)(lambda refusal: _task_page(view, sheet, refusal))
    office().complete(task_id, sheet.answers, user=user())
    name = t(task_name(view))
    flash(t("ทำงาน “{name}” เสร็จแล้ว", "“{name}” is done.", name=name), "good")
    return redirect(url_for("officer.work_list"), 303)


@blueprint.post("/tasks/<task_id>/claim")
@signed_in()
def claim(task_id: str) -> Answer:
    office().claim(task_id, user())
    return redirect(url_for("officer.task", task_id=task_id), 303)


@blueprint.post("/tasks/<task_id>/release")
@signed_in()
def release(task_id: str) -> Answer:
    office().release(task_id, user())
    flash(t("คืนงานให้กลุ่มแล้ว", "The task is back with its group."), "good")
    return redirect(url_for("officer.work_list"), 303)


def _task_page(view: TaskView, sheet: Filling, refusal: Refusal | None = None) -> str:
    with read() as work:
        told = case_view.read_out(work, view.case)
    return render_template(
        "officer/task.html",
        view=view,
        name=task_name(view),
        sheet=sheet.view(errors_of(refusal)),
        case=view.case,
        told=told,
        is_mine=view.task.assignee == user().id,
    )


def _typed(view: TaskView) -> Filling:
    return form_pages.posted(view.form, view.context, without_files=True)


def task_name(view: TaskView) -> Text:
    return Text(view.task.name_th, view.task.name_en)


# ── cases ──────────────────────────────────────────────────────────────────────────────────────


@blueprint.get("/cases")
@signed_in()
def cases() -> Answer:
    query, after = request.args.get("q", "")[:80], request.args.get("after")
    found = office().cases(user(), query=query, limit=PAGE, after=after)
    more = found[-1].id if len(found) == PAGE else None
    return render_template("officer/cases.html", cases=found, query=query, more=more)


@blueprint.get("/cases/<case_id>")
@signed_in()
def case(case_id: str) -> Answer:
    return _case_page(case_id)


def _case_page(case_id: str, refusal: Refusal | None = None) -> str:
    view = office().case(case_id, user())
    with read() as work:
        told = case_view.read_out(work, view)
        pictures, story = case_view.pictures(work, view), case_view.story(work, view)
        asks = view.is_guarded and view.identity_fields
        desk = office().desk
        wishes = overview.wishes(work, desk, view, user(), only_own=True) if asks else {}
        time = case_view.time_of(work, view, user())
    facts: Mapping[str, Any] = {"told": told, "pictures": pictures, "story": story, "time": time}
    return render_template("officer/case.html", case=view, refusal=refusal, **facts, **wishes)


@blueprint.get("/cases/<case_id>/diagrams/<process_key>")
@signed_in()
def diagram(case_id: str, process_key: str) -> Answer:
    view = office().case(case_id, user())
    with read() as work:
        content = case_view.diagram(work, view, process_key)
    return Response(content, mimetype="application/xml")


@blueprint.get("/cases/<case_id>/files/<file_id>")
@signed_in()
def attachment(case_id: str, file_id: str) -> Answer:
    info, chunks = office().read_file(case_id, file_id, user())
    return as_download(Response(chunks, mimetype=info.media_type), info.name)


@blueprint.get("/cases/<case_id>/letters/<letter_id>")
@signed_in()
def letter(case_id: str, letter_id: str) -> Answer:
    view, text = office().read_case_letter(case_id, letter_id, user())
    return render_template("officer/letter.html", letter=view, text=text, case_id=case_id)


@blueprint.post("/cases/<case_id>/identity")
@signed_in()
def identity(case_id: str) -> Answer:
    """Who is behind a case: shown on this answer alone, and recorded with its reason."""
    on_refusal(ReasonNeeded)(lambda refusal: _case_page(case_id, refusal))
    view = office().case(case_id, user())
    reason = request.form.get("reason", "")[:2000]
    paths = request.form.getlist("field") or list(view.identity_fields)
    shown = office().reveal_identity(case_id, user(), paths=paths, reason=reason)
    with read() as work:
        words = case_view.laid_open(overview.field_labels(work, view), shown)
    return render_template("officer/identity.html", case=view, shown=words, reason=reason)


@blueprint.post("/cases/<case_id>/identity-requests")
@signed_in()
def ask_identity(case_id: str) -> Answer:
    """Ask for a protected identity; the custodian decides."""
    on_refusal(ReasonNeeded, NothingToReveal)(lambda refusal: _case_page(case_id, refusal))
    office().ask_identity(case_id, user(), **overview.wish(request.form))
    flash(t(*overview.ASKED), "good")
    return redirect(url_for("officer.case", case_id=case_id), 303)


@blueprint.post("/identities/<reveal_id>")
@signed_in()
def open_identity(reveal_id: str) -> Answer:
    """See what was granted: shown on this answer alone, and recorded."""
    with write() as work:
        opened = overview.open_identity(work, office().desk, reveal_id, user())
    return render_template("auditor/identity.html", opened=opened, back="officer.case")


@blueprint.post("/cases/<case_id>/conflict")
@signed_in()
def conflict(case_id: str) -> Answer:
    office().declare_conflict(case_id, user())
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
    intake, officer = office().intake_forms()
    context = office().intake_context("")
    return _register_page([form_pages.fresh(officer, context), form_pages.fresh(intake, context)])


@blueprint.post("/register")
@signed_in(page=REGISTER)
def enter() -> Answer:
    on_refusal(*FILE_REFUSALS)(
        lambda refusal: _register_page(_posted_sheets(without_files=True), refusal)
    )
    part, complaint = sheets = _posted_sheets()
    if part.action:
        return _register_page(sheets)
    on_refusal(FormInvalid, OfficeError)(lambda refusal: _register_page(sheets, refusal))
    filed = office().file_complaint(
        complaint.answers,
        part.answers,
        channel=str(part.answers.get("channel") or ""),
        actor=user().actor,
    )
    return render_template("officer/registered.html", filed=filed), 201


def _posted_sheets(*, without_files: bool = False) -> list[Filling]:
    intake, officer = office().intake_forms()
    context = office().intake_context(request.form.get("channel", ""))
    return [
        form_pages.posted(form, context, others=[other], without_files=without_files)
        for form, other in ((officer, intake), (intake, officer))
    ]


def _register_page(sheets: list[Filling], refusal: Refusal | None = None) -> str:
    views = [sheet.view(sheet.own(errors_of(refusal))) for sheet in sheets]
    other = None if isinstance(refusal, FormInvalid) else refusal
    return render_template("officer/register.html", sheets=views, refusal=other)
