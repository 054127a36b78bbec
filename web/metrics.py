"""`/metrics` for Prometheus: how much is open, late, waiting or broken. Numbers only, no person."""

from __future__ import annotations

import hmac
import ipaddress
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from engine.background.backlog import Backlog, Queue, backlog
from engine.ground.errors import NotAllowed
from engine.turn.metrics import TurnMeter
from office.deadlines.rows import deadline_counts
from web.current import office, settings
from web.types import Answer

if TYPE_CHECKING:
    from prometheus_client import Metric

blueprint = Blueprint("metrics", __name__)
FRESH = 5.0  # seconds for which the numbers of one look serve everybody who asks
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip")


class MetricsClosed(NotAllowed):
    """Metrics are read with the token of SAMNUAN_METRICS_TOKEN, or from this machine itself."""

    thai = "อ่านตัวชี้วัดได้ด้วยโทเคน SAMNUAN_METRICS_TOKEN หรือจากเครื่องนี้เองเท่านั้น"


@blueprint.get("/metrics")
def metrics() -> Answer:
    """The numbers of this moment, as Prometheus reads them."""
    _admit()
    from prometheus_client import CONTENT_TYPE_LATEST

    return Response(_page.text(_written), content_type=CONTENT_TYPE_LATEST)


def _admit() -> None:
    token = settings().metrics_token
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise MetricsClosed
        return
    # A proxy on this machine makes everybody look local: whoever was forwarded is not.
    is_forwarded = any(name in request.headers for name in FORWARDED)
    if is_forwarded or not _is_local(request.remote_addr):
        raise MetricsClosed


def _is_local(address: str | None) -> bool:
    return address is not None and ipaddress.ip_address(address).is_loopback


class _Page:
    """The last page and when it was written, by a clock that nobody sets."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._text = b""
        self._written = -1e9
        self._of: object = None

    def forget(self) -> None:
        self._written = -1e9

    def text(self, write: Callable[[], bytes]) -> bytes:
        current = office()
        with self._guard:
            if self._of is not current or time.monotonic() - self._written > FRESH:
                self._text, self._written, self._of = write(), time.monotonic(), current
            return self._text


_page = _Page()


def forget() -> None:
    """The next one who asks gets the numbers of that moment."""
    _page.forget()


def _written() -> bytes:
    from prometheus_client import CollectorRegistry, generate_latest

    with office().engine.read() as work:
        now, found, clocks = work.now, backlog(work), deadline_counts(work)
    registry = CollectorRegistry()
    registry.register(
        _Numbers(list(_figures(found, clocks, now.timestamp(), office().engine.meter)))
    )
    return generate_latest(registry)


class _Numbers:
    """A collector of what was found already."""

    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> list[Metric]:
        return self._found


def _figures(
    found: Backlog, clocks: dict[str, int], now: float, meter: TurnMeter
) -> Iterator[Metric]:
    yield _gauge("cases_open", "Cases that have not ended", found.open_cases)
    yield _labelled("tasks", "Open tasks", "state", found.tasks)
    yield _labelled("deadlines", "Cases by the agency's deadlines", "state", clocks)
    yield from _queue_figures("timers", {"": found.timers})
    yield from _queue_figures("jobs", found.jobs)
    yield from _queue_figures("deliveries", {"": found.deliveries})
    yield _labelled(
        "incidents", "Incidents that wait for an administrator", "kind", found.incidents
    )
    ages = {name: now - seen.timestamp() for name, seen in found.workers.items()}
    yield _labelled("worker_seen_seconds", "Since each worker was seen", "worker", ages)
    yield _turns(meter)


def _queue_figures(what: str, queues: dict[str, Queue]) -> Iterator[Metric]:
    due = {name: queue.due for name, queue in queues.items()}
    lag = {name: queue.lag for name, queue in queues.items()}
    yield _labelled(f"{what}_due", f"Of the {what}, those whose time has come", "type", due)
    yield _labelled(f"{what}_lag_seconds", f"How late the latest of the {what} is", "type", lag)


def _gauge(name: str, help: str, value: float) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(f"samnuan_{name}", help, value=value)


def _labelled(name: str, help: str, label: str, values: Any) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(f"samnuan_{name}", help, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family


def _turns(meter: TurnMeter) -> Metric:
    from prometheus_client.core import HistogramMetricFamily

    help = "Turns of cases made by this process, from the lock to the commit"
    family = HistogramMetricFamily("samnuan_turn_seconds", help, labels=["kind"])
    for kind, buckets, seconds in meter.told():
        family.add_metric([kind], buckets=buckets, sum_value=seconds)
    return family
