"""Opens the API in an application."""

from flask import Blueprint, Flask

from webhooks.api.reference import reference
from webhooks.api.resources.incidents import incidents
from webhooks.api.resources.instances import instances
from webhooks.api.resources.jobs import jobs
from webhooks.api.resources.messages import messages
from webhooks.api.resources.processes import processes
from webhooks.api.resources.tasks import tasks
from webhooks.api.spec import SamnuanApi

NOUNS = (tasks, instances, processes, messages, jobs, incidents)


def open_api(app: Flask) -> tuple[Blueprint, ...]:
    """Register every noun and the reference page; returns the blueprints that take POSTs."""
    api = SamnuanApi(app)
    for noun in NOUNS:
        api.register_blueprint(noun)
    app.register_blueprint(reference(api))
    return NOUNS
