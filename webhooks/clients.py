"""Programs that use the REST API: their tokens, scopes, and the actor each of them acts as."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

import sqlalchemy as sa

from engine.ground.actor import Actor
from engine.ground.text import Text
from engine.store.work import Work
from webhooks.errors import NameRefused, NameTaken, ScopeMissing, TokenRefused
from webhooks.naming import checked_choices, checked_name
from webhooks.tables import ApiClient

TOKEN_PREFIX = "smn_"  # noqa: S105 - lets secret scanners recognise a leaked token

SCOPES = {
    "tasks:read": Text("ดูงานที่เปิดอยู่ของกลุ่ม", "Read the open tasks of the client's groups"),
    "tasks:write": Text("รับ คืน และทำงานให้เสร็จ", "Claim, release and complete them"),
    "instances:read": Text("ดูเรื่องที่ดำเนินการ", "Read process instances"),
    "instances:write": Text("เริ่มและยกเลิกเรื่อง", "Start and cancel process instances"),
    "history:read": Text("ดูประวัติของเรื่อง", "Read what happened in an instance"),
    "processes:read": Text("ดูและดาวน์โหลดกระบวนงาน", "Read and download deployed processes"),
    "deployments:write": Text("ติดตั้งกระบวนงาน", "Deploy processes, decisions and forms"),
    "messages:write": Text("ส่งข้อความให้เรื่องที่รออยู่", "Send messages to waiting instances"),
    "incidents:read": Text("ดูเหตุขัดข้อง", "Read incidents"),
    "incidents:write": Text("ปิดเหตุขัดข้อง", "Resolve incidents"),
    "jobs:work": Text("ทำงานอัตโนมัติแทนระบบ", "Activate, complete, fail and extend jobs"),
    "hooks:read": Text(
        "ดูสิ่งที่ถูกปฏิเสธและส่งไม่ถึง", "Read what was refused and what was never delivered"
    ),
}


@dataclass(frozen=True, slots=True)
class Client:
    """A program whose token was believed."""

    id: str
    name: str
    scopes: frozenset[str]
    actor: Actor

    def must_have(self, scope: str) -> None:
        if scope not in self.scopes:
            raise ScopeMissing(scope=scope)


def register_client(
    work: Work, name: str, scopes: Iterable[str], groups: Iterable[str], *, actor: Actor
) -> tuple[str, str]:
    """Register a program; returns its id and its token, which is never shown again.

    Raises:
        NameTaken, NameRefused: the name is in use or malformed, or a scope is unknown.
    """
    wanted = checked_choices(list(scopes), SCOPES)
    if work.session.scalar(sa.select(ApiClient.id).where(ApiClient.name == checked_name(name))):
        raise NameTaken(name=name)
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    client = ApiClient(
        id=uuid4().hex,
        name=name,
        token_hash=_hash(token),
        scopes=wanted,
        groups=sorted(set(groups)),
        active=True,
        created_at=work.now,
        created_by=actor.id,
    )
    work.session.add(client)
    return client.id, token


def revoke_client(work: Work, name: str) -> None:
    """From the next request on, the client's token opens nothing."""
    client = work.session.scalar(sa.select(ApiClient).where(ApiClient.name == name))
    if client is None:
        raise NameRefused(name=name, allowed=", ".join(_names(work)))
    client.active = False


def clients(work: Work) -> list[ApiClient]:
    return list(work.session.scalars(sa.select(ApiClient).order_by(ApiClient.name)))


def token_hash(header: str) -> str:
    """What an `Authorization` header is known by.

    Raises:
        TokenRefused: it holds no bearer token of ours.
    """
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(TOKEN_PREFIX):
        raise TokenRefused
    return _hash(token)


def authenticate(work: Work, hash: str) -> Client:
    """The client of a token, by its hash.

    Raises:
        TokenRefused: the token is unknown or revoked; never says which.
    """
    query = sa.select(ApiClient).where(ApiClient.token_hash == hash, ApiClient.active)
    found = work.session.scalar(query)
    if found is None:
        raise TokenRefused
    actor = Actor(f"client:{found.name}", frozenset(found.groups))
    return Client(found.id, found.name, frozenset(found.scopes), actor)


def _names(work: Work) -> list[str]:
    return list(work.session.scalars(sa.select(ApiClient.name).where(ApiClient.active)))


def _hash(token: str) -> str:
    # 256 random bits cannot be guessed, so a fast hash is enough; a password would need argon2.
    return hashlib.sha256(token.encode()).hexdigest()
