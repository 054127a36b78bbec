"""Acting orders: who acts for whom, by which order, from when to when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine.ground.errors import Refusal
from engine.store.work import Work
from forms.text.dates import NotADate, parse_date
from office.applications import master_data
from office.ground.errors import OfficeError
from office.people import orders, people
from office.people.acting import CAPACITIES, group_of
from office.people.orders import OrderUnclear
from web.account.confirm import confirmed
from web.admin.accounts import choices
from web.admin.pages import ROLES
from web.current import read, signed_in, user, write
from web.errors import again
from web.language import t
from web.types import Answer

blueprint = Blueprint("orders", __name__, url_prefix="/admin/orders")


@blueprint.get("")
@signed_in(*ROLES)
def overview() -> Answer:
    return _page()


def _page(refusal: Refusal | None = None) -> str:
    with read() as work:
        found = orders.orders(work)
        everybody = [each for each in people.users(work) if each.active]
        ids = {id for row in found for id in (row.account_id, row.made_by, row.agreed_by) if id}
        return render_template(
            "admin/orders.html",
            orders=[(row, orders.state_of(work, row), group_of(row)) for row in found],
            names=people.display_names(work, ids),
            group_text=lambda group: master_data.group_text(work, group),
            people=everybody,
            choices=choices(work),
            capacities=CAPACITIES,
            typed=request.form,
            own=user().id,
            refusal=refusal,
        )


@blueprint.post("")
@signed_in(*ROLES)
@confirmed
def make() -> Answer:
    said = {name: request.form.get(name, "").strip()[:200] for name in request.form}

    def act(work: Work) -> None:
        orders.make_order(
            work,
            said.get("person", ""),
            said.get("group", ""),
            number=said.get("number", ""),
            capacity=said.get("capacity", ""),
            days=(_day(said.get("first", "")), _day(said.get("last", ""))),
            by=user(),
        )

    return _doing(act)


@blueprint.post("/<order_id>/agree")
@signed_in(*ROLES)
@confirmed
def agree(order_id: str) -> Answer:
    return _doing(lambda work: orders.agree(work, order_id, by=user()))


@blueprint.post("/<order_id>/end")
@signed_in(*ROLES)
@confirmed
def end(order_id: str) -> Answer:
    return _doing(lambda work: orders.end_order(work, order_id, by=user()))


def _doing(act: Callable[[Work], None]) -> Answer:
    try:
        with write() as work:
            act(work)
    except OfficeError as refusal:
        return again(_page(refusal), refusal)
    flash(t("บันทึกคำสั่งแล้ว", "The order is saved."), "good")
    return redirect(url_for("orders.overview"), 303)


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except NotADate:
        raise OrderUnclear from None
