"""The face of the machine: a handful of verbs, one transaction each."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa

from engine.background import run_due as rounds
from engine.background.dispatch import dispatch_of
from engine.ground.actor import SYSTEM, Actor
from engine.ground.clock import Clock, SystemClock
from engine.ground.findings import Finding
from engine.record import replay, verification
from engine.record.differences import Report
from engine.store import transactions
from engine.store.database import open_database, upgrade
from engine.store.machine import Dispatch, Doorbell, Machine
from engine.store.tables import HistoryEvent, UserTask
from engine.store.work import Event, Work
from engine.turn import incidents
from engine.turn.metrics import TurnMeter
from engine.verbs import deployment, jobs, messages, migration, queries, runtime, timers
from engine.verbs.deployment import Deployed
from engine.verbs.gate import Gate
from engine.verbs.migration import MigrationPlan, MigrationReport

Checks = Mapping[str, Callable[[str, bytes], list[Finding]]]
CrossCheck = Callable[[Mapping[str, bytes]], list[Finding]]
BATCH = 50


class Engine:
    """Deploys, runs, persists, waits, records. Safe to use from many threads."""

    def __init__(
        self,
        database: sa.Engine,
        *,
        clock: Clock | None = None,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        handlers: Mapping[str, jobs.Handler] | None = None,
        listeners: Sequence[Callable[[Work, Event], None]] = (),
        checks: Checks | None = None,
        cross_checks: Sequence[CrossCheck] = (),
        deliverers: Mapping[str, Callable[..., None]] | None = None,
        dispatch: Dispatch | None = None,
    ) -> None:
        lent = dict(functions or {})
        self.gate = Gate(dict(checks or {}), list(cross_checks), lent)
        self.meter = TurnMeter()
        self.machine = Machine(
            database,
            self.gate,
            self.meter,
            incidents.report_failed_step,
            clock=clock or SystemClock(),
            functions=lent,
            handlers=dict(handlers or {}),
            listeners=list(listeners),
            deliverers=dict(deliverers or {}),
            dispatch=dispatch or Doorbell(),
        )

    @property
    def database(self) -> sa.Engine:
        return self.machine.database

    @property
    def clock(self) -> Clock:
        return self.machine.clock

    @classmethod
    def open(
        cls,
        url: str,
        *,
        packages: Sequence[str] = ("engine",),
        worker: str = "embedded",
        **options: Any,
    ) -> Engine:
        """Open a database, bring its tables up to date and stand ready.

        `url` is `sqlite:///…` or `postgresql+psycopg://…`; `packages` are the packages whose tables
        are wanted; `worker` names who brings workers to what is due (`embedded`, `procrastinate`);
        the options are those of the constructor.
        """
        database = open_database(url)
        try:
            upgrade(database, packages)
            dispatch = dispatch_of(worker, database)
        except BaseException:
            database.dispose()
            raise
        return cls(database, dispatch=dispatch, **options)

    def close(self) -> None:
        self.database.dispose()

    # ── units of work ──────────────────────────────────────────────────────────────────────

    def begin(self, *, report_incident: bool = True) -> AbstractContextManager[Work]:
        """One transaction for several verbs; see `transactions.begin`."""
        return transactions.begin(self.machine, report_incident=report_incident)

    def read(self, *, snapshot: bool = False) -> AbstractContextManager[Work]:
        """A transaction in which nothing is written; see `transactions.read`."""
        return transactions.read(self.machine, snapshot=snapshot)

    # ── verbs ──────────────────────────────────────────────────────────────────────────────

    def lint(self, files: Mapping[str, bytes]) -> list[Finding]:
        """Everything the deploy gate would say about these files alone."""
        return self.gate.check(files, {})

    def deploy(
        self,
        files: Mapping[str, bytes],
        actor: Actor = SYSTEM,
        *,
        application: str | None = None,
        whole: bool = False,
        upload: bool = False,
    ) -> Deployed:
        """Deploy files together, or raise `DeploymentRejected` with what is wrong.

        Without its name, they go to the application whose they are; as the `whole` of one, what is
        not among them is taken out of force. An `upload` comes from outside: its diagrams are first
        checked in a child process.
        """
        deployment.require_deployable(
            self.machine, files, application=application, whole=whole, upload=upload
        )
        with self.begin() as work:
            return deployment.deploy(work, files, actor, application=application, whole=whole)

    def start(
        self,
        key: str,
        variables: Mapping[str, Any] | None = None,
        *,
        business_key: str | None = None,
        actor: Actor = SYSTEM,
        idempotency_key: str | None = None,
        start_event: str = "",
    ) -> str:
        """Start the version of a process that is in force; returns the instance's id."""
        with self.begin() as work:
            return runtime.start_instance(
                work,
                key,
                variables or {},
                actor=actor,
                business_key=business_key,
                idempotency_key=idempotency_key,
                start_event=start_event,
            )

    def tasks(
        self, instance_id: str | None = None, actor: Actor | None = None, limit: int = 200
    ) -> list[UserTask]:
        """Open user tasks, by due date."""
        with self.read() as work:
            return queries.open_tasks(work, actor=actor, instance_id=instance_id, limit=limit)

    def claim(self, task_id: str, actor: Actor) -> None:
        with self.begin() as work:
            runtime.claim_user_task(work, task_id, actor=actor)

    def release(self, task_id: str, actor: Actor) -> None:
        with self.begin() as work:
            runtime.release_user_task(work, task_id, actor=actor)

    def complete(
        self,
        task_id: str,
        variables: Mapping[str, Any] | None = None,
        actor: Actor = SYSTEM,
        *,
        idempotency_key: str | None = None,
    ) -> None:
        """Complete a user task with its process variables."""
        with self.begin() as work:
            runtime.complete_user_task(
                work, task_id, variables or {}, actor=actor, idempotency_key=idempotency_key
            )

    def correlate(
        self,
        name: str,
        key: str | None,
        variables: Mapping[str, Any] | None = None,
        *,
        actor: Actor = SYSTEM,
        idempotency_key: str | None = None,
        application: str | None = None,
    ) -> str:
        """Give a message to the case that waits for it; returns the instance's id."""
        with self.begin() as work:
            return messages.correlate_message(
                work,
                name,
                key,
                variables or {},
                actor=actor,
                idempotency_key=idempotency_key,
                application=application,
            )

    def broadcast(
        self, name: str, variables: Mapping[str, Any] | None = None, *, actor: Actor = SYSTEM
    ) -> int:
        with self.begin() as work:
            return messages.broadcast_signal(work, name, variables or {}, actor=actor)

    def cancel(self, instance_id: str, reason: str, actor: Actor = SYSTEM) -> None:
        with self.begin() as work:
            runtime.cancel_instance(work, instance_id, reason, actor=actor)

    def migrate(
        self, plan: MigrationPlan, actor: Actor = SYSTEM, *, rehearse: bool = False
    ) -> MigrationReport:
        """Move running cases to another version; with `rehearse`, only tell which could move."""
        return migration.migrate(self.machine, plan, actor, rehearse=rehearse)

    def variables(self, instance_id: str) -> dict[str, Any]:
        with self.read() as work:
            return queries.variables(work, instance_id)

    def history(self, instance_id: str) -> list[HistoryEvent]:
        with self.read() as work:
            return queries.history(work, instance_id)

    def replay(self, instance_id: str) -> Report:
        """Run the recorded commands of a case again; the report tells every difference."""
        with self.read(snapshot=True) as work:
            return replay.replay(work, instance_id)

    def verify(self, instance_id: str | None = None) -> Report:
        """Check the record of one case; or of all, with what was deployed and the log of signed
        heads."""
        if instance_id is not None:
            with self.read(snapshot=True) as work:
                return verification.verify(work, instance_id)
        total = verification.verify_common(self.machine)
        for _, report in verification.verify_all(self.machine):
            total.add(report)
        return total

    def run_due(self, limit: int = 200) -> int:
        """Fire due timers, run due jobs, deliver the outbox, until nothing is due or the limit is
        reached; returns how many ran."""
        holder = f"run-due/{uuid.uuid4().hex}"
        ran, taken = 0, 1
        while ran < limit and taken:
            taken = timers.start_by_timer(self.machine)
            ran += taken
            for kind in rounds.KINDS:
                items = rounds.take_due(
                    self.machine, holder, min(max(limit - ran, 1), BATCH), [kind]
                )
                ran += sum(rounds.run(self.machine, item, holder) for item in items)
                taken += len(items)
        return ran
