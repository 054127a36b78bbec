"""`samnuan hooks`: who may send messages in, who is told of events, and what went wrong."""

from __future__ import annotations

import click

from engine.ground.actor import SYSTEM
from engine.ground.text import Text
from web.cli import language, say
from web.cli.opened import opened_office
from web.cli.output import json_option, print_json, print_table

KEEP_SECRET = Text(
    "เก็บกุญแจนี้ไว้และส่งให้อีกฝ่าย ระบบจะไม่แสดงอีก",
    "Keep this secret and give it to the other side; it is not shown again.",
)


@click.group()
def command() -> None:
    """จัดการการรับส่งเหตุการณ์กับระบบภายนอก

    Manage signed messages in and signed events out.
    """


@command.command("add-source")
@click.argument("name")
@click.option("--channel", help="ช่องทางของเรื่องที่รับเข้า / Channel of the complaints, as web, 1111.")
@click.option("--message", "messages", multiple=True, help="ชื่อข้อความที่ส่งได้ / Message it may send.")
@click.option("--variable", "variables", multiple=True, help="ตัวแปรที่แนบได้ / Variable it may carry.")
@json_option
def add_source(
    name: str,
    channel: str | None,
    messages: tuple[str, ...],
    variables: tuple[str, ...],
    as_json: bool,
) -> None:
    """ลงทะเบียนแหล่งที่ส่งเข้า /hooks/NAME ได้

    Register a source that may post to /hooks/NAME.
    """
    from webhooks.inbound.sources import register_source

    with opened_office() as office, office.engine.begin() as work:
        secret = register_source(
            work,
            office.services.keys.content,
            name,
            channel=channel,
            messages=messages,
            variables=variables,
            actor=SYSTEM,
        )
    _show_secret({"name": name, "path": f"/hooks/{name}", "secret": secret}, as_json)


@command.command("close-source")
@click.argument("name")
def close_source(name: str) -> None:
    """ปิดแหล่งที่ส่งเข้า

    Close a source.
    """
    from webhooks.inbound import sources as inbound

    with opened_office() as office, office.engine.begin() as work:
        inbound.close_source(work, name)
    say(Text("ปิด {name} แล้ว", "{name} is closed."), name=name)


@command.command()
@json_option
def sources(as_json: bool) -> None:
    """แสดงแหล่งที่ส่งเข้าได้

    List the sources.
    """
    from webhooks.inbound import sources as inbound

    with opened_office() as office, office.engine.read() as work:
        rows: list[dict[str, object]] = [
            {
                "name": row.name,
                "active": row.active,
                "channel": row.channel,
                "messages": row.messages,
                "variables": row.variables,
            }
            for row in inbound.sources(work)
        ]
    columns = Text("ชื่อ|เปิดอยู่|ช่องทาง|ข้อความ|ตัวแปร", "Name|Active|Channel|Messages|Variables")
    _show(rows, columns, as_json)


@command.command("subscribe")
@click.argument("name")
@click.argument("url")
@click.option(
    "--event", "events", multiple=True, help="เหตุการณ์ ค่าเริ่มต้นคือทั้งหมด / Event; all of them."
)
@json_option
def subscribe(name: str, url: str, events: tuple[str, ...], as_json: bool) -> None:
    """ลงทะเบียนผู้รับเหตุการณ์

    Register a subscriber; its URL must be https.
    """
    from webhooks.outbound.address import AddressPolicy
    from webhooks.outbound.subscribers import register_subscriber
    from webhooks.settings import WebhookSettings

    policy = AddressPolicy.of(WebhookSettings.read())
    with opened_office() as office, office.engine.begin() as work:
        secret = register_subscriber(
            work,
            office.services.keys.content,
            name,
            url,
            events=events,
            policy=policy,
            actor=SYSTEM,
        )
    _show_secret({"name": name, "url": url, "secret": secret}, as_json)


@command.command("unsubscribe")
@click.argument("name")
def unsubscribe(name: str) -> None:
    """เลิกส่งเหตุการณ์ให้ผู้รับ

    Tell a subscriber nothing any more.
    """
    from webhooks.outbound.subscribers import close_subscriber

    with opened_office() as office, office.engine.begin() as work:
        close_subscriber(work, name)
    say(Text("เลิกส่งให้ {name} แล้ว", "{name} is told nothing any more."), name=name)


@command.command()
@json_option
def subscribers(as_json: bool) -> None:
    """แสดงผู้รับเหตุการณ์

    List the subscribers.
    """
    from webhooks.outbound import subscribers as outbound

    with opened_office() as office, office.engine.read() as work:
        rows: list[dict[str, object]] = [
            {"name": row.name, "active": row.active, "url": row.url, "events": row.events}
            for row in outbound.subscribers(work)
        ]
    _show(rows, Text("ชื่อ|เปิดอยู่|ที่อยู่|เหตุการณ์", "Name|Active|URL|Events"), as_json)


@command.command()
@json_option
def refusals(as_json: bool) -> None:
    """แสดงจำนวนข้อความขาเข้าที่ถูกปฏิเสธ

    Show what was refused at /hooks, by day, source and reason.
    """
    from webhooks.inbound import sources as inbound

    with opened_office() as office, office.engine.read() as work:
        rows: list[dict[str, object]] = [
            {
                "day": row.day.isoformat(),
                "source": row.source,
                "reason": row.reason,
                "count": row.count,
            }
            for row in inbound.refusals(work)
        ]
    _show(rows, Text("วันที่|แหล่ง|เหตุผล|จำนวน", "Day|Source|Reason|Count"), as_json)


@command.command()
@json_option
def failures(as_json: bool) -> None:
    """แสดงเหตุการณ์ที่ส่งไม่สำเร็จหลังลองครบทุกครั้ง

    Show the events that never reached their subscriber.
    """
    from webhooks.outbound.subscribers import failed_deliveries

    with opened_office() as office, office.engine.read() as work:
        rows: list[dict[str, object]] = [
            {
                "id": row.id,
                "event": row.payload["event"]["type"],
                "subscriber": row.payload["subscriber"],
                "attempts": row.attempts,
                "reason": row.last_error or "",
            }
            for row in failed_deliveries(work)
        ]
    _show(rows, Text("รหัส|เหตุการณ์|ผู้รับ|ครั้ง|เหตุผล", "Id|Event|Subscriber|Tries|Reason"), as_json)


def _show_secret(facts: dict[str, str], as_json: bool) -> None:
    if as_json:
        print_json(facts)
        return
    click.echo(facts["secret"])
    say(KEEP_SECRET)


def _show(rows: list[dict[str, object]], columns: Text, as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    print_table(
        columns.of(language()).split("|"), [[_cell(v) for v in row.values()] for row in rows]
    )


def _cell(value: object) -> str:
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, bool):
        return "✓" if value else "–"
    return "" if value is None else str(value)
