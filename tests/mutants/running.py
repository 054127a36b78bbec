"""Slips in keeping and moving cases: `engine/store`, `turn`, `verbs`, `record`, `background`."""

from __future__ import annotations

from tests.mutants.slip import Slip, Slips

DUE = "tests/engine/test_sharp_edges.py tests/engine/test_due_work.py"
RUNNING = "tests/engine/test_people.py tests/engine/test_running.py"
EDGES = "tests/engine/test_sharp_edges.py"
PROOFS = "tests/engine/test_sharp_edges.py tests/engine/test_signed_heads.py"

SLIPS: Slips = {
    "engine/store/leases.py": [
        Slip(
            "    return sa.and_(rows.c.due_at <= work.now, rows.c.locked_by.is_(None), rested)",
            "    return sa.and_(rows.c.due_at < work.now, rows.c.locked_by.is_(None), rested)",
            "whoever waits for a moment that has just come: the round that looks then misses it",
            DUE + " tests/calendar/test_clocks.py",
        ),
        Slip(
            "    mine = sa.and_(rows.c.id.in_(ids), rows.c.locked_by == holder)",
            "    mine = rows.c.id.in_(ids)",
            "the complainant who gets a letter twice: a slow worker frees what another holds",
            DUE + " tests/engine/test_backends.py",
        ),
        Slip(
            "    seconds = 30 * 2 ** min(attempts, 20)",
            "    seconds = 30 * 2 ** min(attempts + 1, 20)",
            "the operator whose first retry comes after two minutes and not after one",
            DUE,
        ),
    ],
    "engine/store/outbox.py": [
        Slip(
            "        if found is not None:\n            return found",
            "        if found is None:\n            return uuid.uuid4().hex",
            "the subscriber that is told nothing of what has a key",
            DUE + " tests/webhooks/test_webhook_deliveries.py",
        ),
    ],
    "engine/store/instances.py": [
        Slip(
            'CASE.c.revision == sa.bindparam("before"))',
            'CASE.c.revision >= sa.bindparam("before"))',
            "the officer whose work is lost under a colleague's who came second",
            EDGES + " tests/engine/test_record.py tests/engine/test_statements.py "
            "tests/engine/test_backends.py",
        ),
    ],
    "engine/turn/rows.py": [
        Slip(
            '    doer = actor.id if how == "completed" else None',
            "    doer = actor.id",
            "whoever is said to have done a task that was withdrawn, and may not review it",
            RUNNING,
        ),
        Slip(
            '"priority": offer["priority"] or 50,',
            '"priority": 50,',
            "the urgent case in the work list of a unit",
            RUNNING + " tests/engine/test_slot_values.py",
        ),
    ],
    "engine/turn/history.py": [
        Slip(
            '            "on_behalf_of": actor.on_behalf_of,\n            "data"',
            '            "on_behalf_of": "",\n            "data"',
            "the complainant for whom an officer entered the case: the record forgets them",
            "tests/walks/test_who_did_it.py tests/engine/test_people.py",
        ),
    ],
    "engine/turn/turn.py": [
        Slip(
            'instance.status = "cancelled" if kind == "cancel" else "completed"',
            'instance.status = "completed"',
            "a cancelled case that counts as one that was handled",
            "tests/engine/test_record.py",
        ),
    ],
    "engine/verbs/runtime.py": [
        Slip(
            "    if element is None:\n        element = next(",
            "    if False:\n        element = next(",
            "the accused officer's friend who registered the case and screens it too",
            "tests/engine/test_people.py tests/law/test_law_walks.py",
        ),
        Slip(
            "    if task.assignee != actor.id and not actor.is_system:\n        raise NotAllowed",
            "    if task.assignee is None and not actor.is_system:\n        raise NotAllowed",
            "the officer whose claimed task a colleague gives away",
            "tests/engine/test_people.py",
        ),
        Slip(
            "    if task.assignee not in (None, actor.id) and not actor.is_system:",
            "    if task.assignee is None and not actor.is_system and actor.id == task.assignee:",
            "the officer who fills in a form for an hour while somebody else completes the task",
            "tests/engine/test_people.py",
        ),
        Slip(
            '_record(work, task, "task_released", actor.acting(words(task.candidate_groups)))',
            '_record(work, task, "task_released", actor)',
            "the auditor who asks in which role somebody gave a task back",
            "tests/engine/test_people.py tests/walks/test_who_did_it.py",
        ),
    ],
    "engine/verbs/timers.py": [
        Slip(
            "        Wait.id == wait_id, Wait.due_at <= work.now, Wait.locked_by == holder\n",
            "        Wait.id == wait_id, Wait.due_at <= work.now\n",
            "a case escalated twice: by the worker that was slow and by the one that took over",
            DUE + " tests/engine/test_backends.py",
        ),
        Slip(
            "            row.timer, row.attempts = facts, 0",
            "            row.timer = facts",
            "the monthly report that is put off for hours after its first mended failure",
            DUE + " tests/engine/test_deploying.py",
        ),
    ],
    "engine/verbs/messages.py": [
        Slip(
            "waiting = [i for i in work.session.scalars(query.distinct()) if i != thrown_by]",
            "waiting = list(work.session.scalars(query.distinct()))",
            "a case woken by its own signal, as if another had called",
            "tests/engine/test_sharp_edges.py",
        ),
        Slip(
            'Wait.correlation_key == (key or "")',
            'Wait.correlation_key >= (key or "")',
            "the complainant whose answer lands in somebody else's case",
            EDGES + " tests/engine/test_running.py",
        ),
    ],
    "engine/verbs/jobs.py": [
        Slip(
            "    return SYSTEM if job.type in work.machine.handlers else Actor(worker)",
            "    return SYSTEM",
            "the auditor who asks which outside program did a step",
            "tests/webhooks/test_api_work.py",
        ),
        Slip(
            "job.locked_until is None or job.locked_until <= work.now:",
            "job.locked_until is None:",
            "a letter sent twice: a worker finishes what was taken from it",
            DUE + " tests/engine/test_running.py tests/webhooks/test_api_work.py",
        ),
        Slip(
            '    if job is None or job.status != "failed":',
            "    if job is None:",
            "the administrator who settles by hand what a worker is doing at this moment",
            DUE + " tests/engine/test_running.py",
        ),
    ],
    "engine/verbs/deployment.py": [
        Slip(
            "    return newest.deployed_at + timedelta(microseconds=1)",
            "    return now",
            "the process owner whose new version is not in force after the clock was set back",
            "tests/engine/test_deploying.py",
        ),
    ],
    "engine/verbs/versions.py": [
        Slip(
            "        row.definition_id, row.attempts = definition_id, 0\n",
            "        row.attempts = 0\n",
            "whoever starts a case by a message: it runs on the version before",
            EDGES + " tests/engine/test_deploying.py",
        ),
    ],
    "engine/record/signed_heads.py": [
        Slip(
            "LogEntry.subject == subject, LogEntry.position < head.size)",
            "LogEntry.subject == subject)",
            "the citizen with an older head: the proof that they are given is not of it",
            PROOFS,
        ),
        Slip(
            "row = work.session.scalars(query.order_by(LogEntry.position.desc()).limit(1)).first()",
            "row = work.session.scalars(query.order_by(LogEntry.position).limit(1)).first()",
            "whoever proves a case and gets a proof of how it stood long ago",
            PROOFS,
        ),
        Slip(
            "(head.size, head.root) or not head.is_signed:",
            "(head.size, head.root):",
            "an agency whose restored log takes over heads that nobody signed",
            EDGES,
        ),
    ],
    "engine/record/verification/heads.py": [
        Slip(
            "    if public_key is not None and head.public_key != public_key:",
            "    if public_key is None and head.public_key != public_key:",
            "the auditor shown heads that were signed with somebody else's key",
            "tests/engine/test_tampering.py",
        ),
        Slip(
            '            facts = {"first": kept.get(chain, 0) + 1,',
            '            facts = {"first": 1,',
            "the auditor who must search a whole case for what was rewritten since Tuesday",
            "tests/engine/test_tampering.py",
        ),
    ],
    "engine/record/verification/log.py": [
        Slip(
            "    if growth.size and growth.size not in roots:",
            "    if growth.size > 1 and growth.size - 1 not in roots:",
            "the auditor: entries are put behind the last signed head, and nobody says so",
            "tests/engine/test_tampering.py",
        ),
    ],
    "engine/record/merkle.py": [
        Slip(
            "    if first > second or not path:\n        return False",
            "    if first > second:\n        return False\n    if not path:\n        return True",
            "whoever checks that a log only grew, and is given no proof at all",
            EDGES,
        ),
    ],
    "engine/record/replay.py": [
        Slip(
            "    if recorded:\n        raise _Departure",
            "    if len(recorded) > 1:\n        raise _Departure",
            "the auditor: the record holds an answer of the installation that was never asked for",
            "tests/engine/test_record.py",
        ),
    ],
    "engine/background/run_due.py": [
        Slip(
            "    except ConcurrentUpdate:\n        give_back(machine, [item], holder)",
            "    except ConcurrentUpdate:\n        pass",
            "whoever waits for a letter: the worker met a colleague, and keeps the job for minutes",
            DUE + " tests/faults/test_races.py",
        ),
    ],
    "engine/background/backlog.py": [
        Slip(
            '"overdue": _count(work, is_open, UserTask.due_at <= work.now),',
            '"overdue": _count(work, UserTask.due_at <= work.now),',
            "the head who is told of overdue tasks that were done long ago",
            "tests/web/test_monitoring.py",
        ),
    ],
}
