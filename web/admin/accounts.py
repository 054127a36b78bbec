"""What an administrator looks at: accounts with the roles they hold, and roles to be given."""

from __future__ import annotations

from dataclasses import dataclass

from engine.ground.text import Text
from engine.store.work import Work
from office.applications import master_data
from office.ground import reference
from office.people import people
from office.people.acting import day_of


@dataclass(frozen=True, slots=True)
class Person:
    """An account as the list shows it."""

    id: str
    username: str
    display_name: str
    roles: tuple[Text, ...]
    active: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A role that can be given, for one unit where it is bound to one."""

    group: str
    name: Text
    is_guarded: bool


def people_list(work: Work) -> list[Person]:
    return [
        Person(
            id=user.id,
            username=user.username,
            display_name=user.display_name,
            roles=tuple(master_data.group_text(work, group) for group in sorted(user.groups)),
            active=user.active,
        )
        for user in people.users(work)
    ]


def choices(work: Work) -> list[Choice]:
    """Every role, in the order of the table; a unit-bound one for each unit of today."""
    units = [unit.key for unit in master_data.units(work, on=day_of(work.now))]
    found = []
    for key, role in reference.roles(work).items():
        for group in [f"{key}@{unit}" for unit in units] if role.unit_bound else [key]:
            name = master_data.group_text(work, group)
            found.append(Choice(group, name, bool(role.two_persons)))
    return found
