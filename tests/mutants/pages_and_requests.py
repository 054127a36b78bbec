"""Slips in pages and requests: `forms`, `web`, `webhooks`."""

# ruff: noqa: E501 — what is written is quoted as it stands in its file

from __future__ import annotations

from tests.mutants.slip import Slip, Slips

RIGHTS = "tests/web/test_rights_of_roles.py"
SHARED = "tests/web/test_shared_computer.py"
NOTHING = "tests/web/test_nothing_by_mistake.py"
IN = "tests/webhooks/test_inbound_hooks.py tests/webhooks/test_who_sent_it.py"
REST = "tests/webhooks/test_rights_of_clients.py"

SLIPS: Slips = {
    "forms/answers/loading.py": [
        Slip(
            'if known == path or known.startswith(f"{path}."):',
            "if known == path:",
            "the complainant who cannot send: a row of a hidden list is said to be wrong",
            "tests/forms/test_form_homes.py",
        ),
        Slip(
            "        if component.readonly.is_true(scope):\n            self.errors.pop(path, None)",
            "        if component.readonly.is_true(scope):\n            pass",
            "the officer whose form is refused for a field that they cannot change",
            "tests/forms/test_form_homes.py",
        ),
    ],
    "forms/answers/homes.py": [
        Slip(
            "        if situation.hides(prefix, component) or component.disabled:\n"
            "            continue\n        inner = component",
            "        if component.disabled:\n            continue\n        inner = component",
            "whoever changed their mind and hid a name: it is kept all the same",
            "tests/forms/test_form_homes.py tests/forms/test_form_laws.py",
        ),
        Slip(
            "        longer = max(len(left), len(right))",
            "        longer = min(len(left), len(right))",
            "the last accused, who is not shown to anybody",
            "tests/forms/test_form_homes.py",
        ),
    ],
    "forms/text/dates.py": [
        Slip(
            'if era in {"พศ", "BE"} or (era == "" and number >= 2400):',
            'if era in {"พศ", "BE"} or (era == "" and number > 2569):',
            "whoever writes this year as everybody here does",
            "tests/forms/test_form_dates.py",
        ),
        Slip(
            "        return written.astimezone(BANGKOK)",
            "        return written.replace(tzinfo=BANGKOK)",
            "whoever files through a relay that writes Greenwich: seven hours are lost",
            "tests/forms/test_form_dates.py",
        ),
    ],
    "forms/answers/validation.py": [
        Slip(
            "    if most is not None and number > most:",
            "    if most is not None and number >= most:",
            "whoever gives the largest amount that is allowed",
            "tests/forms/test_form_limits.py",
        ),
    ],
    "web/account/pages.py": [
        Slip(
            "    forget_all()\n    session[TOKEN] = token",
            "    session[TOKEN] = token",
            "the complainant who used the officer's computer: the officer sees their case",
            SHARED,
        ),
    ],
    "web/officer/custodian.py": [
        Slip(
            'granted = pressed("decision", "grant", "refuse") == "grant"',
            'granted = pressed("decision", "grant", "refuse", "") != "refuse"',
            "the complainant whose identity is granted by a page that sent no decision",
            NOTHING,
        ),
    ],
    "web/officer/deadlines.py": [
        Slip(
            'grants = pressed("decision", "grant", "refuse") == "grant"',
            'grants = request.form.get("decision") == "grant"',
            "the unit whose request is refused by a page that was sent too early",
            NOTHING,
        ),
    ],
    "web/security.py": [
        Slip(
            '        response.headers["Cache-Control"] = "no-store"',
            '        response.headers["Cache-Control"] = "no-cache"',
            "the complainant at a library: the next person goes back and reads",
            SHARED,
        ),
    ],
    "web/public/tracking_cookie.py": [
        Slip(
            "    session.pop(CODE, None)\n    forget_receipt()",
            "    session.pop(CODE, None)",
            "the complainant who left: the code of the receipt is still shown",
            SHARED,
        ),
        Slip(
            "    if datetime.fromisoformat(written) + stays < now():",
            "    if datetime.fromisoformat(written) + 2 * stays < now():",
            "the complainant who went away from a shared computer: an hour instead of half",
            SHARED + " tests/web/test_following.py",
        ),
    ],
    "web/current.py": [
        Slip(
            "(page and page not in found.pages)",
            "(page and not found.pages)",
            "the agency: any officer opens the page of disposals or of late work",
            RIGHTS,
        ),
        Slip(
            "(roles and not found.roles & roles)",
            "(roles and not found.roles)",
            "the agency: every officer is an administrator",
            RIGHTS,
        ),
    ],
    "web/admin/holidays.py": [
        Slip(
            '@blueprint.post("/calendar")\n@signed_in(*ROLES)',
            '@blueprint.post("/calendar")\n@signed_in()',
            "everybody with a deadline: any officer makes a holiday",
            RIGHTS,
        ),
    ],
    "web/admin/pages.py": [
        Slip(
            "incidents.resolve_incident(work, incident_id, actor=user().actor)",
            'incidents.resolve_incident(work, incident_id, actor=type(user().actor)("system"))',
            "the auditor who asks which administrator tried a letter again",
            "tests/web/test_who_pressed.py",
        ),
    ],
    "web/officer/retention.py": [
        Slip(
            '@blueprint.post("/holds/<case_id>/end")\n@signed_in(page=PAGE)',
            '@blueprint.post("/holds/<case_id>/end")\n@signed_in()',
            "the court: whoever has an account tries to lift its order",
            RIGHTS,
        ),
    ],
    "web/links.py": [
        Slip(
            r"""if path and re.fullmatch(r"/(?![/\\])[^\s\\\x00-\x1f]*", path):""",
            r"""if path and re.fullmatch(r"/[^\s\\\x00-\x1f]*", path):""",
            "the officer who signs in through a link and lands on a stranger's page",
            "tests/web/test_officer_pages.py tests/web/test_owner_pages.py " + SHARED,
        ),
    ],
    "webhooks/api/if_match.py": [
        Slip(
            "    if not request.if_match.contains(str(revision)):",
            "    if request.if_match.contains(str(revision + 1)):",
            "the officer whose decision a program overwrites with what it read before",
            REST,
        ),
    ],
    "webhooks/api/resources/tasks.py": [
        Slip(
            "    must_match(work, _mine(work, task_id).instance_id)\n    runtime.release_user_task",
            "    _mine(work, task_id)\n    runtime.release_user_task",
            "the officer whose task a program gives back by what it read yesterday",
            REST,
        ),
        Slip(
            '    scope="tasks:write",\n    body=CompletionBody,',
            '    scope="tasks:read",\n    body=CompletionBody,',
            "the agency: a program that may only read completes tasks",
            REST,
        ),
    ],
    "webhooks/api/resources/jobs.py": [
        Slip(
            "    return f\"{client().actor.id}/{body['worker']}\"",
            "    return str(body['worker'])",
            "the program whose job another one finishes under the same worker's name",
            "tests/webhooks/test_api_work.py " + REST,
        ),
    ],
    "webhooks/clients.py": [
        Slip(
            "sa.select(ApiClient).where(ApiClient.token_hash == hash, ApiClient.active)",
            "sa.select(ApiClient).where(ApiClient.token_hash == hash)",
            "the agency whose leaked token was revoked and still opens everything",
            "tests/webhooks/test_api_access.py",
        ),
    ],
    "webhooks/visibility.py": [
        Slip(
            "    if case is not None or _is_guideline(work, definition_id):",
            "    if case is not None:",
            "the agency: a program moves a process of the guideline past the office",
            "tests/webhooks/test_the_offices_own_cases.py",
        ),
    ],
    "webhooks/inbound/effects.py": [
        Slip(
            'actor = complainant.ACTOR if "tracking_code" in payload else _relay(source)',
            "actor = _relay(source)",
            "the complainant whose own words are recorded as a relay's",
            IN,
        ),
        Slip(
            "        actor=complainant.ACTOR if source.channel == WEB else _relay(source),",
            "        actor=complainant.ACTOR,",
            "the auditor: what a centre passed on looks as if the complainant had come here",
            IN,
        ),
        Slip(
            "    if len(named) != 1 or not isinstance(payload[named[0]], str):",
            "    if not named or not isinstance(payload[named[0]], str):",
            "the complainant whose case is named beside another one's number",
            IN,
        ),
    ],
    "webhooks/signing.py": [
        Slip(
            "    if abs(now - sent) > TOLERANCE:",
            "    if now - sent > TOLERANCE:",
            "the agency: a message signed for next year is believed whenever it is replayed",
            "tests/webhooks/test_webhook_signing.py",
        ),
    ],
    "webhooks/outbound/deliveries.py": [
        Slip(
            "        if subscriber is None or not subscriber.active:\n            return",
            "        if subscriber is None:\n            return",
            "the agency: a system that was closed still hears of every case",
            "tests/webhooks/test_webhook_deliveries.py",
        ),
        Slip(
            'REFERENCES = ("case", "receipt_no", "task", "step")',
            'REFERENCES = ("case", "receipt_no", "task", "step", "track")',
            "whoever complained of corruption: every subscriber learns that it is so",
            "tests/webhooks/test_webhook_deliveries.py tests/webhooks/test_events_of_a_complaint.py",
        ),
    ],
    "webhooks/api/idempotency.py": [
        Slip(
            "    if kept.request_hash != fingerprint:",
            "    if kept.status != _OPEN and not kept.request_hash:",
            "the program that reuses a key: it is told that something else was done",
            "tests/webhooks/test_api_work.py tests/webhooks/test_twin_requests.py " + REST,
        ),
    ],
    "webhooks/api/resources/instances.py": [
        Slip(
            '    must_be_free_process(work, body["process"])\n',
            "",
            "the agency: a program starts complaints that have no file, no number and no deadline",
            "tests/webhooks/test_the_offices_own_cases.py",
        ),
    ],
    "webhooks/api/resources/messages.py": [
        Slip(
            "    must_be_free(work, instance_id, client())  # refused here, nothing of it is kept\n",
            "",
            "the complainant whose complaint any program withdraws by its number",
            "tests/webhooks/test_the_offices_own_cases.py",
        ),
    ],
}
