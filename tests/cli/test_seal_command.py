"""`samnuan seal` and `samnuan verify --heads`: what has left the agency binds who stayed in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Ask
from tests.support.agency import Agency
from tests.walks.test_three_walks import COMPLAINT


@pytest.fixture(autouse=True)
def filed(agency: Agency) -> None:
    """A complaint, so that there is something to sign."""
    agency.file(COMPLAINT)


def test_a_signed_head_is_kept_in_a_file_that_verify_compares_with(
    ask: Ask, tmp_path: Path
) -> None:
    signed = ask("seal", "--json")
    again = ask("seal")

    head = json.loads(signed.stdout)
    (line,) = (tmp_path / "heads.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["root"] == head["root"]
    # What all applications share, the complaint, what was done about the installation, and a case.
    assert len(json.loads(line)["entries"]) == head["size"] == 4
    assert "ไม่มีสิ่งใดเปลี่ยน" in again.stdout
    assert head["public_key"] == ask("seal", "--key").stdout.strip()
    heads = str(tmp_path / "heads.jsonl")
    found = ask("verify", "--heads", heads, "--key", head["public_key"])
    assert (found.exit_code, found.stderr) == (0, "")


def test_heads_of_another_key_are_told(ask: Ask, tmp_path: Path) -> None:
    ask("seal")

    result = ask("verify", "--heads", str(tmp_path / "heads.jsonl"), "--key", "00" * 32)

    assert result.exit_code == 1
    assert "ลงนามด้วยกุญแจอื่น" in result.stderr


def test_a_damaged_file_of_heads_is_one_line(ask: Ask, tmp_path: Path) -> None:
    heads = tmp_path / "mail.txt"
    heads.write_text('เรียน ผู้ตรวจสอบ\n{"size": 2}\n', "utf-8")

    result = ask("verify", "--heads", str(heads))

    assert result.exit_code == 1
    assert "mail.txt บรรทัดที่ 2" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_line_that_a_crash_cut_short_is_written_again(ask: Ask, tmp_path: Path) -> None:
    ask("seal")
    heads = tmp_path / "heads.jsonl"
    whole = heads.read_bytes()
    heads.write_bytes(whole[: len(whole) // 2])

    ask("seal")

    assert heads.read_bytes() == whole


def test_a_sample_is_the_same_for_everybody_with_the_seed(ask: Ask) -> None:
    first, again = (ask("verify", "--sample", "1", "--seed", "2569", "--json") for _ in "ab")

    assert json.loads(first.stdout)["instances"] == 1
    assert first.stdout == again.stdout
