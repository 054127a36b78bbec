"""An office with a word for each thing that stories do: one unit of work around a room's verb."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from engine.ground.actor import Actor
from forms import Form
from office import office as face
from office.applications import application as applications
from office.applications import deployed_forms
from office.cases import cases, complainant, register, reveals, tasks
from office.cases.cases import CaseLine, CaseView
from office.cases.complainant import PublicCase
from office.cases.register import Filed
from office.cases.tasks import TaskView
from office.cases.work_list import Scope, WorkPage
from office.deadlines.reminders import notices
from office.deadlines.reminders.notices import NoticeView
from office.letters import mail
from office.letters.letters import LetterView
from office.letters.mail import MailboxEntry
from office.people import conflicts
from office.people.people import User
from office.people.signing_in import sign_in as signin
from office.people.signing_in import throttle
from office.vault.attachments import FileInfo, Staged, Upload

Answers = Mapping[str, Any]
Files = Sequence[Upload | Staged]


class Office(face.Office):
    """What pages and programs do with an office, said as a person would say it."""

    # ── the complainant ────────────────────────────────────────────────────────────────────

    def reply_form(self, code: str) -> tuple[Form, dict[str, Any]]:
        with self.read() as work:
            return complainant.reply_form(work, self.services, code)

    def withdrawal_form(self, code: str) -> tuple[Form, dict[str, Any]]:
        with self.read() as work:
            return complainant.withdrawal_form(work, self.services, code)

    def intake_form(self) -> Form:
        with self.read() as work:
            return register.intake_form(work, applications.named(work, None, applications.PUBLIC))

    def file_complaint(
        self,
        answers: Answers,
        officer_answers: Answers | None = None,
        files: Files = (),
        *,
        channel: str = register.WEB,
        actor: Actor = complainant.ACTOR,
        idempotency_key: str | None = None,
        application: str | None = None,
    ) -> Filed:
        with self._whole(answers, files) as whole:
            return self.begin_once(
                idempotency_key,
                lambda work: register.file_case(
                    work,
                    self.services,
                    applications.named(work, application, applications.PUBLIC),
                    whole,
                    officer_answers,
                    channel=channel,
                    actor=actor,
                    idempotency_key=idempotency_key,
                ),
            )

    def track(self, code: str) -> PublicCase:
        with self.read() as work:
            return complainant.track_case(work, self.services, code)

    def reply(self, code: str, answers: Answers, files: Files = (), **more: Any) -> None:
        with self._whole(answers, files) as whole, self.begin() as work:
            complainant.reply(work, self.services, code, whole, **more)

    def withdraw(self, code: str, answers: Answers, **more: Any) -> None:
        with self.begin() as work:
            complainant.withdraw(work, self.services, code, answers, **more)

    def ask_review(self, code: str, answers: Answers, **more: Any) -> None:
        with self.begin() as work:
            complainant.ask_review(work, self.services, code, answers, **more)

    def read_letter(self, code: str, letter_id: str) -> tuple[LetterView, str]:
        with self.begin() as work:
            return complainant.read_letter(work, self.services, code, letter_id)

    # ── signing in ─────────────────────────────────────────────────────────────────────────

    def count_attempt(self, what: str, place: str, *, limit: int, per: timedelta) -> None:
        with self.begin() as work:
            throttle.count_attempt(work, self.services, what, place, limit=limit, per=per)

    def sign_in(self, username: str, password: str) -> tuple[User, str]:
        with self.read() as work:
            account = signin.account_named(work, username)
        proof = signin.proven(account, password)
        with self.begin() as work:
            user = signin.sign_in(work, proof)
            return user, signin.open_session(work, user, hours=self.settings.session_hours)

    def user_of_session(self, token: str) -> User | None:
        with self.read() as work:
            return signin.user_of_session(work, token)

    def sign_out(self, token: str) -> None:
        with self.begin() as work:
            signin.close_session(work, token)

    # ── officers ───────────────────────────────────────────────────────────────────────────

    def work_list(
        self, user: User, *, scope: Scope = "all", limit: int = 50, after: str | None = None
    ) -> WorkPage:
        with self.read() as work:
            return tasks.work_list(work, self.services, user, scope=scope, limit=limit, after=after)

    def open_task(self, task_id: str, user: User) -> TaskView:
        with self.read() as work:
            return tasks.open_task(work, self.services, task_id, user)

    def claim(self, task_id: str, user: User) -> None:
        with self.begin() as work:
            tasks.claim_task(work, task_id, user)

    def release(self, task_id: str, user: User) -> None:
        with self.begin() as work:
            tasks.release_task(work, task_id, user)

    def complete(
        self, task_id: str, answers: Answers, files: Files = (), *, user: User, **more: Any
    ) -> None:
        with self._whole(answers, files) as whole, self.begin() as work:
            tasks.complete_task(work, self.services, task_id, whole, user, **more)

    def case(self, case_id: str, user: User) -> CaseView:
        with self.read() as work:
            return cases.case_view(work, self.services, case_id, user)

    def cases(self, user: User, **more: Any) -> list[CaseLine]:
        with self.read() as work:
            return cases.list_cases(work, user, **more)

    def notices(self, user: User, *, limit: int = 50) -> list[NoticeView]:
        with self.read() as work:
            return notices.notices(work, user, limit=limit)

    def mailbox(self, *, limit: int = 50) -> list[MailboxEntry]:
        with self.read() as work:
            return mail.mailbox(work, self.services, limit=limit)

    def declare_conflict(self, case_id: str, user: User) -> None:
        with self.begin() as work:
            conflicts.declare_conflict(work, case_id, user)

    # ── looks that are recorded ────────────────────────────────────────────────────────────

    def reveal_identity(
        self, case_id: str, user: User, *, paths: Sequence[str], reason: str
    ) -> dict[str, Any]:
        with self.begin() as work:
            return cases.reveal(work, self.services, case_id, user, paths=paths, reason=reason)

    def ask_identity(self, case_id: str, user: User, **wish: Any) -> str:
        with self.begin() as work:
            return reveals.ask_identity(work, self.services, case_id, user, **wish)

    def decide_identity(self, reveal_id: str, user: User, *, granted: bool, answer: str) -> None:
        with self.begin() as work:
            reveals.decide_identity(
                work, self.services, reveal_id, user, granted=granted, answer=answer
            )

    def open_identity(self, reveal_id: str, user: User) -> dict[str, Any]:
        with self.begin() as work:
            return reveals.open_identity(work, self.services, reveal_id, user)

    def read_file(
        self, case_id: str, attachment_id: str, user: User, **more: Any
    ) -> tuple[FileInfo, Iterator[bytes]]:
        with self.begin() as work:
            return cases.read_file(work, self.services, case_id, attachment_id, user, **more)

    def read_case_letter(self, case_id: str, letter_id: str, user: User) -> tuple[LetterView, str]:
        with self.begin() as work:
            return cases.read_letter(work, self.services, case_id, letter_id, user)

    @contextlib.contextmanager
    def _whole(self, answers: Answers, files: Files) -> Iterator[dict[str, Any]]:
        """The answers with files, of which some may have been staged before."""
        kept = [file for file in files if isinstance(file, Staged)]
        fresh = [file for file in files if isinstance(file, Upload)]
        with self.staged(deployed_forms.with_uploads(answers, kept), fresh) as whole:
            yield whole
