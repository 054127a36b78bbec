"""The administrator's pages of people, units and acting orders, and tables that are deployed."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from engine.ground.clock import TravellingClock
from engine.ground.errors import DeploymentRejected
from office.guideline.files import guideline_files
from office.operations.demo import DEMO_PASSWORD
from office.people import people
from tests.support.agency import ASSIGNED, Agency
from tests.walks.test_three_walks import COMPLAINT, SCREENED_G
from tests.web.visitor import Visitor, attached

PASSWORD = "กล้วย เดินเรือ ฝนตก เก้าอี้"
FILES = guideline_files("agency")


@pytest.fixture
def second(agency: Agency, app: Flask) -> Visitor:
    """A second administrator."""
    with agency.office.begin() as work:
        people.add_user(
            work,
            "administrator.2",
            "ผู้ดูแลคนที่สอง",
            DEMO_PASSWORD,
            groups=["administrator"],
            demo=True,
        )
    visitor = Visitor(app.test_client())
    visitor.sign_in("administrator.2")
    return visitor


@pytest.fixture
def admin(visitor: Visitor) -> Visitor:
    visitor.sign_in("administrator")
    return visitor


def groups_of(agency: Agency, username: str) -> frozenset[str]:
    with agency.office.read() as work:
        return people.user_by_name(work, username).groups


def page_of(admin: Visitor, name: str) -> str:
    """Open the page of somebody from the list; returns its address."""
    page = admin.visit("/admin/people")
    found = re.search(rf'href="(/admin/people/\w{{32}})">{re.escape(name)}<', page)
    assert found, name
    admin.visit(found[1])
    return found[1]


# ── people ─────────────────────────────────────────────────────────────────────────────────────


def test_somebody_new_is_given_a_code_and_chooses_their_password(
    agency: Agency, admin: Visitor, another: Visitor
) -> None:
    admin.visit("/admin/people/new")
    page = admin.send(
        "/admin/people/new", username="malee", name="มาลี ใจดี", unit="it", group="unit_officer@it"
    )
    code = re.search(r"<code>([A-Z2-9]{4}(?:-[A-Z2-9]{4}){3})</code>", page)
    assert code

    another.visit("/welcome")
    another.send("/welcome", username="malee", code=code[1], password=PASSWORD, again=PASSWORD)
    another.send("/sign-in", username="malee", password=PASSWORD)

    assert another.path == "/work"
    assert groups_of(agency, "malee") == {"unit_officer@it"}


def test_a_role_that_sees_everything_takes_a_second_administrator(
    agency: Agency, admin: Visitor, second: Visitor
) -> None:
    place = page_of(admin, "เจ้าหน้าที่ฝ่าย ฝขท. (สาธิต)")
    wanted = {"group": ["unit_officer@it", "auditor"]}
    admin.send(f"{place}/roles", wanted)
    assert admin.status == 422  # without a reason
    admin.send(f"{place}/roles", wanted, reason="คำสั่งที่ 5/2569")

    assert "รอผู้ดูแลระบบอีกคนหนึ่ง" in admin.page
    assert groups_of(agency, "unit_officer.it") == {"unit_officer@it"}
    request = re.search(r'action="(/admin/people/requests/\w+)"', second.visit("/admin/people"))
    assert request
    assert "requests/" not in admin.visit("/admin/people")
    admin.send(request[1], decision="grant")
    assert admin.status == 403
    second.send(request[1], decision="grant")

    assert groups_of(agency, "unit_officer.it") == {"unit_officer@it", "auditor"}
    second.send(request[1], decision="grant")
    assert second.status == 409


def test_a_role_is_taken_away_by_one_and_at_once(agency: Agency, admin: Visitor) -> None:
    place = page_of(admin, "ผู้ตรวจสอบภายใน (สาธิต)")

    admin.send(f"{place}/roles", {"group": []})

    assert groups_of(agency, "auditor") == frozenset()


def test_a_closed_account_is_out_at_once_and_a_reset_one_needs_its_code(
    agency: Agency, admin: Visitor, another: Visitor
) -> None:
    another.sign_in("unit_officer.it")
    place = page_of(admin, "เจ้าหน้าที่ฝ่าย ฝขท. (สาธิต)")

    admin.send(f"{place}/state", state="close")
    another.visit("/work")
    assert another.path == "/sign-in"
    admin.send(f"{place}/state", state="open")
    another.sign_in("unit_officer.it")
    assert another.path == "/work"
    page = admin.send(f"{place}/reset", what="all")

    assert re.search(r"<code>[A-Z2-9]{4}-", page)
    another.visit("/work")
    assert another.path == "/sign-in"
    another.sign_in("unit_officer.it")
    assert another.status == 401


def test_a_table_of_people_is_taken_whole_or_not_at_all(agency: Agency, admin: Visitor) -> None:
    head = "username,name,unit,roles\n"
    good = head + "malee,มาลี,it,unit_officer@it committee\nsomsak,สมศักดิ์,legal,\n"
    for wrong, told in (
        (good + "somsak2,สมศักดิ์,nowhere,\n", "แถวที่ 4"),
        (good + "administrator,ซ้ำ,,\n", "แถวที่ 4"),
        (good + "x,ชื่อ,,no_such_role\n", "แถวที่ 4"),
        ("name\nx\n", "แถวที่ 1"),
    ):
        admin.visit("/admin/people")
        page = admin.send("/admin/people/import", table=attached(wrong.encode(), "people.csv"))
        assert (admin.status, told in page) == (422, True), wrong
    assert "มาลี" not in admin.visit("/admin/people")

    page = admin.send("/admin/people/import", table=attached(good.encode(), "people.csv"))

    assert len(re.findall(r"<code>[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}</code>", page)) == 2
    assert groups_of(agency, "malee") == {"unit_officer@it", "committee"}


# ── units ──────────────────────────────────────────────────────────────────────────────────────


def test_a_renamed_unit_follows_in_lists_and_history_keeps_its_old_name(
    agency: Agency, admin: Visitor, another: Visitor, clock: TravellingClock
) -> None:
    case = agency.file(COMPLAINT).case_id
    agency.do(case, "screen", SCREENED_G)
    agency.do(case, "assign", {**ASSIGNED, "lead_unit": "it"})
    another.sign_in("screening_head")
    assert "ฝขท." in another.visit(f"/cases/{case}")
    clock.advance(minutes=1)
    admin.visit("/admin/units")
    names = {"abbreviation": "ฝดท.", "name_th": "ฝ่ายดิจิทัล", "name_en": "Digital"}

    admin.send("/admin/units/it", names)
    assert admin.status == 422  # which announcement?
    admin.send("/admin/units/it", names, reference="ประกาศ 1/2569")

    page = another.visit(f"/cases/{case}")
    assert "ฝดท." in page
    told = page.partition('class="timeline"')[2]
    assert "ฝขท." in told
    assert "ฝดท." not in told
    another.sign_in("auditor")
    assert "ฝดท." in another.visit("/audit/cases")
    assert "ฝขท." in admin.visit("/admin/units")  # as a former name


def test_a_unit_with_people_is_not_closed(admin: Visitor) -> None:
    admin.visit("/admin/units")

    page = admin.send("/admin/units/it/state", state="close")

    assert admin.status == 409
    assert "โปรดย้ายก่อน" in page
    admin.send("/admin/units", key="lab", abbreviation="ฝทด.", name_th="ฝ่ายทดลอง")
    admin.send("/admin/units/lab/state", state="close")
    assert "ปิดตั้งแต่" in admin.page


# ── tables that are deployed ───────────────────────────────────────────────────────────────────


def deploy(agency: Agency, name: str, old: str, new: str) -> None:
    content = FILES[name].decode()
    assert old in content
    agency.office.engine.deploy(
        {name: content.replace(old, new).encode()}, agency.person("process_owner").actor
    )


def test_a_changed_table_of_units_applies_and_leaves_what_a_page_changed(
    agency: Agency, admin: Visitor
) -> None:
    admin.visit("/admin/units")
    names = {"abbreviation": "ฝดท.", "name_th": "ฝ่ายดิจิทัล", "name_en": "Digital"}
    admin.send("/admin/units/it", names, reference="ประกาศ 1/2569")

    deploy(agency, "units.csv", "legal,ฝกม.,ชื่อเต็มรอยืนยัน", "legal,สกม.,สำนักกฎหมาย")

    page = admin.visit("/admin/units")
    assert "สกม." in page
    assert "ฝดท." in page
    # Nor does a start of the product undo either.
    agency.office.deploy_guideline()
    page = admin.visit("/admin/units")
    assert "สกม." in page
    assert "ฝดท." in page


def test_a_table_of_roles_applies_or_says_why_not(agency: Agency, admin: Visitor) -> None:
    deploy(agency, "roles.csv", "publisher,ผู้เผยแพร่สถิติ", "publisher,ผู้เผยแพร่ตัวเลข")
    assert "ผู้เผยแพร่ตัวเลข" in admin.visit("/admin/people/roles")

    with pytest.raises(DeploymentRejected, match="it needs two_persons=yes"):
        deploy(agency, "roles.csv", "no,none,,yes,no", "no,all,,yes,no")
    with pytest.raises(DeploymentRejected, match="while somebody holds it"):
        deploy(agency, "roles.csv", "no,none,work,no,no", "no,all,work,no,yes")
    first = FILES["roles.csv"].decode().partition("\nauditor,")[2].partition("\n")[0]
    with pytest.raises(DeploymentRejected, match="auditor is no longer in the table"):
        deploy(agency, "roles.csv", f"\nauditor,{first}", "")


# ── acting orders ──────────────────────────────────────────────────────────────────────────────


def test_an_acting_order_gives_a_role_from_day_to_day_and_history_names_it(
    agency: Agency, admin: Visitor, another: Visitor, clock: TravellingClock
) -> None:
    with agency.office.begin() as work:
        malee = people.add_user(work, "malee", "มาลี ใจดี", DEMO_PASSWORD, demo=True)
    case = agency.file(COMPLAINT).case_id
    agency.do(case, "screen", SCREENED_G)
    agency.do(case, "assign", {**ASSIGNED, "lead_unit": "it"})
    admin.visit("/admin/orders")
    order = {"person": malee.id, "group": "unit_officer@it", "number": "12/2569"}
    order |= {"capacity": "substitute", "first": "3/3/2569", "last": "4/3/2569"}
    admin.send("/admin/orders", {**order, "first": "1/3/2569"})
    assert admin.status == 422  # not backwards in time
    admin.send("/admin/orders", order)

    assert "ยังไม่เริ่ม" in admin.page
    assert groups_of(agency, "malee") == frozenset()
    clock.advance(days=1)
    assert groups_of(agency, "malee") == {"unit_officer@it"}
    another.sign_in("malee")
    task = agency.office.engine.tasks(agency.instance(case))[0]
    another.visit(f"/tasks/{task.id}")
    another.send(f"/tasks/{task.id}/claim")
    page = another.visit(f"/cases/{case}")
    assert "มาลี ใจดี (รักษาราชการแทนเจ้าหน้าที่ฝ่าย ฝขท. ตามคำสั่งที่ 12/2569)" in page
    clock.advance(days=2)

    assert groups_of(agency, "malee") == frozenset()
    another.sign_in("malee")
    another.visit(f"/tasks/{task.id}")
    assert another.status in (403, 404)


def test_an_order_for_a_role_that_sees_everything_takes_two_and_ends_early(
    agency: Agency, admin: Visitor, second: Visitor
) -> None:
    with agency.office.begin() as work:
        malee = people.add_user(work, "malee", "มาลี ใจดี", DEMO_PASSWORD, demo=True)
    admin.visit("/admin/orders")
    order = {"person": malee.id, "group": "director", "number": "13/2569"}
    admin.send("/admin/orders", order, capacity="vacancy", first="2/3/2569", last="31/3/2569")
    assert groups_of(agency, "malee") == frozenset()
    agree = re.search(r'action="(/admin/orders/\w+/agree)"', second.visit("/admin/orders"))
    assert agree

    admin.send(agree[1])
    assert admin.status == 403
    second.send(agree[1])
    assert groups_of(agency, "malee") == {"director"}
    second.send(agree[1].replace("agree", "end"))

    assert groups_of(agency, "malee") == frozenset()
