"""`samnuan clients`: programs that may use the REST API, and what each of them may do."""

from __future__ import annotations

import click

from engine.ground.actor import SYSTEM
from engine.ground.text import Text
from web.cli import language, say
from web.cli.opened import opened_office
from web.cli.output import json_option, print_json, print_table


@click.group()
def command() -> None:
    """จัดการสิทธิของระบบภายนอกที่ใช้ API

    Manage the programs that use the REST API.
    """


@command.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, help="สิทธิ / Scope; see `clients scopes`.")
@click.option("--group", "groups", multiple=True, help="กลุ่มที่ทำงานแทน / Group it acts for.")
@json_option
def create(name: str, scopes: tuple[str, ...], groups: tuple[str, ...], as_json: bool) -> None:
    """ลงทะเบียนระบบและออกโทเคน ซึ่งแสดงครั้งเดียว

    Register a program and print its token, once.
    """
    from webhooks.clients import register_client

    with opened_office() as office, office.engine.begin() as work:
        id, token = register_client(work, name, scopes, groups, actor=SYSTEM)
    if as_json:
        print_json({"id": id, "name": name, "token": token})
        return
    click.echo(token)
    say(Text("เก็บโทเคนนี้ไว้ ระบบจะไม่แสดงอีก", "Keep this token; it is not shown again."))


@command.command("list")
@json_option
def list_clients(as_json: bool) -> None:
    """แสดงระบบที่ลงทะเบียนไว้

    List the programs.
    """
    from webhooks.clients import clients

    with opened_office() as office, office.engine.read() as work:
        rows = clients(work)
    if as_json:
        print_json(
            [
                {
                    "name": row.name,
                    "active": row.active,
                    "scopes": row.scopes,
                    "groups": row.groups,
                    "created_at": row.created_at,
                }
                for row in rows
            ]
        )
        return
    header = Text("ชื่อ|สถานะ|สิทธิ|กลุ่ม", "Name|State|Scopes|Groups").of(language()).split("|")
    print_table(
        header,
        [
            [row.name, _state(row.active), " ".join(row.scopes), " ".join(row.groups)]
            for row in rows
        ],
    )


@command.command()
@click.argument("name")
def revoke(name: str) -> None:
    """ยกเลิกโทเคนของระบบทันที

    Revoke a program's token at once.
    """
    from webhooks.clients import revoke_client

    with opened_office() as office, office.engine.begin() as work:
        revoke_client(work, name)
    say(Text("ยกเลิกสิทธิของ {name} แล้ว", "{name} may no longer enter."), name=name)


@command.command()
@json_option
def scopes(as_json: bool) -> None:
    """แสดงสิทธิที่ให้ได้

    List the scopes there are.
    """
    from webhooks.clients import SCOPES

    if as_json:
        print_json(SCOPES)
        return
    print_table(
        Text("สิทธิ|ความหมาย", "Scope|Meaning").of(language()).split("|"),
        [[scope, meaning.of(language())] for scope, meaning in SCOPES.items()],
    )


def _state(active: bool) -> str:
    return (Text("ใช้ได้", "active") if active else Text("ยกเลิกแล้ว", "revoked")).of(language())
