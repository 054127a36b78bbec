"""Systems that may post to `/hooks`: registering them, and counting what they were refused."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from engine.ground.actor import Actor
from engine.ground.clock import BANGKOK
from engine.store.work import Work
from office.ground.keys import Keyring
from webhooks.errors import NameRefused, NameTaken, SourceUnknown
from webhooks.naming import checked_name, is_name
from webhooks.secrets import encrypt_secret, open_secret
from webhooks.signing import new_secret
from webhooks.tables import InboundRefusal, InboundSource

UNKNOWN = "?"  # a made-up name must not become a row of its own


def register_source(
    work: Work,
    keyring: Keyring,
    name: str,
    *,
    actor: Actor,
    channel: str | None = None,
    messages: Iterable[str] = (),
    variables: Iterable[str] = (),
) -> str:
    """Register a source of complaints (with its channel) or of messages (with their names, and the
    variables they may carry: anything else could overwrite what the diagram decides on).

    Returns the signing secret, to be given to the other side; it is never shown again.

    Raises:
        NameTaken, NameRefused: the name is in use or malformed, or neither or both kinds are asked.
    """
    names = sorted(set(messages))
    if bool(channel) == bool(names):
        raise NameRefused(name=name, allowed="a channel or messages, one of the two")
    if work.session.get(InboundSource, checked_name(name)) is not None:
        raise NameTaken(name=name)
    secret = new_secret()
    work.session.add(
        InboundSource(
            name=name,
            kind="intake" if channel else "message",
            channel=channel,
            messages=names,
            variables=sorted(set(variables)),
            secret=encrypt_secret(keyring, secret, owner=f"source:{name}"),
            active=True,
            created_at=work.now,
            created_by=actor.id,
        )
    )
    return secret


def close_source(work: Work, name: str) -> None:
    """From now on the source is as good as unknown."""
    active_source(work, name).active = False


def active_source(work: Work, name: str) -> InboundSource:
    source = _find(work, name)
    if source is None or not source.active:
        raise SourceUnknown
    return source


def source_secret(keyring: Keyring, source: InboundSource) -> str:
    return open_secret(keyring, source.secret, owner=f"source:{source.name}")


def sources(work: Work) -> list[InboundSource]:
    return list(work.session.scalars(sa.select(InboundSource).order_by(InboundSource.name)))


def count_refusal(work: Work, name: str, reason: str) -> None:
    """One more refusal of this source today."""
    known = _find(work, name)
    row = {
        "source": known.name if known else UNKNOWN,
        "reason": reason,
        "day": work.now.astimezone(BANGKOK).date(),
        "count": 1,
        "last_at": work.now,
    }
    # One statement: two refusals at once would otherwise both find no row, and one of them fail.
    dialect = work.session.connection().dialect.name
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(InboundRefusal)
    work.session.execute(
        insert.values(row).on_conflict_do_update(
            index_elements=["source", "reason", "day"],
            set_={"count": InboundRefusal.count + 1, "last_at": work.now},
        )
    )


def refusals(work: Work, *, limit: int = 100) -> list[InboundRefusal]:
    """What was refused, the newest day first."""
    newest = (InboundRefusal.day.desc(), InboundRefusal.source, InboundRefusal.reason)
    return list(work.session.scalars(sa.select(InboundRefusal).order_by(*newest).limit(limit)))


def _find(work: Work, name: str) -> InboundSource | None:
    # Asked with whatever stands in the URL: a NUL in it would be an error of PostgreSQL.
    return work.session.get(InboundSource, name) if is_name(name) else None
