"""Slips in who sees what and in handling a case: `office/people`, `cases`, `letters`, `vault`."""

# ruff: noqa: E501 — what is written is quoted as it stands in its file

from __future__ import annotations

from tests.mutants.slip import Slip, Slips

NEED = "tests/office/test_second_items.py tests/office/test_need_to_know.py"
MATRIX = "tests/web/test_need_to_know_matrix.py"
SECOND = "tests/office/test_second_items.py"
WHO = "tests/walks/test_who_did_it.py"

SLIPS: Slips = {
    "office/people/access.py": [
        Slip(
            "    return not user.active or not _names_of(user).isdisjoint(case.hidden_from)",
            "    return not user.active",
            "whoever complains of the Director, who reads the complaint",
            NEED,
        ),
        Slip(
            '    if case.closed_at is not None:\n        words.discard("open")',
            '    if case.closed_at is None:\n        words.discard("")',
            "the complainant whose closed case every intake officer still reads",
            NEED,
        ),
        Slip(
            "    units = {case.lead_unit, *case.co_units}\n    held =",
            "    units = {case.lead_unit}\n    held =",
            "the supporting unit that is to help and finds no case",
            SECOND,
        ),
        Slip(
            "    return [sa.or_(*reach, *(co_units.contains(f'\"{unit}\"') for unit in units))]",
            "    return [sa.or_(*reach)]",
            "the second supporting unit: the case is not in the file it takes out",
            SECOND,
        ),
        Slip(
            "        return Sight.UNIT if task.completed_by == user.id else None",
            "        return Sight.UNIT if task.completed_by else None",
            "the complainant: the whole group reads what one of it once did",
            "tests/office/test_need_to_know.py",
        ),
        Slip(
            '    unknown = [Case.handler.is_not(None)] if "decided" in words else []',
            "    unknown = []",
            "whoever complained of the Director: a figure tells them of it before anybody decides",
            "tests/office/test_need_to_know.py",
        ),
    ],
    "office/people/conflicts.py": [
        Slip(
            "    accused = [name for name in names if name.strip()]",
            "    accused = [name for name in names if name.strip()][:1]",
            "the complainant whose second accused is an officer and reads it all",
            SECOND,
        ),
        Slip(
            "    record_conflict(work, case, user.id, ground=DECLARED, actor=user.actor)",
            "    record_conflict(work, case, user.id, ground=DECLARED)",
            "the auditor: it looks as if the system had found the conflict",
            NEED + " " + WHO,
        ),
    ],
    "office/people/signing_in/sign_in.py": [
        Slip(
            "not account.active or account.password_hash != proof.fitted:",
            "not account.active:",
            "the officer who changed a stolen password: the thief is let in all the same",
            "tests/office/test_signing_in.py",
        ),
        Slip(
            "SignIn.expires_at > work.now)\n        .order_by(Role.position",
            "SignIn.expires_at >= work.now)\n        .order_by(Role.position",
            "whoever leaves a browser open: it still works at the very moment it should not",
            "tests/office/test_signing_in.py",
        ),
    ],
    "office/people/people.py": [
        Slip(
            "    account.password_hash = hash_password(password)\n    revoke_sessions(work, account.id)",
            "    account.password_hash = hash_password(password)",
            "the officer who changed a stolen password: the thief's browser stays signed in",
            "tests/office/test_signing_in.py",
        ),
        Slip(
            "        if offered and not offered & held and account_id not in task.candidate_users:",
            "        if not offered & held and account_id not in task.candidate_users:",
            "whoever was given a task by name and loses it with a change of roles",
            "tests/office/test_signing_in.py tests/office/test_need_to_know.py " + SECOND,
        ),
    ],
    "office/people/signing_in/throttle.py": [
        Slip(
            "    if count > limit:",
            "    if count > limit + 1:",
            "the complainant whose code is guessed: one try more each quarter of an hour",
            "tests/office/test_attempts.py",
        ),
    ],
    "office/cases/reveals.py": [
        Slip(
            "        Reveal.account_id == user.id,\n        Reveal.expires_at > work.now,\n    )\n"
            "    return work",
            "        Reveal.expires_at > work.now,\n    )\n    return work",
            "the complainant: what one auditor opened for a reason, all auditors read",
            "tests/web/test_auditor_pages.py tests/office/test_need_to_know.py " + SECOND,
        ),
        Slip(
            "work, services, case, row.fields, reader=",
            "work, services, case, paths_of(work, case), reader=",
            "the complainant of whose fields one was granted, and all are shown",
            SECOND,
        ),
        Slip(
            "row.decision is not None or row.account_id == user.id:",
            "row.decision is not None:",
            "the complainant whose identity a custodian grants to themselves",
            "tests/web/test_auditor_pages.py tests/office/test_need_to_know.py",
        ),
        Slip(
            "        Reveal.opened_at.is_not(None),\n        Reveal.expires_at > work.now,",
            "        Reveal.opened_at.is_not(None),",
            "the complainant whose personal file stays open for ever",
            "tests/office/test_need_to_know.py " + SECOND,
        ),
    ],
    "office/cases/case_listener.py": [
        Slip(
            "    case.co_units = [str(unit) for unit in value] if",
            "    case.co_units = [str(unit) for unit in value[:1]] if",
            "the second supporting unit, which never hears that it is to help",
            SECOND,
        ),
        Slip(
            "    if case.closed_at is not None:\n        return\n    case.closed_at",
            "    case.closed_at",
            "whoever counts how long cases take: a review makes them a year longer",
            "tests/calendar/test_review_paths.py",
        ),
    ],
    "office/cases/register.py": [
        Slip(
            "        raise BackdatingRefused\n    return moment",
            "        raise BackdatingRefused\n    return work.now",
            "the complainant whose letter lay in the box: the days count from when it was typed in",
            "tests/office/test_register.py",
        ),
        Slip(
            'return acting_as(work, actor, "open", "all", on_behalf_of=COMPLAINANT)',
            'return acting_as(work, actor, "open", "all")',
            "the auditor who reads that an officer complained",
            WHO,
        ),
        Slip(
            "    for account_id, ground in matched.items():",
            "    for account_id, ground in list(matched.items())[:1]:",
            "the complainant whose second accused works here too and is not kept out",
            SECOND,
        ),
    ],
    "office/cases/complainant.py": [
        Slip(
            "        actor=ACTOR,\n        idempotency_key=key,\n        extra_events=extra_events,",
            'checked.variables, actor=Actor("web"), idempotency_key=key, extra_events=extra_events',
            "the auditor who asks whether the complainant answered or the office did",
            WHO,
        ),
        Slip(
            "    return asked <= decided and messages",
            "    return asked <= decided + 1 and messages",
            "the complainant who is invited to withdraw a second time before an answer",
            SECOND,
        ),
    ],
    "office/cases/reviews.py": [
        Slip(
            'acting_as(work, user.actor, "open", "all", ACTING, on_behalf_of=COMPLAINANT)',
            'acting_as(work, user.actor, "open", "all", ACTING)',
            "the auditor who reads that an officer asked for the review",
            WHO + " tests/calendar/test_review_paths.py",
        ),
    ],
    "office/cases/work_list.py": [
        Slip(
            '    return "soon" if due_at - now <= SOON else "ok"',
            '    return "soon" if due_at - now < SOON else "ok"',
            "the officer whose task has exactly two days left and looks calm",
            "tests/office/test_sharp_times.py",
        ),
    ],
    "office/cases/masking.py": [
        Slip(
            "    if component.home in shown or value in",
            '    if component.home in shown or component.type == "textarea" or value in',
            "the complainant: an examiner reads the facts before saying why",
            "tests/web/test_auditor_pages.py tests/office/test_names_of_the_accused.py",
        ),
    ],
    "office/cases/excerpts.py": [
        Slip(
            "    covered = personal_files.ids_of(work, case)\n",
            "    covered = set(list(personal_files.ids_of(work, case))[:0])\n",
            "the complainant whose letter of authority lies among the attachments",
            MATRIX + " tests/office/test_attachments.py",
        ),
    ],
    "office/letters/letters.py": [
        Slip(
            "    if is_guarded(case):\n        return Mail(",
            "    if case.guarded:\n        return Mail(",
            "whoever complains in confidence and reads it all in a mail at the office",
            "tests/office/test_what_goes_out.py",
        ),
        Slip(
            "or letter.case_id != case.id or letter.read_at is not None:",
            "or letter.case_id != case.id:",
            "the complainant whose time for a review begins anew with each look at the letter",
            "tests/office/test_what_goes_out.py",
        ),
    ],
    "office/letters/mail.py": [
        Slip(
            "    if key is not None and work.session.scalar(known):\n        return",
            "    if key is None:\n        return",
            "the developer who sees a mail twice after a retry",
            "tests/faults/test_mail_and_files.py tests/office/test_what_goes_out.py " + SECOND,
        ),
    ],
    "office/letters/reminder_sending.py": [
        Slip(
            "    return max(0, (today - last).days)",
            "    return max(0, (today - last).days + 1)",
            "the unit that is said to be a day later than it is",
            "tests/office/test_sharp_times.py",
        ),
    ],
    "office/vault/attachments.py": [
        Slip(
            '        .where(Attachment.case_id == case_id, Attachment.file_key != b"")\n        .order_by',
            "        .where(Attachment.case_id == case_id)\n        .order_by",
            "whoever had their evidence erased: it is listed as if it were still there",
            "tests/office/test_erasure.py",
        ),
        Slip(
            "        if written_at > work.now - STAGED_FOR:",
            "        if written_at > work.now:",
            "whoever writes slowly: the file they added is swept away before they send",
            "tests/office/test_attachments.py",
        ),
    ],
    "office/vault/case_keys.py": [
        Slip(
            "master.is_current(row.wrapped) or rewrapped >= limit:",
            "rewrapped >= limit:",
            "the administrator whose rotation of keys never comes to an end",
            "tests/office/test_no_personal_data_leaks.py",
        ),
    ],
    "office/vault/identities.py": [
        Slip(
            'SEARCHABLE = ("national_id", "passport")',
            'SEARCHABLE = ("national_id",)',
            "the foreigner whose earlier complaints are not found by passport",
            "tests/office/test_a_case_through_the_office.py tests/office/test_register.py "
            + SECOND,
        ),
    ],
}
