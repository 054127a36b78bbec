"""Letting programs in and out from the command line."""

from __future__ import annotations

import json
import os

import pytest
from click.testing import CliRunner, Result

from web.cli import main


@pytest.fixture
def samnuan(sqlite_url: str, tmp_path):
    """Runs a command against a database of its own: `samnuan("clients", "list")`."""
    own = {
        "SAMNUAN_DATABASE_URL": sqlite_url,
        "SAMNUAN_DATA_DIR": str(tmp_path / "data"),
        "SAMNUAN_DEVELOPMENT": "1",
    }
    clean = {name: None for name in os.environ if name.startswith("SAMNUAN_")}

    def run(*words: str) -> Result:
        return CliRunner(env={**clean, **own}).invoke(main, words)

    def read(*words: str):
        result = run(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    run.json = read
    return run


def test_a_client_is_created_listed_and_revoked(samnuan):
    created = samnuan.json("clients", "create", "portal", "--scope", "tasks:read", "--group", "it")
    assert created["token"].startswith("smn_")

    [listed] = samnuan.json("clients", "list")
    assert (listed["scopes"], listed["groups"], listed["active"]) == (["tasks:read"], ["it"], True)

    assert samnuan("clients", "revoke", "portal").exit_code == 0
    assert samnuan.json("clients", "list")[0]["active"] is False


def test_a_token_is_shown_once_and_alone_on_its_line(samnuan):
    result = samnuan("--lang", "en", "clients", "create", "portal")

    token, note = result.stdout.splitlines()
    assert token.startswith("smn_")
    assert note == "Keep this token; it is not shown again."
    assert token not in samnuan("clients", "list").stdout


def test_the_scopes_are_listed_in_both_languages(samnuan):
    assert "ติดตั้งกระบวนงาน" in samnuan("clients", "scopes").stdout
    assert "Deploy processes" in samnuan("--lang", "en", "clients", "scopes").stdout


def test_a_source_is_registered_listed_and_closed(samnuan):
    added = samnuan.json("hooks", "add-source", "relay-1111", "--channel", "1111")
    assert added["secret"].startswith("whsec_")
    assert added["path"] == "/hooks/relay-1111"

    samnuan("hooks", "add-source", "portal", "--message", "reply_received", "--variable", "a")
    listed = {row["name"]: row for row in samnuan.json("hooks", "sources")}
    assert listed["relay-1111"]["channel"] == "1111"
    assert listed["portal"]["messages"] == ["reply_received"]

    assert samnuan("hooks", "close-source", "portal").exit_code == 0
    assert "portal" in samnuan("hooks", "sources").stdout


def test_a_subscriber_is_registered_listed_and_closed(samnuan):
    added = samnuan.json("hooks", "subscribe", "portal", "http://127.0.0.1:9/hook")
    assert added["secret"].startswith("whsec_")

    [listed] = samnuan.json("hooks", "subscribers")
    assert len(listed["events"]) == 4

    assert samnuan("hooks", "unsubscribe", "portal").exit_code == 0
    assert samnuan.json("hooks", "subscribers")[0]["active"] is False


def test_the_reports_start_empty(samnuan):
    assert samnuan.json("hooks", "refusals") == []
    assert samnuan.json("hooks", "failures") == []
    assert samnuan("hooks", "refusals").exit_code == 0


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["clients", "create", "Portal"], "a-z"),
        (["clients", "create", "portal", "--scope", "everything"], "everything"),
        (["clients", "revoke", "nobody"], "nobody"),
        (["hooks", "add-source", "both"], "channel"),
        (["hooks", "close-source", "nobody"], "source"),
        (["hooks", "subscribe", "portal", "http://10.0.0.7/"], "10.0.0.7"),
        (["hooks", "subscribe", "portal", "https://8.8.8.8/", "--event", "x"], "x"),
        (["hooks", "unsubscribe", "nobody"], "nobody"),
    ],
)
def test_a_refusal_is_one_line_and_exit_code_one(samnuan, words, reason):
    result = samnuan("--lang", "en", *words)

    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert reason in result.stderr
