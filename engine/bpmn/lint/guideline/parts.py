"""The processes that ask for the guideline rules, and how their cases end."""

import re
from collections.abc import Iterator

from engine.bpmn.lint.registry import Subject
from engine.bpmn.lint.runnable.parts import executable
from engine.bpmn.model import Node, Process, Scope

RULESET = "complaint-guideline"
NOTICES = ("sendTask", "serviceTask", "intermediateThrowEvent", "endEvent")


def asking(subject: Subject) -> Iterator[Process]:
    for process in executable(subject):
        if RULESET in re.split(r"[,\s]+", process.properties.get("ruleset", "")):
            yield process


def user_tasks(subject: Subject) -> Iterator[tuple[Process, Node]]:
    for process in asking(subject):
        for node in process.body.walk():
            if node.tag == "userTask":
                yield process, node


def outcome_of(node: Node) -> str:
    return node.extensions.properties.get("outcome", "")


def letter_of(node: Node) -> str:
    return node.extensions.headers.get("letter", "") if node.tag in NOTICES else ""


def endings(process: Process) -> Iterator[tuple[Scope, Node]]:
    """Ends that close the case: those with an outcome."""
    for scope in process.body.scopes():
        for node in scope.nodes.values():
            if node.tag == "endEvent" and outcome_of(node):
                yield scope, node


def is_part(process: Process) -> bool:
    """Whether it closes no case itself: a process that others call."""
    return not any(True for _ in endings(process))
