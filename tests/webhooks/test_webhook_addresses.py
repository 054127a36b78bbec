"""Where a delivery may go, so that a subscriber's URL cannot reach into the installation."""

import ipaddress
import socket

import pytest

from webhooks.errors import AddressRefused
from webhooks.outbound.address import AddressPolicy, check
from webhooks.settings import networks

STRICT = AddressPolicy()
DEVELOPMENT = AddressPolicy(development=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://10.0.0.7/",
        "https://172.16.3.4/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.7]/",
        "https://[64:ff9b::a00:7]/",
        "https://[2002:a00:7::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::10.0.0.7]/",
        "https://[::ffff:0:a00:7]/",
        "https://[64:ff9b:1::a00:7]/",
        "https://[64:ff9b:1:ffff::8.8.8.8]/",
        "https://192.0.0.7/",
        "https://192.0.0.170/",
        "https://[5f00::1]/",
        "https://[fec0::1]/",
        "https://[100::1]/",
        "https://localhost/",
        "https://2130706433/",  # 127.0.0.1 written as one number
        "https://0x7f.1/",
    ],
)
def test_an_address_inside_the_network_is_refused(url):
    with pytest.raises(AddressRefused):
        check(url, STRICT)


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8/",
        "ftp://8.8.8.8/",
        "file:///etc/passwd",
        "gopher://8.8.8.8/",
        "//8.8.8.8/",
        "https://",
        "https://user:secret@8.8.8.8/",
        "https://8.8.8.8/#part",
        "https://8.8.8.8:99999/",
        "https://8.8.8.8/a b",
        "https://8.8.8.8/\r\nHost: elsewhere",
        "https://[::1/",
        "https://สำนวน.example/",
        "https://8.8.8.8/" + "a" * 2000,
        "",
    ],
)
def test_what_is_not_a_plain_https_url_is_refused(url):
    with pytest.raises(AddressRefused):
        check(url, STRICT)


@pytest.mark.parametrize("port", [22, 25, 80, 3306, 5432, 6379, 8443])
def test_only_ports_of_the_setting_are_reached(port):
    with pytest.raises(AddressRefused) as refused:
        check(f"https://8.8.8.8:{port}/", STRICT)

    assert "port" in refused.value.text.en
    assert check(f"https://8.8.8.8:{port}/", AddressPolicy(ports=frozenset({port}))).port == port


def test_a_public_address_is_accepted_as_it_stands():
    target = check("https://8.8.8.8:8443/hook?a=1", AddressPolicy(ports=frozenset({443, 8443})))

    assert (target.address, target.port, target.path) == ("8.8.8.8", 8443, "/hook?a=1")
    assert target.host_header == "8.8.8.8:8443"


def test_plain_http_reaches_only_this_machine_and_only_in_development():
    assert check("http://127.0.0.1:8080/", DEVELOPMENT).port == 8080

    with pytest.raises(AddressRefused):
        check("http://8.8.8.8/", DEVELOPMENT)
    with pytest.raises(AddressRefused):
        check("https://10.0.0.7/", DEVELOPMENT)


def test_a_private_network_is_reached_when_the_settings_name_it():
    policy = AddressPolicy(networks("10.1.0.0/16, 192.168.7.9"))

    assert check("https://10.1.2.3/", policy).address == "10.1.2.3"
    assert policy.permits(ipaddress.ip_address("192.168.7.9"))
    with pytest.raises(AddressRefused):
        check("https://10.2.0.1/", policy)
    with pytest.raises(AddressRefused):
        check("http://10.1.2.3/", policy)


def test_a_name_with_one_private_address_among_its_addresses_is_refused(monkeypatch):
    # The name server belongs to the outside world: this is what a rebinding answer looks like.
    def answer(host, port, **_options):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in ("8.8.8.8", "10.0.0.7")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)

    with pytest.raises(AddressRefused):
        check("https://subscriber.example/", STRICT)


@pytest.mark.parametrize("url", ["http://8.8.8.8/?token=hidden", "https://me:hidden@8.8.8.8/"])
def test_a_refusal_never_quotes_a_secret_of_the_url(url):
    with pytest.raises(AddressRefused) as refusal:
        check(url, STRICT)

    assert "hidden" not in refusal.value.text.th + refusal.value.text.en
