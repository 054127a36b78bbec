"""`samnuan worker`: the background work alone, on as many hosts as are wanted."""

from __future__ import annotations

import signal
from types import FrameType

import click

from engine.ground.text import Text
from web.cli import say
from web.cli.opened import opened_office

WORKING = Text(
    "กำลังทำงานเบื้องหลังแบบ {backend} ในชื่อ {name} (กด Ctrl+C เพื่อหยุด)",
    "Working with the backend {backend} as {name} (Ctrl+C stops it)",
)
STOPPED = Text("หยุดแล้ว", "Stopped")


@click.command(
    help="""ทำงานเบื้องหลัง: ตัวจับเวลา งานของขั้นตอนบริการ และการส่งจดหมาย

    Run timers, jobs and deliveries until stopped; several workers share one database."""
)
@click.option(
    "--every",
    type=click.FloatRange(0.1, 3600),
    default=2.0,
    show_default=True,
    help="วินาทีระหว่างรอบ / Seconds between looks.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 32),
    default=4,
    show_default=True,
    help="ทำพร้อมกันกี่รายการ / Items at once.",
)
def command(every: float, concurrency: int) -> None:
    from engine.background.worker import worker_for

    with opened_office() as office:
        worker = worker_for(office.engine.machine, every=every, concurrency=concurrency)

        def stop(_signal: int, _frame: FrameType | None) -> None:
            worker.stop()  # finishes what is running first

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        say(WORKING, name=worker.name, backend=worker.backend)
        worker.run()
    say(STOPPED)
