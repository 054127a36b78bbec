"""What a client may see of complaints: as much as a person with its groups would."""

from collections.abc import Iterable

import sqlalchemy as sa

from engine.ground.errors import InstanceNotFound
from engine.store.work import Work
from engine.verbs import queries
from office.applications.application import of_definition
from office.ground.errors import CaseNotFound
from office.ground.tables import Case, Role
from office.people.access import (
    STANDING,
    ask_alike,
    case_behind,
    open_to,
    require_sight,
    sights_of,
)
from office.people.people import User
from webhooks.clients import Client
from webhooks.errors import ComplaintsHaveTheirOwnDoor

RULESET = "complaint-guideline"  # the process property that marks the guideline of complaints


def as_user(client: Client) -> User:
    """The client in the shape the office knows people by."""
    name = client.actor.id
    return User(name, name, client.name, None, client.actor.groups)


def must_see(work: Work, instance_id: str, client: Client) -> Case | None:
    """The complaint that an instance carries, if it carries one.

    Raises:
        InstanceNotFound: there is no such instance, or it is a complaint that is not for this
            client; the two cannot be told apart.
    """
    user = as_user(client)
    try:
        case = case_behind(work, instance_id)
    except InstanceNotFound:
        ask_alike(work, None, user)
        raise
    try:
        return None if case is None else require_sight(work, case, user)[0]
    except CaseNotFound:
        raise InstanceNotFound(instance_id=instance_id) from None


def must_be_free(work: Work, instance_id: str, client: Client) -> None:
    """Refuse what would pass the office by: only it files, moves and ends complaints.

    Raises:
        InstanceNotFound, ComplaintsHaveTheirOwnDoor
    """
    case = must_see(work, instance_id, client)
    definition_id = queries.definition_of(work, instance_id)
    # A message may have started the guideline's process without the office having filed anything.
    if case is not None or _is_guideline(work, definition_id):
        raise ComplaintsHaveTheirOwnDoor


def must_be_free_process(work: Work, key: str) -> None:
    """Raises `ComplaintsHaveTheirOwnDoor` for a process that the office begins cases with."""
    if _is_guideline(work, queries.definition(work, key).id):
        raise ComplaintsHaveTheirOwnDoor


def _is_guideline(work: Work, definition_id: str) -> bool:
    is_filed = queries.model(work, definition_id).id == of_definition(work, definition_id).process
    return is_filed or queries.model(work, definition_id).properties.get("ruleset") == RULESET


def seen(work: Work, cases: Iterable[Case | None], client: Client) -> set[str | None]:
    """The ids of those of the cases that the client sees, and None for what is no complaint."""
    of_cases = [case for case in cases if case is not None]
    return {None, *sights_of(work, of_cases, as_user(client))}


def hidden_instances(work: Work, instance_ids: Iterable[str], client: Client) -> set[str]:
    """Those of the instances whose complaint is hidden from the client, by a role or for now."""
    shown = sa.and_(*open_to(work, as_user(client)))
    query = sa.select(Case.instance_id).where(
        Case.instance_id.in_(set(instance_ids)), sa.not_(shown)
    )
    return {str(id) for id in work.session.scalars(query)}


def has_standing(work: Work, client: Client) -> bool:
    """Whether the client's roles let it see complaints without having a task in them."""
    roles = as_user(client).roles
    query = sa.select(Role.key).where(Role.key.in_(roles), Role.access.in_(list(STANDING)))
    return work.session.scalar(query.limit(1)) is not None
