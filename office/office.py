"""The office's face: what pages, REST API and command line call, one transaction for each verb."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

import forms
from engine.engine import Engine
from engine.ground.actor import Actor
from engine.ground.clock import Clock
from engine.record.signed_heads import Head
from engine.verbs.queries import definition
from forms import Form
from office.applications import deployed_forms
from office.applications.letter_templates import check_template, letters_in
from office.audit import head_signing
from office.cases import cases, complainant, register, reveals, tasks
from office.cases import work_list as worklist
from office.cases.case_listener import watch_cases
from office.cases.cases import CaseLine, CaseView
from office.cases.complainant import PublicCase
from office.cases.register import Filed
from office.cases.tasks import TaskView
from office.cases.work_list import Scope, WorkPage
from office.deadlines import deadlines
from office.deadlines.reminders import notices
from office.deadlines.reminders.notices import NoticeView, notice_handler
from office.disposal.erasure import redo_erasures
from office.ground.context import Desk
from office.ground.settings import OfficeSettings, desk_of
from office.guideline import files as guidelinefiles
from office.guideline.expression_names import variables_of
from office.guideline.files import GuidelineState, check_facts, check_table
from office.guideline.gate import check_guideline
from office.letters import mail, reminder_sending
from office.letters.letters import LetterView, letter_handler
from office.letters.mail import MailboxEntry
from office.operations import demo, outbox_handlers
from office.people import conflicts, throttle
from office.people import sign_in as signin
from office.people.people import User
from office.vault.attachments import FileInfo, Staged, Upload, discard_files

Answers = Mapping[str, Any]
Files = Sequence[Upload | Staged]
Deliverer = Callable[..., None]
FLOORS = ("engine", "office")


class Office:
    """Thin verbs over the rooms; each exists there as a function that takes the unit of work."""

    def __init__(
        self,
        engine: Engine,
        desk: Desk,
        settings: OfficeSettings,
    ) -> None:
        self.engine = engine
        self.desk = desk
        self.settings = settings

    @classmethod
    def open(
        cls,
        settings: OfficeSettings,
        *,
        clock: Clock | None = None,
        engine: Engine | None = None,
        floors: Sequence[str] = FLOORS,
        deliverers: Mapping[str, Deliverer] | None = None,
        redo: bool = True,
    ) -> Office:
        """Open the office over its database, or furnish an engine that is already open.

        `floors` adds the tables of the floors above; `deliverers` take what those floors put into
        the outbox, by topic.
        """
        desk = desk_of(settings)
        if engine is None:
            engine = Engine.open(
                settings.database_url, floors=floors, clock=clock, worker=settings.worker
            )
        _furnish(engine, desk, settings)
        engine.machine.deliverers.update(deliverers or {})
        if redo:
            # However the database was put in place, it must not know again what was erased.
            redo_erasures(engine, desk)
        return cls(engine, desk, settings)

    def close(self) -> None:
        self.engine.close()

    def deploy_guideline(self, *, again: bool = False) -> GuidelineState:
        """Deploy the house's guideline if it changed, seed the tables, add demo accounts.

        With `again` it is in force afterwards, whatever a process owner deployed since.
        """
        files = guidelinefiles.guideline_files()
        guidelinefiles.judge_guideline(self.engine, files, again=again)
        with self.engine.begin() as work:
            state = guidelinefiles.deploy_guideline(work, files, again=again)
            if self.settings.demo:
                demo.add_demo_users(work)
            outbox_handlers.plan_sweep(work)
            head_signing.plan_seal(work)
        return state

    def run_due(self, limit: int = 200) -> int:
        """Fire timers, run jobs, deliver the outbox until nothing is due; returns how many ran."""
        return self.engine.run_due(limit)

    def seal(self) -> Head | None:
        """Seal the record now; none when nothing has moved since the last seal."""
        folder, auditor = self.settings.data_dir, self.settings.auditor_mail
        return head_signing.seal_now(self.engine, self.desk.keys.seal, folder, auditor=auditor)

    # ── filing ─────────────────────────────────────────────────────────────────────────────

    def intake_forms(self) -> tuple[Form, Form]:
        """F1 as people fill it, and the part that only an officer fills."""
        with self.engine.read() as work:
            newest = definition(work, register.PROCESS).id
            return (
                deployed_forms.form_of(work, newest, register.INTAKE),
                deployed_forms.form_of(work, newest, register.OFFICER),
            )

    def intake_context(self, channel: str = register.WEB) -> dict[str, Any]:
        """What the expressions of both forms see: the channel and the units to choose from."""
        with self.engine.read() as work:
            return register.intake_context(work, channel)

    def stage(self, uploads: Sequence[Upload]) -> list[Staged]:
        """Check and keep uploads until a form that carries their ids is accepted."""
        return deployed_forms.stage(self.desk, uploads)

    def file_complaint(
        self,
        answers: Answers,
        officer_answers: Answers | None = None,
        files: Files = (),
        *,
        channel: str = register.WEB,
        actor: Actor = complainant.ACTOR,
        idempotency_key: str | None = None,
    ) -> Filed:
        """Enter a complaint; see `register.file_complaint`."""
        with self._staged(files) as staged:
            whole = deployed_forms.with_uploads(answers, staged)
            file = functools.partial(
                self._file, whole, officer_answers, channel, actor, idempotency_key
            )
            try:
                return file()
            except IntegrityError:
                # The same request arrived twice at once, and the other one was entered first.
                if idempotency_key is None:
                    raise
                return file()

    def _file(
        self,
        answers: Answers,
        officer_answers: Answers | None,
        channel: str,
        actor: Actor,
        idempotency_key: str | None,
    ) -> Filed:
        with self.engine.begin() as work:
            return register.file_complaint(
                work,
                self.desk,
                answers,
                officer_answers,
                channel=channel,
                actor=actor,
                idempotency_key=idempotency_key,
            )

    # ── the complainant ────────────────────────────────────────────────────────────────────

    def track(self, code: str) -> PublicCase:
        with self.engine.read() as work:
            return complainant.track_case(work, self.desk, code)

    def reply_form(self, code: str) -> tuple[Form, dict[str, Any]]:
        with self.engine.read() as work:
            return complainant.reply_form(work, self.desk, code)

    def reply(
        self, code: str, answers: Answers, files: Files = (), *, idempotency_key: str | None = None
    ) -> None:
        """Answer the office's questions; see `complainant.reply`."""
        with self._staged(files) as staged, self.engine.begin() as work:
            complainant.reply(
                work,
                self.desk,
                code,
                deployed_forms.with_uploads(answers, staged),
                idempotency_key=idempotency_key,
            )

    def withdrawal_form(self, code: str) -> tuple[Form, dict[str, Any]]:
        with self.engine.read() as work:
            return complainant.withdrawal_form(work, self.desk, code)

    def review_form(self, code: str) -> tuple[Form, dict[str, Any]]:
        with self.engine.read() as work:
            return complainant.review_form(work, self.desk, code)

    def ask_review(
        self, code: str, answers: Answers, *, idempotency_key: str | None = None
    ) -> None:
        """Ask for a review of the result; see `complainant.ask_review`."""
        with self.engine.begin() as work:
            complainant.ask_review(work, self.desk, code, answers, idempotency_key=idempotency_key)

    def withdraw(self, code: str, answers: Answers, *, idempotency_key: str | None = None) -> None:
        """Ask to withdraw; see `complainant.withdraw`."""
        with self.engine.begin() as work:
            complainant.withdraw(work, self.desk, code, answers, idempotency_key=idempotency_key)

    def read_letter(self, code: str, letter_id: str) -> tuple[LetterView, str]:
        """A letter in the tracking inbox; the first reading counts as its delivery."""
        with self.engine.begin() as work:
            return complainant.read_letter(work, self.desk, code, letter_id)

    def count_attempt(self, what: str, place: str, *, limit: int, per: timedelta) -> None:
        """Raises `TooManyAttempts` once the limit for this place and span of time is used up."""
        with self.engine.begin() as work:
            throttle.count_attempt(work, self.desk, what, place, limit=limit, per=per)

    # ── officers ───────────────────────────────────────────────────────────────────────────

    def sign_in(self, username: str, password: str) -> tuple[User, str]:
        """The person and the token for their browser's cookie. Raises `SignInRefused`."""
        with self.engine.read() as work:
            account = signin.account_named(work, username)
        proof = signin.proven(account, password)
        with self.engine.begin() as work:
            user = signin.sign_in(work, proof)
            return user, signin.open_session(work, user, hours=self.settings.session_hours)

    def user_of_session(self, token: str) -> User | None:
        with self.engine.read() as work:
            return signin.user_of_session(work, token)

    def sign_out(self, token: str) -> None:
        with self.engine.begin() as work:
            signin.close_session(work, token)

    def work_list(
        self, user: User, *, scope: Scope = "all", limit: int = 50, after: str | None = None
    ) -> WorkPage:
        with self.engine.read() as work:
            return worklist.work_list(work, self.desk, user, scope=scope, limit=limit, after=after)

    def open_task(self, task_id: str, user: User) -> TaskView:
        with self.engine.read() as work:
            return tasks.open_task(work, self.desk, task_id, user)

    def claim(self, task_id: str, user: User) -> None:
        with self.engine.begin() as work:
            tasks.claim_task(work, task_id, user)

    def release(self, task_id: str, user: User) -> None:
        with self.engine.begin() as work:
            tasks.release_task(work, task_id, user)

    def complete(
        self,
        task_id: str,
        answers: Answers,
        files: Files = (),
        *,
        user: User,
        idempotency_key: str | None = None,
    ) -> None:
        """Complete a task with its form; see `tasks.complete_task`."""
        with self._staged(files) as staged, self.engine.begin() as work:
            tasks.complete_task(
                work,
                self.desk,
                task_id,
                deployed_forms.with_uploads(answers, staged),
                user,
                idempotency_key=idempotency_key,
            )

    def case(self, case_id: str, user: User) -> CaseView:
        with self.engine.read() as work:
            return cases.case_view(work, self.desk, case_id, user)

    def cases(
        self, user: User, *, query: str = "", limit: int = 50, after: str | None = None
    ) -> list[CaseLine]:
        with self.engine.read() as work:
            return cases.list_cases(work, user, query=query, limit=limit, after=after)

    def reveal_identity(
        self, case_id: str, user: User, *, paths: Sequence[str], reason: str
    ) -> dict[str, Any]:
        """Who is in a case; the look, its fields and its reason are recorded."""
        with self.engine.begin() as work:
            return cases.reveal(work, self.desk, case_id, user, paths=paths, reason=reason)

    def ask_identity(
        self, case_id: str, user: User, *, fields: Sequence[str], reason: str, hours: int
    ) -> str:
        """Ask for a protected identity; see `reveals.ask_identity`."""
        with self.engine.begin() as work:
            return reveals.ask_identity(
                work, self.desk, case_id, user, fields=fields, reason=reason, hours=hours
            )

    def decide_identity(self, reveal_id: str, user: User, *, granted: bool, answer: str) -> None:
        """The custodian's word on a request; see `reveals.decide_identity`."""
        with self.engine.begin() as work:
            reveals.decide_identity(
                work, self.desk, reveal_id, user, granted=granted, answer=answer
            )

    def open_identity(self, reveal_id: str, user: User) -> dict[str, Any]:
        """See what was granted; the look is recorded."""
        with self.engine.begin() as work:
            return reveals.open_identity(work, self.desk, reveal_id, user)

    def read_file(
        self, case_id: str, attachment_id: str, user: User
    ) -> tuple[FileInfo, Iterator[bytes]]:
        with self.engine.begin() as work:
            return cases.read_file(work, self.desk, case_id, attachment_id, user)

    def read_case_letter(self, case_id: str, letter_id: str, user: User) -> tuple[LetterView, str]:
        with self.engine.begin() as work:
            return cases.read_letter(work, self.desk, case_id, letter_id, user)

    def declare_conflict(self, case_id: str, user: User) -> None:
        """Step out of a case; it is no longer visible to this person."""
        with self.engine.begin() as work:
            conflicts.declare_conflict(work, case_id, user)

    def notices(self, user: User, *, limit: int = 50) -> list[NoticeView]:
        """Notices to this person's roles and units, newest first."""
        with self.engine.read() as work:
            return notices.notices(work, user, limit=limit)

    def mailbox(self, *, limit: int = 50) -> list[MailboxEntry]:
        """The development mailbox: what would have been mailed, newest first."""
        with self.engine.read() as work:
            return mail.mailbox(work, self.desk, limit=limit)

    @contextlib.contextmanager
    def _staged(self, files: Files) -> Iterator[list[Staged]]:
        """Stage uploads for one verb; when it fails, those it staged itself are removed again."""
        kept = [file for file in files if isinstance(file, Staged)]
        fresh = deployed_forms.stage(
            self.desk, [file for file in files if isinstance(file, Upload)]
        )
        try:
            yield [*kept, *fresh]
        except BaseException:
            discard_files(self.desk, fresh)
            raise


def _furnish(engine: Engine, desk: Desk, settings: OfficeSettings) -> None:
    engine.machine.functions.update(deadlines.FUNCTIONS)
    engine.machine.handlers.update(letter=letter_handler(desk), notice=notice_handler(desk))
    engine.machine.handlers[reminder_sending.JOB] = reminder_sending.rung_handler(desk)
    engine.machine.listeners += [deadlines.watch_clocks, watch_cases]
    engine.gate.checks.update({".form": forms.check, ".md": check_template})
    engine.gate.checks.update({".csv": check_table, ".json": check_facts})
    engine.gate.cross_checks.append(check_guideline)
    engine.gate.variables = variables_of
    engine.gate.identify = letters_in
    engine.machine.deliverers.update(outbox_handlers.deliverers(engine, desk, settings))
