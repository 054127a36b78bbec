"""Plays one case on a real database, saved and loaded at every step."""

from __future__ import annotations

from collections import Counter
from typing import Any

from engine import Engine
from engine.ground.actor import Actor
from engine.store.tables import UserTask
from engine.verbs import queries
from tests.support import leftovers
from tests.support.drawing import FORM

OFFICER = Actor.of("officer-1", "officer")


class Play:
    """A case under test: deploy a drawing, start it, do its tasks, look at what happened."""

    def __init__(self, engine: Engine, *files: bytes, key: str = "p", **extra: bytes) -> None:
        self.engine = engine
        leftovers.watch(engine)
        named = {f"d{index}.bpmn": content for index, content in enumerate(files)}
        named.update({name.replace("__", "."): content for name, content in extra.items()})
        engine.deploy({**named, "any.form": FORM}, Actor.of("owner"))
        self.key = key
        self.id = ""

    def start(self, *, at: str = "", **variables: Any) -> Play:
        variables.setdefault("case_id", "case-1")
        key = variables["case_id"]
        self.id = self.engine.start(self.key, variables, business_key=key, start_event=at)
        return self

    def forget(self) -> None:
        """Drop what is in memory, as a restart does."""
        self.engine.machine.cases.drop(self.id)

    def open(self) -> list[str]:
        return sorted(task.element_id for task in self.engine.tasks(self.id))

    def task(self, element: str) -> UserTask:
        for task in self.engine.tasks(self.id):
            if task.element_id == element:
                return task
        raise AssertionError(f"{element} is not open; open are {self.open()}")

    def do(self, element: str, actor: Actor = OFFICER, **variables: Any) -> Play:
        self.forget()
        self.engine.complete(self.task(element).id, variables, actor)
        return self

    def marking(self) -> list[str]:
        with self.engine.read() as work:
            return [place["element_id"] for place in queries.marking(work, self.id)]

    def visits(self) -> Counter[str]:
        """How often each element was entered."""
        return Counter(
            event.element_id
            for event in self.engine.history(self.id)
            if event.type == "activity_entered"
        )

    def types(self) -> list[str]:
        return [event.type for event in self.engine.history(self.id)]

    @property
    def ended(self) -> bool:
        return self.types()[-1].startswith("instance_")

    def check_record(self) -> None:
        """The record is whole, and doing it again gives the same states."""
        assert self.engine.verify(self.id).differences == []
        assert self.engine.replay(self.id).differences == []

    def variables(self) -> dict[str, Any]:
        return self.engine.variables(self.id)
