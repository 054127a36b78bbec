"""Settings of the REST API and of webhooks."""

import ipaddress

from limits import parse

from engine.ground.settings import Settings, Unfit, flag, number, setting
from engine.ground.text import Text

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(raw: str) -> tuple[Network, ...]:
    """Networks in CIDR form: `10.1.0.0/16, 192.168.7.9`."""
    try:
        return tuple(ipaddress.ip_network(part) for part in raw.replace(",", " ").split())
    except ValueError:
        raise Unfit(
            "ต้องเป็นเครือข่ายในรูป 10.1.0.0/16 คั่นด้วยจุลภาค",
            "it must list networks such as 10.1.0.0/16, separated by commas",
        ) from None


PORTS = frozenset({443})  # to which events are delivered


def ports(raw: str) -> frozenset[int]:
    """Numbers of ports: `443, 8443`."""
    try:
        found = frozenset(int(part) for part in raw.replace(",", " ").split())
    except ValueError:
        found = frozenset()
    if not found or not all(0 < port < 65536 for port in found):
        raise Unfit("ต้องเป็นหมายเลขพอร์ตคั่นด้วยจุลภาค", "it must list port numbers, separated by commas")
    return found


def rate(raw: str) -> str:
    """A rate in Flask-Limiter's words: `600/minute`."""
    try:
        parse(raw)
    except ValueError:
        raise Unfit("ต้องอยู่ในรูป 600/minute", "it must read like 600/minute") from None
    return raw


class WebhookSettings(Settings):
    """What the REST API and webhooks accept, and where events may go."""

    api_rate: str = setting(
        "SAMNUAN_API_RATE",
        Text("จำนวนคำขอ API ต่อโทเคน", "API requests per token"),
        parse=rate,
        default="600/minute",
    )
    limits_storage: str = setting(
        "SAMNUAN_LIMITS_STORAGE",
        Text(
            "ที่นับคำขอร่วมกันเมื่อมีหลายเครื่อง เช่น redis://…",
            "Where requests are counted when there are several hosts, as redis://…",
        ),
        default="memory://",
    )
    hook_body_limit: int = setting(
        "SAMNUAN_HOOK_BODY_LIMIT",
        Text("ขนาดข้อความขาเข้าสูงสุด (ไบต์)", "Largest inbound message (bytes)"),
        parse=number(1_000, 50_000_000),
        default=256_000,
    )
    hook_networks: tuple[Network, ...] = setting(
        "SAMNUAN_WEBHOOK_NETWORKS",
        Text(
            "เครือข่ายภายในที่ยอมให้ส่งเหตุการณ์ไปถึง",
            "Private networks that events may be delivered to",
        ),
        parse=networks,
        default=tuple,
    )
    hook_ports: frozenset[int] = setting(
        "SAMNUAN_WEBHOOK_PORTS",
        Text("พอร์ตที่ยอมให้ส่งเหตุการณ์ไปถึง", "Ports that events may be delivered to"),
        parse=ports,
        default=lambda: PORTS,
    )
    development: bool = setting(
        "SAMNUAN_DEVELOPMENT",
        Text("เครื่องสำหรับพัฒนาและสาธิต", "This installation is for development"),
        parse=flag,
        default=False,
    )
