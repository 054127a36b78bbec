"""Slips in time and in keeping: `office/deadlines`, `disposal`, `guideline`, `audit`,
`operations`."""

# ruff: noqa: E501 — what is written is quoted as it stands in its file

from __future__ import annotations

from tests.mutants.slip import Slip, Slips

EDGES = "tests/calendar/test_sharp_moments.py"
CLOCKS = "tests/calendar/test_sharp_moments.py tests/calendar/test_clocks.py tests/calendar/test_more_time.py"

SLIPS: Slips = {
    "office/deadlines/changes.py": [
        Slip(
            "    if moment.astimezone(BANGKOK).date() > latest or moment > deadline.due_at:",
            "    if moment.astimezone(BANGKOK).date() > latest:",
            "whoever waits: more time is granted after the day has ended",
            EDGES,
        ),
        Slip(
            "    if moment.astimezone(BANGKOK).date() > latest or",
            "    if moment.date() > latest or",
            "whoever asks at two in the morning of the day after: in time by Greenwich",
            EDGES,
        ),
        Slip(
            "        days = calendar.working_days_between(last, last + timedelta(days=days))",
            "        pass",
            "the complainant whose case gets thirty working days for thirty days of a step",
            EDGES,
        ),
        Slip(
            "        days = (calendar.working_days_after(last, days) - last).days",
            "        pass",
            "the head whose case as a whole ends before the step it waits for",
            EDGES,
        ),
    ],
    "office/deadlines/pauses.py": [
        Slip(
            '            "pause_limit": max(limit, deadline.rule',
            '            "pause_limit": min(limit, deadline.rule',
            "the unit whose deadline runs while the complainant is asked",
            CLOCKS + " tests/calendar/test_complaint_clocks.py",
        ),
        Slip(
            "    if any(_holds_the_others(deadline) for deadline in deadlines):\n        return",
            "    if all(_holds_the_others(deadline) for deadline in deadlines):\n        return",
            "the agency whose deadlines run on although a court still holds the case",
            EDGES,
        ),
    ],
    "office/deadlines/rows.py": [
        Slip(
            "            limit -= (pause.end - pause.start).days\n",
            "",
            "the complainant: two pauses, each as long as all of them together may be",
            EDGES,
        ),
        Slip(
            "        day = change.at.astimezone(BANGKOK).date()",
            "        day = change.at.date()",
            "the unit whose pause began at two in the morning and counts from the day before",
            EDGES,
        ),
        Slip(
            '        .where(DeadlineRow.case_id.in_(set(case_ids)), DeadlineRow.status != "finished")',
            "        .where(DeadlineRow.case_id.in_(set(case_ids)))",
            "the officer whose list says that a case is late by a step done long ago",
            "tests/calendar/test_complaint_clocks.py tests/office/test_sharp_times.py",
        ),
    ],
    "office/deadlines/derivation.py": [
        Slip(
            "        return moment.astimezone(BANGKOK).date()\n    return calendar",
            "        return moment.date()\n    return calendar",
            "whoever files at two in the morning: the days count from yesterday",
            EDGES,
        ),
        Slip(
            "if day >= counted_to and last > counted_to]",
            "if last > counted_to]",
            "the complainant who is told of a holiday that moved nothing",
            EDGES + " tests/calendar/test_working_days.py",
        ),
    ],
    "office/deadlines/working_days.py": [
        Slip(
            "        if local.time() >= self.closes:",
            "        if local.time() > self.closes:",
            "whoever files at half past four: one working day less for the agency",
            "tests/calendar/test_working_days.py",
        ),
        Slip(
            "        return sum(self.is_working(day) for day in days_after(start, end))",
            "        return sum(self.is_working(day) for day in days_after(start - DAY, end))",
            "the unit that is said to be a day later than it is",
            "tests/calendar/test_working_days.py",
        ),
    ],
    "office/deadlines/extensions.py": [
        Slip(
            "        asked_at=row.asked_at,\n",
            "        asked_at=None,\n",
            "the unit that asked in time: the approver came back a day later",
            CLOCKS,
        ),
        Slip(
            "days, kind = row.days, read_rule(deadline.key, deadline.rule).kind",
            "days, kind = row.days, read_rule(overall.key, overall.rule).kind",
            "the complainant whose whole case is extended in another kind of days",
            EDGES,
        ),
        Slip(
            "    count = deadline.extensions + 1\n",
            "    count = max(1, deadline.extensions)\n",
            "the Director who should decide the second request: the deputy does so again",
            CLOCKS,
        ),
    ],
    "office/deadlines/legal_stays.py": [
        Slip(
            "    if sight is not Sight.FULL or case.closed_at is not None:",
            "    if sight is not Sight.FULL:",
            "whoever has a closed case: its deadlines are stayed without any being there",
            "tests/calendar/test_more_time.py " + EDGES,
        ),
    ],
    "office/disposal/erasure.py": [
        Slip(
            "    if row is None or row.asked_by == user.id:\n        raise NoErasureAsked",
            "    if row is None:\n        raise NoErasureAsked",
            "the complainant whose file one person alone destroys",
            "tests/office/test_erasure.py",
        ),
        Slip(
            "    if granted:\n        legal_holds.must_have_no_legal_hold(work, case)",
            "    if not granted:\n        legal_holds.must_have_no_legal_hold(work, case)",
            "the court that ordered a case to be kept after somebody had asked to erase it",
            "tests/office/test_legal_holds.py",
        ),
        Slip(
            "    for model in (Identity, IdentityIndex):",
            "    for model in (Identity,):",
            "the person who was erased and is still found by their number",
            "tests/office/test_erasure.py",
        ),
    ],
    "office/disposal/legal_holds.py": [
        Slip(
            "_acting(user, retention.rule_for(retention.rules(work), case, HOLD).decides)",
            "_acting(user, retention.rule_for(retention.rules(work), case, HOLD).asks)",
            "the court: whoever may ask for a hold lifts it alone",
            "tests/office/test_legal_holds.py",
        ),
    ],
    "office/disposal/retention.py": [
        Slip(
            "        return (then.year + self.years, then.month, then.day) <= (",
            "        return (then.year + self.years, then.month, then.day) < (",
            "the data protection officer: on the day itself nothing is due",
            "tests/office/test_sharp_times.py",
        ),
        Slip(
            "closed_at.astimezone(BANGKOK), now.astimezone(BANGKOK)",
            "closed_at, now.astimezone(BANGKOK)",
            "a case closed at two in the morning of the first: erased a day too early",
            "tests/office/test_sharp_times.py",
        ),
    ],
    "office/guideline/gate.py": [
        Slip(
            "    return ours > theirs",
            "    return ours >= theirs",
            "the process owner whose deadline is just what the law allows, and is refused",
            "tests/office/test_gate.py",
        ),
        Slip(
            "        theirs *= Fraction(7, 5)",
            "        theirs *= Fraction(5, 7)",
            "the process owner whose ten calendar days are within seven working days",
            "tests/office/test_gate.py",
        ),
    ],
    "office/audit/access_log.py": [
        Slip(
            "        HistoryEvent.actor == user.id,\n        HistoryEvent.at > work.now - ONE_VISIT,",
            "        HistoryEvent.at > work.now - ONE_VISIT,",
            "the complainant: a second auditor looks on, and only the first is recorded",
            "tests/office/test_second_items.py",
        ),
    ],
    "office/audit/case_statistics.py": [
        Slip(
            "    return spans[max(0, math.ceil(share * len(spans) / 100) - 1)]",
            "    return spans[min(len(spans) - 1, math.ceil(share * len(spans) / 100))]",
            "the head who is shown a median that is too long",
            "tests/office/test_sharp_times.py",
        ),
    ],
    "office/audit/conformance/people.py": [
        Slip(
            "did = doers.get(other, set()) | _started(record, other, starter)",
            "did = doers.get(other, set())",
            "the auditor: whoever registered a case screened it too, and nobody says so",
            "tests/conformance/test_course.py",
        ),
    ],
    "office/audit/conformance/time_limits.py": [
        Slip(
            "deadline.finished_at > deadline.due_at:",
            "deadline.finished_at >= deadline.due_at:",
            "the unit that handed in at the last moment and is said to be late",
            "tests/office/test_sharp_times.py tests/conformance",
        ),
    ],
    "office/audit/case_search.py": [
        Slip(
            "        found.append(Case.received_at < start_of(criteria.until + timedelta(days=1)))",
            "        found.append(Case.received_at < start_of(criteria.until))",
            "the auditor who looks for a month and misses its last day",
            "tests/office/test_sharp_times.py",
        ),
    ],
    "office/operations/outbox_handlers.py": [
        Slip(
            "            if task.due_at > work.now:  # the deadline was moved since: look again then",
            "            if False:",
            "the unit that was given more time and is reported as late all the same",
            "tests/webhooks/test_events_of_a_complaint.py tests/calendar/test_sharp_moments.py",
        ),
        Slip(
            "        if is_whole:  # where",
            "        if True:  # where",
            "whoever complains in confidence: a mail that only points to the inbox starts their time",
            "tests/calendar/test_review_paths.py",
        ),
    ],
    "office/operations/restore.py": [
        Slip(
            "    is_known = since is not None and since <= datetime.fromisoformat(manifest.made_at)",
            "    is_known = since is not None",
            "the person erased between a backup and the ledger: nobody says that it may be back",
            "tests/cli/test_restore_forgets.py tests/cli/test_backup.py",
        ),
    ],
}
