"""What of the people and the tables of an agency is followed in the chain of administration."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.work import Work
from office.ground.account_tables import ActingOrder, ExternalIdentity, RoleRequest
from office.ground.administered import State, follow
from office.ground.tables import Account, AccountRole, Role, Status, Unit

ACCOUNT, EXTERNAL = "account", "external_identity"


def _roles(work: Work, account_id: str) -> State:
    query = sa.select(AccountRole.role, AccountRole.unit).where(
        AccountRole.account_id == account_id
    )
    held = work.session.execute(query).all()
    return {"roles": sorted(f"{role}@{unit}" if unit else role for role, unit in held)}


follow(ACCOUNT, Account, {AccountRole: "account_id"}, _roles)
follow("role", Role)
follow("unit", Unit)
follow("status", Status)
follow("acting_order", ActingOrder)
follow("role_request", RoleRequest)
follow(EXTERNAL, ExternalIdentity)
