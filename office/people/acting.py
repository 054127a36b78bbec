"""Acting orders: who acts in which role, by which order, from which day to which.

The roles that an account holds are those it was given and those it acts in today: whoever asks for
roles asks `held_roles`, so that an order begins and ends by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from engine.store.work import Work
from office.ground.account_tables import ActingOrder
from office.ground.tables import Account, AccountRole

# How somebody acts, and what that is called in front of the position
# (พ.ร.บ. ระเบียบบริหารราชการแผ่นดิน ม.41, ม.46, ม.48; พ.ร.บ. ระเบียบข้าราชการพลเรือน ม.68).
CAPACITIES = {
    "substitute": Text("รักษาราชการแทน", "Acting for"),
    "vacancy": Text("รักษาการในตำแหน่ง", "Acting in the vacant post of"),
    "delegate": Text("ปฏิบัติราชการแทน", "By delegation for"),
}


Act = tuple[str, str, datetime]  # who, in which group, when


NAMES = "display names"  # of accounts, as a unit of work has read them


@dataclass(frozen=True, slots=True)
class Acting:
    """In which capacity somebody acted, by which order."""

    group: str
    capacity: Text
    number: str

    def described(self, role: Text) -> Text:
        """`รักษาราชการแทนผู้อำนวยการสำนักงาน ตามคำสั่งที่ 12/2569`"""
        return Text(
            f"{self.capacity.th}{role.th} ตามคำสั่งที่ {self.number}",
            f"{self.capacity.en} the {role.en}, order {self.number}",
        )


def held_roles(work: Work) -> sa.Subquery:
    """Rows of account, role and unit: those given, and those of the orders of today."""
    today = day_of(work.now)
    given = sa.select(AccountRole.account_id, AccountRole.role, AccountRole.unit)
    acted = sa.select(ActingOrder.account_id, ActingOrder.role, ActingOrder.unit).where(
        ActingOrder.first_day <= today,
        ActingOrder.last_day >= today,
        ActingOrder.agreed_at.is_not(None),
        ActingOrder.ended_at.is_(None),
    )
    return sa.union(given, acted).subquery("held_role")


def acted_at(work: Work, moments: Iterable[Act]) -> dict[Act, Acting]:
    """By account, group and moment: by which order somebody acted then; left out who did not. The
    names of these accounts, which are asked for next, are read along with it."""
    wanted = set(moments)
    accounts = {account for account, _, _ in wanted}
    if not accounts:
        return {}
    agreed = sa.and_(ActingOrder.account_id == Account.id, ActingOrder.agreed_at.is_not(None))
    query = sa.select(Account.id, Account.display_name, ActingOrder).outerjoin(ActingOrder, agreed)
    rows = work.session.execute(
        query.where(Account.id.in_(accounts)).order_by(ActingOrder.made_at)
    ).all()
    names: dict[str, str | None] = work.kept(NAMES, None, dict)
    names.update(dict.fromkeys(accounts) | {id: name for id, name, _ in rows})
    orders = [order for _, _, order in rows if order is not None]
    found = {}
    for account, group, at in wanted:
        for order in orders:
            if order.account_id == account and group == group_of(order) and _was_on(order, at):
                capacity = CAPACITIES.get(order.capacity, CAPACITIES["substitute"])
                found[account, group, at] = Acting(group, capacity, order.number)
    return found


def group_of(order: ActingOrder) -> str:
    return f"{order.role}@{order.unit}" if order.unit else order.role


def day_of(moment: datetime) -> date:
    return moment.astimezone(BANGKOK).date()


def end_of(day: date) -> datetime:
    """The moment at which a day is over in Bangkok."""
    return datetime.combine(day + timedelta(days=1), time(), BANGKOK)


def _was_on(order: ActingOrder, at: datetime) -> bool:
    """Whether an order held at a moment; one that was ended early, until then."""
    is_within = order.first_day <= day_of(at) <= order.last_day
    return is_within and (order.ended_at is None or at < order.ended_at)
