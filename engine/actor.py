"""Who acts: a person or the system, with the groups that give the right to a task."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is a reference (never a name); `groups` are roles such as `screening_head`
    and unit-bound roles such as `unit_officer@legal`."""

    id: str
    groups: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, id: str, *groups: str) -> "Actor":
        return cls(id, frozenset(groups))

    @property
    def is_system(self) -> bool:
        return self.id == "system"


SYSTEM = Actor("system")
