"""Who acts: a person or the system, with the groups that give the right to a task."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is a reference (never a name); `groups` are roles such as `screening_head`
    and unit-bound roles such as `unit_officer@legal`.

    `role` is the one of their roles in which they act now, and `on_behalf_of` whom they act for:
    the record keeps both with everything they do.
    """

    id: str
    groups: frozenset[str] = field(default_factory=frozenset)
    role: str = ""
    on_behalf_of: str = ""

    @classmethod
    def of(cls, id: str, *groups: str) -> Actor:
        return cls(id, frozenset(groups))

    @property
    def is_system(self) -> bool:
        return self.id == "system"

    def acting(self, roles: Iterable[str], *, on_behalf_of: str = "") -> Actor:
        """The same person in the first of these roles that they hold; one they were given already
        stays."""
        held = next((role for role in roles if role in self.groups), "")
        role, principal = self.role or held, on_behalf_of or self.on_behalf_of
        if (role, principal) == (self.role, self.on_behalf_of):
            return self
        return replace(self, role=role, on_behalf_of=principal)


SYSTEM = Actor("system")
COMMAND_LINE = "command-line:"  # before the name that whoever gives commands has on the machine
