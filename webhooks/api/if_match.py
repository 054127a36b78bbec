"""If-Match: the case must still be as the client read it."""

import sqlalchemy as sa
from flask import request

from engine.store.tables import ProcessInstance
from engine.store.work import Work
from webhooks.errors import RevisionMoved


def must_match(work: Work, instance_id: str) -> None:
    """Compare the revision, and hold it until the end of the unit of work.

    Raises:
        RevisionMoved: the case has another revision than If-Match names.
    """
    if not request.if_match:
        return
    query = sa.select(ProcessInstance.revision).where(ProcessInstance.id == instance_id)
    revision = work.session.scalar(query.with_for_update())
    if not request.if_match.contains(str(revision)):
        raise RevisionMoved
