"""Where an outbound delivery may go: public https only, so that a subscriber's URL cannot be used
to reach into the agency's own network."""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from webhooks.errors import AddressRefused
from webhooks.settings import PORTS, Network, WebhookSettings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LONGEST_URL = 2000
# What Python 3.11 takes for public and is not: IETF protocol assignments (RFC 6890), NAT64 of local
# use (RFC 8215), IPv4 in IPv6 of old (RFC 4291) and translated (RFC 7915), segment routing (RFC
# 9602), discard-only (RFC 6666), site-local (RFC 3879).
NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24",
            "192.88.99.0/24",
            "64:ff9b:1::/48",
            "::/96",
            "::ffff:0:0:0/96",
            "100::/64",
            "5f00::/16",
            "fec0::/10",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """`allowed` private networks, and `ports`; `development` also lets plain http reach this very
    machine, at any port."""

    allowed: tuple[Network, ...] = ()
    development: bool = False
    ports: frozenset[int] = PORTS

    @classmethod
    def of(cls, settings: WebhookSettings) -> "AddressPolicy":
        """As the settings of the installation have it."""
        return cls(settings.hook_networks, settings.development, settings.hook_ports)

    def permits(self, address: Address) -> bool:
        address = _without_disguise(address)
        if any(address in network for network in self.allowed):
            return True
        if address.is_loopback:
            return self.development
        if any(address in network for network in NOT_PUBLIC):
            return False
        return address.is_global and not address.is_multicast


@dataclass(frozen=True, slots=True)
class Target:
    """A checked URL, and the one address the connection will be made to."""

    scheme: str
    host: str
    port: int
    path: str  # with the query
    address: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _default_port(self.scheme) else f"{host}:{self.port}"


def check(url: str, policy: AddressPolicy) -> Target:
    """Resolve the URL once and refuse it unless every address it has may be reached.

    The connection is then made to the address found here: asking the name server a second time
    would let it answer with a private address (DNS rebinding).

    Raises:
        AddressRefused: not https, malformed, unresolvable or private.
    """
    scheme, host, port, path = _parts(url)
    addresses = _resolve(url, host, port)
    for address in addresses:
        if not policy.permits(address):
            raise AddressRefused(url=_shown(url), reason="the address is not public")
        is_own = policy.development and address.is_loopback
        if scheme == "http" and not is_own:
            raise AddressRefused(url=_shown(url), reason="only https is allowed")
        if port not in policy.ports and not is_own:
            raise AddressRefused(url=_shown(url), reason="the port is not allowed")
    return Target(scheme, host, port, path, str(addresses[0]))


def _parts(url: str) -> tuple[str, str, int, str]:
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused(url=_shown(url), reason="it is not a plain URL")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused(url=_shown(url), reason="it is not a URL") from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise AddressRefused(url=_shown(url), reason="only https is allowed")
    if parts.username or parts.password or parts.fragment:
        raise AddressRefused(url=_shown(url), reason="it carries credentials or a fragment")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, port or _default_port(parts.scheme), path


def _resolve(url: str, host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused(url=_shown(url), reason="the host name cannot be resolved") from None
    return [ipaddress.ip_address(entry[4][0]) for entry in found]


def _without_disguise(address: Address) -> Address:
    """An IPv4 address that travels inside an IPv6 one (mapped, 6to4, NAT64) is judged as itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _shown(url: str) -> str:
    """Enough of the URL to find it; never its credentials or its query, which may be secrets."""
    return re.sub(r"//[^/]*@", "//", url.partition("?")[0])[:120]
