"""Completing a task for a client: a complaint's by the office, any other by the engine."""

from collections.abc import Mapping
from typing import Any

from engine.store.tables import UserTask
from engine.store.work import Work
from engine.verbs import runtime
from office.cases import tasks as office_tasks
from office.ground.services import Services
from office.people.access import case_of_instance
from webhooks.clients import Client
from webhooks.visibility import as_user


def complete(
    work: Work, services: Services, task: UserTask, answers: Mapping[str, Any], client: Client
) -> None:
    """Complete the task with answers to its form.

    Raises:
        FormInvalid: a complaint's form does not accept them.
        TaskNotFound, NotAllowed, TaskAlreadyClaimed
    """
    if case_of_instance(work, task.instance_id) is None:
        runtime.complete_user_task(work, task.id, answers, actor=client.actor)
        return
    office_tasks.complete_task(work, services, task.id, answers, as_user(client))
