"""What an administrator looks at: accounts with the roles they hold."""

from __future__ import annotations

from dataclasses import dataclass

from engine.ground.text import Text
from engine.store.work import Work
from office.applications import master_data
from office.people import people


@dataclass(frozen=True, slots=True)
class Person:
    """An account as the list shows it."""

    username: str
    display_name: str
    roles: tuple[Text, ...]
    active: bool


def people_list(work: Work) -> list[Person]:
    return [
        Person(
            username=user.username,
            display_name=user.display_name,
            roles=tuple(master_data.group_text(work, group) for group in sorted(user.groups)),
            active=user.active,
        )
        for user in people.users(work)
    ]
