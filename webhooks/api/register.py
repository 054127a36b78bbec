"""Opens the API in an application."""

from flask import Blueprint, Flask

from webhooks.api.incidents import incidents
from webhooks.api.instances import instances
from webhooks.api.jobs import jobs
from webhooks.api.messages import messages
from webhooks.api.processes import processes
from webhooks.api.reference import reference
from webhooks.api.spec import DoorApi
from webhooks.api.tasks import tasks

NOUNS = (tasks, instances, processes, messages, jobs, incidents)


def open_api(app: Flask) -> tuple[Blueprint, ...]:
    """Register every noun and the reference page; returns the blueprints that take POSTs."""
    api = DoorApi(app)
    for noun in NOUNS:
        api.register_blueprint(noun)
    app.register_blueprint(reference(api))
    return NOUNS
