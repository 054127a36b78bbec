"""Each address of the pages, each role: who may come in, written down by hand from the rights of
the roles. An address that is not in the table fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from engine.ground.clock import TravellingClock
from tests.support.agency import FOUNDED, Agency
from tests.support.installations import Installations
from tests.web.visitor import Visitor
from web import create_app
from web.settings import WebSettings

ROLES = frozenset(
    "intake_officer screening_head unit_officer unit_director deputy_director committee director "
    "board_chair board_reviewer alternate_handler identity_custodian protection_officer dpo "
    "auditor process_owner publisher administrator".split()
)
ANYBODY = None  # also without an account
SIGNED_IN = ROLES  # whose case or task it is, the office says

ADMINISTRATOR = frozenset({"administrator"})
OWNER = frozenset({"process_owner"})
AUDITOR = frozenset({"auditor"})
CUSTODIAN = frozenset({"identity_custodian"})
REGISTERS = frozenset({"intake_officer", "alternate_handler"})
EXPEDITES = frozenset(
    {"screening_head", "deputy_director", "director", "board_chair", "alternate_handler"}
)
HEADS = EXPEDITES | {"unit_director"}
STAYS = frozenset({"screening_head", "alternate_handler"})
DISPOSES = frozenset({"screening_head", "identity_custodian", "dpo"})
FIGURES = frozenset({"auditor", "screening_head", "director", "process_owner"})

WHO = {
    **dict.fromkeys(
        [
            "GET static",
            "GET health.alive",
            "GET health.ready",
            "GET health.favicon",
            "POST language.choose",
            "GET account.sign_in",
            "POST account.enter",
            "GET account.welcome",
            "POST account.accept",
            "POST passkey.prove_options",
            "POST passkey.enter",
            "GET health.security_txt",
            "GET provider.go",
            "GET provider.back",
            "GET public.home",
            "GET public.privacy",
            "GET public.guideline",
            "GET public.diagram",
            "GET public.file",
            "POST public.send",
            "GET public.receipt",
            "POST public.receipt_kept",
            "GET public.track",
            "POST public.open_tracking",
            "GET public.case",
            "POST public.leave",
            "GET public.letter",
            "GET public.answer",
            "POST public.send_answer",
            "GET public.withdrawal",
            "POST public.withdraw",
            "GET public.review",
            "POST public.ask_review",
        ],
        ANYBODY,
    ),
    **dict.fromkeys(
        [
            "POST account.sign_out",
            "GET account.second",
            "POST account.show_second",
            "GET own.overview",
            "GET own.app",
            "POST own.begin_app",
            "POST own.confirm_app",
            "POST own.change_password",
            "POST own.new_codes",
            "POST own.remove",
            "POST own.end_sessions",
            "POST own.unlink",
            "GET confirm.page",
            "POST confirm.go_on",
            "POST passkey.set_up_options",
            "POST passkey.set_up",
            "GET officer.work_list",
            "GET officer.task",
            "POST officer.complete",
            "POST officer.claim",
            "POST officer.release",
            "GET officer.cases",
            "GET officer.case",
            "GET officer.diagram",
            "GET officer.attachment",
            "GET officer.pages",
            "GET officer.letter",
            "POST officer.identity",
            "POST officer.ask_identity",
            "POST officer.open_identity",
            "POST officer.conflict",
            "POST officer.match",
            "GET deadlines.extension",
            "POST deadlines.ask",
            "POST deadlines.decide",
        ],
        SIGNED_IN,
    ),
    "GET officer.register": REGISTERS,
    "POST officer.enter": REGISTERS,
    "GET reviewing.find": REGISTERS,
    "POST reviewing.found": REGISTERS,
    "GET reviewing.entry": REGISTERS,
    "POST reviewing.enter": REGISTERS,
    "GET deadlines.expedite": EXPEDITES,
    "GET handover.tasks": HEADS,
    "POST handover.hand_over": HEADS,
    "GET deadlines.stay": STAYS,
    "POST deadlines.begin_stay": STAYS,
    "POST deadlines.confirm": STAYS,
    "POST deadlines.lift": STAYS,
    "GET retention.overview": DISPOSES,
    "POST retention.ask": DISPOSES,
    "POST retention.decide": DISPOSES,
    "POST retention.hold": DISPOSES,
    "POST retention.lift": DISPOSES,
    "GET custodian.requests": CUSTODIAN,
    "POST custodian.decide": CUSTODIAN,
    "GET auditor.cases": AUDITOR,
    "GET auditor.case": AUDITOR,
    "GET auditor.diagram": AUDITOR,
    "GET administration.log": AUDITOR,
    "POST administration.take_out": AUDITOR,
    "GET auditor.sights": AUDITOR,
    "GET auditor.sight": AUDITOR,
    "GET auditor.steps": AUDITOR,
    "GET auditor.step": AUDITOR,
    "POST auditor.reveal_text": AUDITOR,
    "POST auditor.ask_identity": AUDITOR,
    "POST auditor.open_identity": AUDITOR,
    "POST auditor.take_out": AUDITOR,
    "GET statistics.overview": FIGURES,
    "GET statistics.stays": FIGURES,
    "GET owner.processes": OWNER,
    "GET owner.version": OWNER,
    "GET owner.diagram": OWNER,
    "GET owner.download": OWNER,
    "GET owner.modeler": OWNER,
    "GET owner.deploy": OWNER,
    "POST owner.send": OWNER,
    **dict.fromkeys(
        [
            "GET people.overview",
            "GET people.new",
            "POST people.add",
            "POST people.bring_in",
            "POST people.decide",
            "GET people.roles",
            "GET people.person",
            "POST people.change",
            "POST people.give",
            "POST people.set_state",
            "POST people.reset",
            "GET units.overview",
            "POST units.add",
            "POST units.change",
            "POST units.set_state",
            "GET orders.overview",
            "POST orders.make",
            "POST orders.agree",
            "POST orders.end",
        ],
        ADMINISTRATOR,
    ),
    "GET admin.stuck": ADMINISTRATOR,
    "POST admin.retry": ADMINISTRATOR,
    "POST admin.settle": ADMINISTRATOR,
    "GET admin.mailbox": ADMINISTRATOR,
    "GET holidays.calendar": ADMINISTRATOR,
    "POST holidays.change": ADMINISTRATOR,
}
# Machines come in by a token or a signature: tests/webhooks/test_rights_of_clients.py.
MACHINES = ("api-", "hooks.", "metrics.")
# Every part of an address that names something names nothing that is there.
NAMED = {
    "track": "G",
    "code": "en",
    "filename": "nothing.css",
    "number": "1",
    "seq": "1",
    "version": "1",
    "what": "content",
}


@pytest.fixture(scope="module")
def agency(
    sqlite_agencies: Installations, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Agency]:
    folder = tmp_path_factory.mktemp("rights")
    with sqlite_agencies.agency(TravellingClock(FOUNDED), folder / "var") as agency:
        yield agency


@pytest.fixture(scope="module")
def app(agency: Agency) -> Flask:
    known = agency.office.settings
    return create_app(
        WebSettings(database_url=known.database_url, data_dir=known.data_dir, demo=True),
        agency.office,
    )


def addresses(app: Flask) -> dict[str, str]:
    """`GET officer.case` and where it is, for every page."""
    found = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(MACHINES):
            continue
        path = rule.rule
        for name in rule.arguments:
            for written in (f"<{name}>", f"<int:{name}>", f"<path:{name}>"):
                path = path.replace(written, NAMED.get(name, "none"))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found[f"{method} {rule.endpoint}"] = path
    return found


def username(agency: Agency, role: str) -> str:
    names = sorted(user.username for user in agency.staff if role in user.roles)
    assert names, role
    return names[0]


def came_in(visitor: Visitor, route: str, path: str) -> bool:
    method = route.partition(" ")[0]
    answer = visitor.client.open(path, method=method, data=visitor.hidden)
    location = answer.headers.get("Location", "")
    assert answer.status_code != 500, route
    return answer.status_code != 403 and not location.startswith("/sign-in")


def test_the_table_names_every_address_and_every_role(app: Flask, agency: Agency) -> None:
    assert WHO.keys() == addresses(app).keys(), "say here who may come in"
    assert {role for user in agency.staff for role in user.roles} == ROLES


def test_without_an_account_only_what_is_for_anybody_opens(app: Flask) -> None:
    visitor = Visitor(app.test_client())
    visitor.visit("/sign-in")

    wrong = [
        route
        for route, path in addresses(app).items()
        if came_in(visitor, route, path) is not (WHO[route] is ANYBODY)
    ]

    assert wrong == []


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_comes_in_where_the_table_lets_it(app: Flask, agency: Agency, role: str) -> None:
    visitor = Visitor(app.test_client())
    visitor.sign_in(username(agency, role))
    visitor.visit("/cases")
    assert visitor.status == 200
    routes = {r: p for r, p in addresses(app).items() if WHO[r] is not ANYBODY}
    routes.pop("POST account.sign_out")

    wrong = [r for r, path in routes.items() if came_in(visitor, r, path) is not (role in WHO[r])]

    assert wrong == []
