"""Settings: read checked, refused by name, listed without their secrets."""

from pathlib import Path

import pytest

from engine.ground.settings import (
    DatabaseSettings,
    SettingInvalid,
    SettingMissing,
    Settings,
    SettingsFileInvalid,
    all_settings,
    choice,
    declared_settings,
    flag,
    number,
    read_settings_file,
    setting,
    unknown_settings,
    words,
)
from engine.ground.text import Text

HELP = Text("ค่าสำหรับทดสอบ", "a value for tests")


class ProbeSettings(Settings):
    """Only for these tests."""

    key: str = setting("SAMNUAN_PROBE_KEY", HELP, secret=True)
    port: int = setting("SAMNUAN_PROBE_PORT", HELP, parse=number(1, 65535), default=25)
    mode: str = setting("SAMNUAN_PROBE_MODE", HELP, parse=choice("plain", "tls"), default="plain")
    loud: bool = setting("SAMNUAN_PROBE_LOUD", HELP, parse=flag, default=False)
    names: tuple[str, ...] = setting("SAMNUAN_PROBE_NAMES", HELP, parse=words, default=())


def test_what_is_set_is_read_and_the_rest_has_its_default() -> None:
    environ = {"SAMNUAN_PROBE_KEY": "k", "SAMNUAN_PROBE_PORT": "587", "SAMNUAN_PROBE_NAMES": "a, b"}

    probe = ProbeSettings.read(environ)

    assert probe == ProbeSettings(key="k", port=587, names=("a", "b"))
    assert (probe.mode, probe.loud) == ("plain", False)


def test_a_missing_setting_is_refused_by_its_name() -> None:
    with pytest.raises(SettingMissing) as refused:
        ProbeSettings.read({})

    assert "SAMNUAN_PROBE_KEY" in refused.value.text.th
    assert "SAMNUAN_PROBE_KEY" in refused.value.text.en


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SAMNUAN_PROBE_PORT", "70000", "from 1 to 65535"),
        ("SAMNUAN_PROBE_PORT", "25x", "from 1 to 65535"),
        ("SAMNUAN_PROBE_PORT", "9" * 500, "from 1 to 65535"),
        ("SAMNUAN_PROBE_MODE", "ssl", "plain, tls"),
        ("SAMNUAN_PROBE_LOUD", "maybe", "1 or 0"),
    ],
)
def test_a_wrong_value_is_refused_and_never_quoted(name: str, value: str, reason: str) -> None:
    with pytest.raises(SettingInvalid) as refused:
        ProbeSettings.read({"SAMNUAN_PROBE_KEY": "k", name: value})

    assert name in refused.value.text.th
    assert reason in refused.value.text.en
    assert value not in refused.value.text.th + refused.value.text.en


def test_a_listing_shows_no_secret() -> None:
    key = declared_settings(ProbeSettings)["key"]
    url = declared_settings(DatabaseSettings)["database_url"]

    assert key.shown({"SAMNUAN_PROBE_KEY": "hunter2"}) == "••••••"
    shown = url.shown({"SAMNUAN_DATABASE_URL": "postgresql://samnuan:hunter2@db/samnuan"})
    assert shown == "postgresql://samnuan:•••@db/samnuan"


def test_a_postgresql_address_gets_its_driver() -> None:
    read = DatabaseSettings.read({"SAMNUAN_DATABASE_URL": "postgres://samnuan@db/samnuan"})

    assert read.database_url == "postgresql+psycopg://samnuan@db/samnuan"


def test_another_database_is_refused() -> None:
    with pytest.raises(SettingInvalid) as refused:
        DatabaseSettings.read({"SAMNUAN_DATABASE_URL": "mysql://root@db/x"})

    assert "sqlite:///" in refused.value.text.th


def test_a_misspelt_name_is_noticed() -> None:
    environ = {"SAMNUAN_DATABSE_URL": "x", "SAMNUAN_DATABASE_URL": "y", "PATH": "/bin"}

    assert unknown_settings(environ) == ["SAMNUAN_DATABSE_URL"]


def test_a_setting_read_in_two_places_is_listed_once() -> None:
    names = [declared.name for declared in all_settings()]

    assert len(names) == len(set(names))


def test_a_file_of_settings_reads_as_a_shell_would(tmp_path: Path) -> None:
    path = tmp_path / "dev.env"
    path.write_text("# demo\n\nexport SAMNUAN_DEMO=1\nSAMNUAN_RECEIPT_PREFIX='รร.'\n", "utf-8")

    assert read_settings_file(path) == {"SAMNUAN_DEMO": "1", "SAMNUAN_RECEIPT_PREFIX": "รร."}


def test_a_line_that_is_no_setting_is_refused_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "dev.env"
    path.write_text("SAMNUAN_DEMO=1\nrm -rf\n", "utf-8")

    with pytest.raises(SettingsFileInvalid) as refused:
        read_settings_file(path)

    assert refused.value.facts == {"file": "dev.env", "row": 2}
