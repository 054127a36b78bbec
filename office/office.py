"""The office's face: what opens it, what begins a unit of work in it, and what runs behind it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy.exc import IntegrityError

import forms
from engine.engine import Engine
from engine.ground.clock import Clock
from engine.record.signed_heads import Head
from engine.store.work import Work
from engine.verbs.deployment import Deployed
from office.applications import deployed_forms, shipped, table_updates
from office.applications.agency import agency_files
from office.applications.application import check_application, key_of
from office.applications.letter_templates import check_template, letters_in
from office.audit import access_log, head_signing
from office.cases.case_listener import watch_cases
from office.deadlines import deadlines
from office.deadlines.reminders.notices import notice_handler
from office.disposal.erasure import redo_erasures
from office.ground import administered
from office.ground.services import Services
from office.ground.settings import OfficeSettings, services_of
from office.guideline import files as guidelinefiles
from office.guideline.expression_names import variables_of
from office.guideline.files import check_facts, check_table
from office.guideline.gate import check_guideline
from office.letters import reminder_sending
from office.letters.letters import letter_handler
from office.operations import demo, outbox_handlers
from office.vault.attachments import Staged, Upload, discard_files, stage_files
from office.vault.scanner import Clamd

Answers = Mapping[str, Any]
Deliverer = Callable[..., None]
T = TypeVar("T")
PACKAGES = ("engine", "office")


class Office:
    """Opens the office over its database, begins its units of work, and stages files around them.

    What is done in a unit of work stands in the rooms, as functions that take it first.
    """

    def __init__(
        self,
        engine: Engine,
        services: Services,
        settings: OfficeSettings,
    ) -> None:
        self.engine = engine
        self.services = services
        self.settings = settings

    @classmethod
    def open(
        cls,
        settings: OfficeSettings,
        *,
        clock: Clock | None = None,
        engine: Engine | None = None,
        packages: Sequence[str] = PACKAGES,
        deliverers: Mapping[str, Deliverer] | None = None,
        redo: bool = True,
    ) -> Office:
        """Open the office over its database, or configure an engine that is already open.

        `packages` adds the tables of the packages above; `deliverers` take what those put into the
        outbox, by topic.
        """
        services = services_of(settings)
        if settings.clamd:
            services = replace(services, scanner=Clamd(settings.clamd))
        if engine is None:
            engine = Engine.open(
                settings.database_url, packages=packages, clock=clock, worker=settings.worker
            )
        _configure(engine, services, settings)
        engine.machine.deliverers.update(deliverers or {})
        if redo:
            # However the database was put in place, it must not know again what was erased.
            redo_erasures(engine, services)
            with engine.read() as work:
                is_followed = administered.KINDS.keys() <= administered.followed(work)
            if not is_followed:
                with engine.begin() as work:
                    if administered.begin_following(work):
                        access_log.carry_over(work)
        return cls(engine, services, settings)

    def close(self) -> None:
        self.engine.close()

    def deploy_guideline(self, *, again: bool = False) -> list[Deployed]:
        """Deploy the shipped applications that changed, seed the tables, add demo accounts.

        With `again` they are in force afterwards, whatever a process owner deployed since.
        """
        if self.settings.demo:
            with self.engine.read() as work:
                demo.must_be_a_demo(work)
        states = []
        for key, files in shipped.applications().items():  # what all share comes first
            guidelinefiles.require_deployable_guideline(
                self.engine, files, application=key, again=again
            )
            with self.engine.begin() as work:
                states.append(
                    guidelinefiles.deploy_guideline(work, files, application=key, again=again)
                )
        with self.engine.begin() as work:
            if self.settings.demo:
                demo.add_demo_users(work)
            outbox_handlers.plan_sweep(work)
            head_signing.plan_head_signing(work)
        return [state.deployed for state in states if state.deployed is not None]

    def note_settings(self, shown: Mapping[str, str]) -> None:
        """Write down with which settings the product is run, where they have changed; secrets come
        covered."""
        with self.begin() as work:
            administered.note_settings(work, shown)

    def run_due(self, limit: int = 200) -> int:
        """Fire timers, run jobs, deliver the outbox until nothing is due; returns how many ran."""
        return self.engine.run_due(limit)

    def sign_head(self) -> Head | None:
        """Sign the head of the record now; none when nothing has moved since the last one."""
        folder, auditor = self.settings.data_dir, self.settings.auditor_mail
        return head_signing.sign_head_now(
            self.engine, self.services.keys.head_key, folder, auditor=auditor
        )

    # ── units of work ──────────────────────────────────────────────────────────────────────

    def read(self) -> AbstractContextManager[Work]:
        """A unit of work in which nothing is written."""
        return self.engine.read()

    def begin(self) -> AbstractContextManager[Work]:
        """One transaction of the office: all of it, or nothing has happened."""
        return self.engine.begin()

    def begin_once(self, idempotency_key: str | None, act: Callable[[Work], T]) -> T:
        """Do something in a unit of work of its own that finds by its key whether it was done."""
        try:
            with self.begin() as work:
                return act(work)
        except IntegrityError:
            # The same request arrived twice at once, and the other one was entered first.
            if idempotency_key is None:
                raise
            with self.begin() as work:
                return act(work)

    # ── files ──────────────────────────────────────────────────────────────────────────────

    def stage(self, uploads: Sequence[Upload]) -> list[Staged]:
        """Check and keep uploads until a form that carries their ids is accepted."""
        return stage_files(self.services, uploads)

    @contextlib.contextmanager
    def staged(self, answers: Answers, uploads: Sequence[Upload]) -> Iterator[dict[str, Any]]:
        """The answers with uploads that are staged around what is done with them; when that fails,
        they are removed again."""
        fresh = self.stage(uploads)
        try:
            yield deployed_forms.with_uploads(answers, fresh)
        except BaseException:
            discard_files(self.services, fresh)
            raise


def _configure(engine: Engine, services: Services, settings: OfficeSettings) -> None:
    engine.machine.functions.update(deadlines.FUNCTIONS)
    engine.machine.handlers.update(letter=letter_handler(services), notice=notice_handler(services))
    engine.machine.handlers[reminder_sending.JOB] = reminder_sending.reminder_handler(services)
    engine.machine.on_deploy.append(table_updates.take_over)
    engine.machine.listeners += [deadlines.watch_deadlines, watch_cases]
    engine.gate.checks.update({".form": forms.check, ".md": check_template})
    engine.gate.checks.update({".csv": check_table, ".json": check_facts})
    engine.gate.cross_checks += [check_application, check_guideline]
    engine.gate.variables = variables_of
    engine.gate.named, engine.gate.shared = key_of, agency_files
    engine.gate.identify = letters_in
    engine.machine.deliverers.update(outbox_handlers.deliverers(engine, services, settings))
