"""`samnuan users`: open and close accounts, give roles and passwords."""

from __future__ import annotations

import click

from engine.ground.text import Text
from web.cli import language, say
from web.cli.opened import opened_office
from web.cli.output import json_option, print_json, print_table

HEADER = Text("ชื่อผู้ใช้|ชื่อ|ฝ่าย|บทบาท|ใช้งานได้", "User|Name|Unit|Roles|Active")
ADDED = Text("เปิดบัญชี {username} แล้ว", "Opened the account {username}")
CHANGED = Text("แก้ไขบัญชี {username} แล้ว", "Changed the account {username}")


@click.group(help="จัดการบัญชีผู้ใช้ / Manage accounts.")
def command() -> None: ...


@command.command("list", help="แสดงบัญชี / List accounts.")
@json_option
def list_users(as_json: bool) -> None:
    from office.people.people import users

    with opened_office() as office, office.engine.read() as work:
        found = users(work)
    if as_json:
        print_json(
            [
                {
                    "username": user.username,
                    "name": user.display_name,
                    "unit": user.unit,
                    "groups": sorted(user.groups),
                    "active": user.active,
                }
                for user in found
            ]
        )
        return
    rows = [
        [u.username, u.display_name, u.unit or "", ", ".join(sorted(u.groups)), "✓" * u.active]
        for u in found
    ]
    print_table(HEADER.of(language()).split("|"), rows)


password_option = click.option(
    "--password",
    prompt="รหัสผ่าน / Password",
    confirmation_prompt=True,
    hide_input=True,
    help="ถ้าไม่ระบุจะถาม / Asked for when not given.",
)
group_option = click.option(
    "--group",
    "groups",
    multiple=True,
    metavar="ROLE[@UNIT]",
    help="บทบาท เช่น intake_officer หรือ unit_officer@legal / A role; may be repeated.",
)


@command.command(help="เปิดบัญชี / Open an account.")
@click.argument("username")
@click.option("--name", required=True, help="ชื่อที่แสดง / Name shown to colleagues.")
@click.option("--unit", help="ฝ่าย / Unit key.")
@group_option
@password_option
@json_option
def add(
    username: str,
    name: str,
    unit: str | None,
    groups: tuple[str, ...],
    password: str,
    as_json: bool,
) -> None:
    from office.people.people import add_user

    with opened_office() as office, office.engine.begin() as work:
        user = add_user(work, username, name, password, groups=groups, unit=unit)
    if as_json:
        print_json({"id": user.id, "username": user.username, "groups": sorted(user.groups)})
    else:
        say(ADDED, username=username)


@command.command(help="ตั้งรหัสผ่านใหม่และออกจากระบบทุกเครื่อง / Set a password; signs out everywhere.")
@click.argument("username")
@password_option
def password(username: str, password: str) -> None:
    from office.people.people import set_password

    with opened_office() as office, office.engine.begin() as work:
        set_password(work, username, password)
    say(CHANGED, username=username)


@command.command(help="กำหนดบทบาททั้งหมดใหม่ / Replace the roles of an account.")
@click.argument("username")
@group_option
def roles(username: str, groups: tuple[str, ...]) -> None:
    from office.people.people import set_groups, user_by_name

    with opened_office() as office, office.engine.begin() as work:
        set_groups(work, user_by_name(work, username).id, groups)
    say(CHANGED, username=username)


@command.command("close", help="ปิดบัญชีและออกจากระบบทุกเครื่อง / Close an account.")
@click.argument("username")
def close_account(username: str) -> None:
    _set_active(username, active=False)


@command.command("open", help="เปิดบัญชีที่ปิดไว้ / Open a closed account again.")
@click.argument("username")
def open_account(username: str) -> None:
    _set_active(username, active=True)


def _set_active(username: str, *, active: bool) -> None:
    from office.people.people import set_active

    with opened_office() as office, office.engine.begin() as work:
        set_active(work, username, active)
    say(CHANGED, username=username)
