"""The engine's verbs as scenes: what stands before each, and the one act that is killed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.ground.errors import InstanceNotRunning, NotAllowed, TaskNotFound
from engine.ground.text import Text
from engine.store.tables import Job
from engine.store.work import JobCall, Work
from engine.verbs import jobs, runtime
from engine.verbs.incidents import IncidentNotFound, open_incidents, resolve_incident
from engine.verbs.jobs import JobNotFound
from engine.verbs.migration import MigrationPlan
from tests.faults.grounds import Ground
from tests.faults.killing import Facts, Installation, Scene, engine_over
from tests.support import drawing as draw

OFFICER = Actor.of("officer-1", "officer")
OWNER = Actor.of("owner-1")
WORKER = "worker-1"

# One task opens every kind of wait at once, so that its completion has as much to write as can be.
CASE = draw.diagram(
    draw.start(),
    draw.user("a"),
    draw.gateway("parallel", "split"),
    draw.catch("answered", draw.message("answer")),
    draw.catch("later", draw.timer("PT1H")),
    draw.catch("warned", draw.signal("alarm")),
    draw.job("work", "work"),
    draw.job("lend", "lent"),
    draw.user("b"),
    draw.script("count", "=round + 1", "round"),
    draw.throw("tell", draw.message("news")),
    draw.gateway("parallel", "join"),
    draw.user("c"),
    draw.end(),
    draw.path("start", "a", "split"),
    *(
        draw.path("split", step, "join")
        for step in ("answered", "later", "warned", "work", "lend", "b")
    ),
    draw.path("split", "count", "tell", "join"),
    draw.path("join", "c", "end"),
    id="p",
    roots=draw.root_message("answer") + draw.root_message("news") + draw.root_signal("alarm"),
)
# Hears what the other threw; is started by a message, by a signal and by the clock.
HEARER = draw.diagram(
    draw.start(),
    draw.catch("heard", draw.message("news")),
    draw.user("read"),
    draw.end(),
    draw.path("start", "heard", "read", "end"),
    id="hearer",
    roots=draw.root_message("news"),
)
BY_MESSAGE = draw.diagram(
    draw.start("start", draw.message("ask")),
    draw.user("answer_it"),
    draw.end(),
    draw.path("start", "answer_it", "end"),
    id="asked",
    roots=draw.root_message("ask", ""),
)
BY_CLOCK = draw.diagram(
    draw.start("start", draw.timer("R/PT1H", "timeCycle")),
    draw.user("round"),
    draw.end(),
    draw.path("start", "round", "end"),
    id="hourly",
)
FILES = {
    "p.bpmn": CASE,
    "hearer.bpmn": HEARER,
    "asked.bpmn": BY_MESSAGE,
    "any.form": draw.FORM,
}
# The same process with one more step at its end.
CHANGED = CASE.replace(b'name="c"', b'name="c, anew"')


def furnish(ground: Ground, clock: TravellingClock) -> Installation:
    return engine_over(ground, clock, handlers=HANDLERS)


def _work(_work: Work, job: JobCall) -> dict[str, Any]:
    return {"done": job.element_id}


def _break(_work: Work, _job: JobCall) -> dict[str, Any]:
    raise OSError("the other side is away")


HANDLERS = {"work": _work, "fragile": _break}

# ── what stands before ─────────────────────────────────────────────────────────────────────────


def deployed(installation: Installation) -> Facts:
    installation.engine.deploy(FILES, OWNER)
    return {}


def started(installation: Installation) -> Facts:
    deployed(installation)
    ids = []
    for name in ("case-1", "case-2"):
        installation.clock.advance(seconds=1)  # what acts on both takes the older one first
        variables = {"case_id": name, "round": 1}
        ids.append(installation.engine.start("p", variables, business_key=name))
    installation.engine.start("hearer", {"case_id": "case-1"})
    return {"instance": ids[0], "other": ids[1], "task": _task(installation, ids[0])}


def claimed(installation: Installation) -> Facts:
    facts = started(installation)
    installation.engine.claim(facts["task"], OFFICER)
    return facts


def waiting(installation: Installation) -> Facts:
    """Both cases wait for everything at once."""
    facts = started(installation)
    for instance in (facts["instance"], facts["other"]):
        installation.engine.complete(_task(installation, instance), {"x": 1}, OFFICER)
    with installation.engine.read() as work:
        query = sa.select(Job.id).where(Job.instance_id == facts["instance"], Job.type == "lent")
        return {**facts, "job": work.session.scalar(query)}


def lent(installation: Installation) -> Facts:
    facts = waiting(installation)
    with installation.engine.begin() as work:
        jobs.activate_jobs(work, "lent", worker=WORKER, limit=9, lock=timedelta(days=1))
    return facts


def rested(installation: Installation) -> Facts:
    """Nothing is left but what the clock brings."""
    facts = waiting(installation)
    installation.engine.run_due()
    return facts


def two_versions(installation: Installation) -> Facts:
    facts = waiting(installation)
    installation.engine.deploy({**FILES, "p.bpmn": CHANGED}, OWNER)
    return facts


def hourly(installation: Installation) -> Facts:
    installation.engine.deploy({"hourly.bpmn": BY_CLOCK, "any.form": draw.FORM}, OWNER)
    return {}


def fragile(installation: Installation) -> Facts:
    one = draw.path("start", "try", "end")
    drawn = draw.diagram(draw.start(), draw.job("try", "fragile"), draw.end(), one, id="f")
    installation.engine.deploy({"f.bpmn": drawn}, OWNER)
    return {"instance": installation.engine.start("f", {})}


def stuck(installation: Installation) -> Facts:
    facts = fragile(installation)
    for _ in range(installation.engine.machine.job_retries):
        installation.engine.run_due()
        installation.clock.advance(days=1)
    with installation.engine.read() as work:
        return {**facts, "incident": open_incidents(work)[0].id}


def _task(installation: Installation, instance: str) -> str:
    return str(installation.engine.tasks(instance)[0].id)


# ── the acts ───────────────────────────────────────────────────────────────────────────────────


def deploy(installation: Installation, _facts: Facts, _key: str) -> Any:
    return list(installation.engine.deploy(FILES, OWNER).definitions)


def start(installation: Installation, _facts: Facts, key: str) -> Any:
    variables = {"case_id": "case-9", "round": 1}
    return installation.engine.start("p", variables, business_key="case-9", idempotency_key=key)


def claim(installation: Installation, facts: Facts, _key: str) -> Any:
    return installation.engine.claim(facts["task"], OFFICER)


def release(installation: Installation, facts: Facts, _key: str) -> Any:
    return installation.engine.release(facts["task"], OFFICER)


def complete(installation: Installation, facts: Facts, key: str) -> Any:
    return installation.engine.complete(facts["task"], {"x": 1}, OFFICER, idempotency_key=key)


def correlate(installation: Installation, _facts: Facts, key: str) -> Any:
    variables = {"answer": "yes"}
    return installation.engine.correlate("answer", "case-1", variables, idempotency_key=key)


def start_by_message(installation: Installation, _facts: Facts, key: str) -> Any:
    return installation.engine.correlate("ask", "case-7", {"q": 1}, idempotency_key=key)


def broadcast(installation: Installation, _facts: Facts, _key: str) -> Any:
    return installation.engine.broadcast("alarm", {"loud": True})


def cancel(installation: Installation, facts: Facts, _key: str) -> Any:
    return installation.engine.cancel(facts["instance"], "duplicate", OFFICER)


def migrate(installation: Installation, _facts: Facts, _key: str) -> Any:
    return installation.engine.migrate(MigrationPlan("p:1", "p:2"), OWNER).stayed


def run_jobs(installation: Installation, _facts: Facts, _key: str) -> Any:
    """The jobs of two cases and what they threw, which reaches a third."""
    installation.clock.advance(minutes=1)
    return installation.engine.run_due() and None


def run_due(installation: Installation, _facts: Facts, _key: str) -> Any:
    """What the clock brings."""
    installation.clock.advance(hours=2)
    return installation.engine.run_due() and None


def complete_job(installation: Installation, facts: Facts, _key: str) -> Any:
    with installation.engine.begin() as work:
        jobs.complete_job(work, facts["job"], {"found": 3}, worker=WORKER)


def fail_job(installation: Installation, facts: Facts, _key: str) -> Any:
    reason = Text("ปลายทางไม่ตอบ", "the other side is away")
    with installation.engine.begin() as work:
        jobs.fail_job(work, facts["job"], reason, retries=0, worker=WORKER)


def resolve(installation: Installation, facts: Facts, _key: str) -> Any:
    with installation.engine.begin() as work:
        resolve_incident(work, facts["incident"], actor=OWNER)


def several(installation: Installation, facts: Facts, key: str) -> Any:
    """Several verbs in one unit of work: all of them or none."""
    with installation.engine.begin() as work:
        runtime.claim_user_task(work, facts["task"], actor=OFFICER)
        runtime.complete_user_task(work, facts["task"], {"x": 2}, actor=OFFICER)
        runtime.cancel_instance(work, facts["other"], "joined", actor=OFFICER)
        variables = {"case_id": "case-3", "round": 1}
        return runtime.start_instance(
            work, "p", variables, actor=OFFICER, business_key="case-3", idempotency_key=key
        )


SCENES = [
    Scene("deploy", lambda _installation: {}, deploy, furnish),
    Scene("start", deployed, start, furnish, keyed=True),
    Scene("claim", started, claim, furnish),
    Scene("release", claimed, release, furnish, refusals=(NotAllowed,)),
    Scene("complete", started, complete, furnish, keyed=True),
    Scene("correlate", waiting, correlate, furnish, keyed=True),
    Scene("start by message", deployed, start_by_message, furnish, keyed=True),
    Scene("broadcast", waiting, broadcast, furnish),
    Scene("cancel", waiting, cancel, furnish, refusals=(InstanceNotRunning,)),
    Scene("migrate", two_versions, migrate, furnish),
    Scene("run due: jobs, outbox", waiting, run_jobs, furnish, settle=(10, 10, 10)),
    Scene("run due: timers", rested, run_due, furnish, settle=(130, 10, 10)),
    Scene("start by timer", hourly, run_due, furnish),
    Scene("complete job", lent, complete_job, furnish, refusals=(JobNotFound,)),
    Scene("fail job", lent, fail_job, furnish, once=True),
    Scene("resolve incident", stuck, resolve, furnish, refusals=(IncidentNotFound,)),
    Scene("several verbs", started, several, furnish, refusals=(TaskNotFound,)),
]
