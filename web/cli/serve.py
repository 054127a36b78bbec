"""`samnuan serve`: the whole product on one address, its background work in a thread beside it."""

from __future__ import annotations

import os
import signal
import socket
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click

from engine.ground.errors import Refusal
from engine.ground.settings import all_settings
from engine.ground.text import Text
from web.cli import language, say
from web.cli.opened import opened_office

if TYPE_CHECKING:
    from waitress.server import BaseWSGIServer

    from office.office import Office

READY = Text(
    "\nสำนวนพร้อมใช้งานที่ {url}   (กด Ctrl+C เพื่อหยุด)", "\nSamnuan is at {url}   (Ctrl+C stops it)"
)
GUIDELINE = Text("ติดตั้งแนวทางแล้ว: {versions}", "Deployed: {versions}")
ACCOUNTS = Text(
    "บัญชีสาธิต (รหัสผ่านเดียวกันทุกบัญชี: {password})",
    "Demo accounts (all with the password {password})",
)
MORE = Text("และอีก {count} ฝ่าย", "and {count} more units")


class AddressTaken(Refusal):
    """{host}:{port} cannot be used ({reason}); choose another with --port."""

    thai = "ใช้ {host}:{port} ไม่ได้ ({reason}) โปรดเลือกพอร์ตอื่นด้วย --port"


@click.command(
    help="""เปิดระบบให้ใช้ผ่านเว็บ พร้อมงานเบื้องหลัง

    Serve the product over HTTP; timers, jobs and mail run in a thread of the same process."""
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True)
@click.option("--threads", type=click.IntRange(1, 256), default=8, show_default=True)
@click.option("--demo", is_flag=True, help="สร้างบัญชีสาธิต / With one demo account per role.")
@click.option("--worker/--no-worker", default=True, help="งานเบื้องหลังในเครื่องนี้ / Background work.")
def command(host: str, port: int, threads: int, demo: bool, worker: bool) -> None:
    if demo:
        os.environ["SAMNUAN_DEMO"] = "1"
    listening = _listen(host, port)
    url = f"http://{host}:{listening.getsockname()[1]}"
    os.environ.setdefault("SAMNUAN_PUBLIC_URL", url)
    with opened_office() as office:
        new = [id for deployed in office.deploy_guideline() for id in deployed.new]
        office.note_settings({each.name: each.shown(os.environ) for each in all_settings()})
        if new:
            say(GUIDELINE, versions=", ".join(new))
        if office.settings.demo:
            _print_accounts(office)
        server = _server(office, listening, threads)
        say(READY, url=url)
        _serve(office, server, with_worker=worker)


def _listen(host: str, port: int) -> socket.socket:
    """The socket before anything else: a taken port is told at once, not after a minute's work."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise AddressTaken(host=host, port=port, reason=error.strerror or error) from error
    return listening


def _server(office: Office, listening: socket.socket, threads: int) -> BaseWSGIServer:
    """Listening from here on, so an address that is printed can be opened."""
    from waitress import create_server

    from web.app import build_app

    app = build_app(office=office)
    return create_server(app, sockets=[listening], threads=threads, ident=None)


def _serve(office: Office, server: BaseWSGIServer, *, with_worker: bool) -> None:
    from engine.background.worker import worker_for

    worker = worker_for(office.engine.machine)
    signal.signal(signal.SIGTERM, _stop)
    if with_worker:
        worker.start()
    try:
        server.run()
    finally:
        worker.stop()
        server.close()


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    """What a service manager sends: leave as with Ctrl+C, after what is running."""
    raise KeyboardInterrupt


def _print_accounts(office: Office) -> None:
    """One line for each role; of a role that every unit has, the first account."""
    import sqlalchemy as sa

    from office.ground.tables import Account
    from office.operations.demo import DEMO_PASSWORD

    with office.engine.read() as work:
        query = sa.select(Account.username, Account.display_name).where(Account.demo)
        found = list(work.session.execute(query.order_by(Account.created_at, Account.username)))
    roles: dict[str, list[tuple[str, str]]] = {}
    for username, name in found:
        roles.setdefault(username.split(".")[0], []).append((username, name))
    click.echo()
    say(ACCOUNTS, password=DEMO_PASSWORD)
    for accounts in roles.values():
        username, name = accounts[0]
        more = MORE.format(count=len(accounts) - 1).of(language()) if len(accounts) > 1 else ""
        click.echo(f"  {username:<28} {name} {more}".rstrip())
