"""Deliveries over https: to the address that was checked, with the certificate of the name."""

from __future__ import annotations

import ssl

import pytest

from tests.webhooks.certificates import authority, server_context
from tests.webhooks.listener import listening
from webhooks.outbound.address import AddressPolicy, Target, check
from webhooks.outbound.transport import post
from webhooks.settings import networks

HERE = AddressPolicy(networks("127.0.0.0/8"), ports=frozenset(range(1, 65536)))


@pytest.fixture
def issuer(tmp_path, monkeypatch):
    issuer = authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(issuer[2]))
    return issuer


def test_a_subscriber_with_a_trusted_certificate_is_reached(tmp_path, issuer):
    with listening(server_context(tmp_path, issuer, "127.0.0.1")) as listener:
        assert post(check(listener.url, HERE), b"{}", {}) == 204

    assert listener.received[0].headers["host"] == f"127.0.0.1:{listener.port}"


def test_a_certificate_of_another_name_is_not_believed(tmp_path, issuer):
    with (
        listening(server_context(tmp_path, issuer, "127.0.0.2")) as listener,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        post(check(listener.url, HERE), b"{}", {})

    assert listener.received == []


def test_the_name_is_proved_even_though_the_address_is_connected_to(tmp_path, issuer):
    with (
        listening(server_context(tmp_path, issuer, "127.0.0.1")) as listener,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        post(Target("https", "hook.example", listener.port, "/", "127.0.0.1"), b"{}", {})


def test_a_certificate_of_an_unknown_authority_is_not_believed(tmp_path, issuer):
    other = tmp_path / "other"
    other.mkdir()

    with (
        listening(server_context(tmp_path, authority(other), "127.0.0.1")) as listener,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        post(check(listener.url, HERE), b"{}", {})
