"""If-Match: the case must still be as the client read it."""

import re

import sqlalchemy as sa
from flask import request

from engine.store.tables import ProcessInstance
from engine.store.work import Work
from webhooks.errors import IfMatchUnreadable, RevisionMoved

# `*`, or entity tags in quotes (RFC 9110, 8.8.3 and 13.1.1).
_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_WELL_FORMED = re.compile(rf"\s*(?:\*|{_TAG}(?:\s*,\s*{_TAG})*)\s*")


def must_match(work: Work, instance_id: str) -> None:
    """Compare the revision, and hold it until the end of the unit of work.

    Raises:
        RevisionMoved: the case has another revision than If-Match names.
        IfMatchUnreadable: it names none.
    """
    given = request.headers.get("If-Match")
    if given is None:
        return
    if not _WELL_FORMED.fullmatch(given):
        raise IfMatchUnreadable
    query = sa.select(ProcessInstance.revision).where(ProcessInstance.id == instance_id)
    revision = work.session.scalar(query.with_for_update())
    if not request.if_match.contains(str(revision)):
        raise RevisionMoved
