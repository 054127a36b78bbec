"""`samnuan worker`: the background work alone, on as many hosts as are wanted."""

from __future__ import annotations

import signal
from types import FrameType

import click

from engine.text import Text
from web.cli import say
from web.cli.house import opened_office

WORKING = Text("กำลังทำงานเบื้องหลัง (กด Ctrl+C เพื่อหยุด)", "Working (Ctrl+C stops it)")
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
def command(every: float) -> None:
    from engine.worker import Worker

    with opened_office() as office:
        worker = Worker(office.engine, every=every)

        def stop(_signal: int, _frame: FrameType | None) -> None:
            worker.stop()  # finishes what is running first

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        say(WORKING)
        worker.run()
    say(STOPPED)
