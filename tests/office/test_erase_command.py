"""`samnuan erase`, and what leaves the agency after it: nothing that says who was in the case."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner, Result

from office.cases.register import Filed
from office.ground.settings import OfficeSettings
from tests.office.conftest import PERSON
from tests.support.erasing import everything, spellings
from tests.support.verbs import Office
from web.cli import main

REASON = "ครบกำหนดเก็บตามตาราง และผู้ร้องขอให้ลบ"
Ask = Callable[..., Result]


@pytest.fixture
def ask(settings: OfficeSettings) -> Ask:
    environment = {
        "SAMNUAN_DATABASE_URL": settings.database_url,
        "SAMNUAN_DATA_DIR": str(settings.data_dir),
    }
    return lambda *words: CliRunner(env=environment).invoke(main, words)


def asked(ask: Ask, closed: Filed, what: str = "--identity", why: str = REASON) -> Result:
    return ask("erase", closed.receipt_no, what, "--as", "head", "--reason", why)


def test_two_persons_erase_an_identity(office: Office, closed: Filed, ask: Ask) -> None:
    first = asked(ask, closed)
    alone = ask("erase", closed.receipt_no, "--identity", "--as", "head", "--approve")
    second = ask("erase", closed.receipt_no, "--identity", "--as", "custodian", "--approve")

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert "รอผู้มีอำนาจอีกคนหนึ่ง" in first.stdout
    assert alone.exit_code == 1
    assert "กู้คืนไม่ได้อีก" in second.stdout
    assert ask("verify").exit_code == 0


def test_nothing_that_leaves_the_agency_afterwards_names_the_person(
    office: Office, closed: Filed, ask: Ask, settings: OfficeSettings, tmp_path: Path
) -> None:
    asked(ask, closed)
    ask("erase", closed.receipt_no, "--identity", "--as", "custodian", "--approve")
    by = ("--as", "auditor", "-o")
    since = ("--from", "2026-01-01")

    told = [
        ask("export", "xes", *by, str(tmp_path / "log.xes"), *since),
        ask("export", "ocel", *by, str(tmp_path / "log.json"), *since),
        ask("export", "csv", *by, str(tmp_path / "log.csv"), *since),
        ask("export", "case", closed.receipt_no, *by, str(tmp_path / "case.zip")),
        ask("replay", closed.receipt_no, "--json"),
        ask("history", closed.receipt_no, "--json"),
    ]

    assert [each.exit_code for each in told] == [0] * len(told), [each.output for each in told]
    written = [tmp_path / name for name in ("log.xes", "log.json", "log.csv", "case.zip")]
    assert all(closed.receipt_no.encode() in path.read_bytes() for path in written[:3])
    out = b"".join(path.read_bytes() for path in written)
    out += "".join(each.output for each in told).encode()
    with zipfile.ZipFile(tmp_path / "case.zip") as encrypted:
        paper = pypdf.PdfReader(io.BytesIO(encrypted.read("summary.pdf")))
    out += "".join(page.extract_text() for page in paper.pages).encode()
    for word in PERSON:
        for spelled in spellings(word):
            assert spelled not in out + everything(office, settings)


def test_a_request_may_be_refused(closed: Filed, ask: Ask) -> None:
    asked(ask, closed)

    refused = ask("erase", closed.receipt_no, "--identity", "--as", "custodian", "--refuse")
    late = ask("erase", closed.receipt_no, "--identity", "--as", "custodian", "--approve")

    assert (refused.exit_code, refused.stdout.strip()) == (0, "ไม่อนุมัติคำขอลบ")
    assert late.exit_code == 1


def test_bad_input_is_one_line(closed: Filed, ask: Ask) -> None:
    no, what = closed.receipt_no, "--identity"
    reason = ("--reason", REASON)
    for words, code, named in (
        ((no,), 2, "--identity|--content"),
        ((no, what, "--as", "head"), 2, "--reason"),
        ((no, what, "--as", "head", *reason, "--approve"), 2, "--reason"),
        ((no, what, "--as", "head", "--reason", "ลบ"), 1, "10"),
        ((no, what, "--as", "nobody", *reason), 1, "nobody"),
        ((no, what, "--as", "intake", *reason), 1, ""),
        (("รร.99999/2569", what, "--as", "head", *reason), 1, "รร.99999/2569"),
        ((no, what, "--as", "custodian", "--approve"), 1, ""),
    ):
        result = ask("erase", *words)

        assert result.exit_code == code, words
        assert named in result.stderr
        assert "Traceback" not in result.output
        assert code == 2 or len(result.stderr.strip().splitlines()) == 1
    assert ask("erase", no, what, "--as", "head", *reason).exit_code == 0


def test_a_hold_is_set_listed_and_lifted(closed: Filed, ask: Ask) -> None:
    no, order = closed.receipt_no, ("--reason", "ศาลปกครองเรียกสำนวน คดีหมายเลขดำที่ 12/2569")
    head, custodian = ("--as", "head"), ("--as", "custodian")
    held = ask("hold", no, "--ground", "court", *head, *order)
    listed = ask("hold", "--list", *head, "--json")
    refused = asked(ask, closed)
    for words, code in (
        ((no, *head, *order), 2),
        ((no, "--ground", "court", "--lift", *head, *order), 2),
        ((no, "--list", *head), 2),
        ((no, "--ground", "whim", *head, *order), 1),
        ((no, "--ground", "court", *head, *order), 1),
        ((no, "--lift", *head, *order), 1),
    ):
        wrong = ask("hold", *words)
        assert (wrong.exit_code, "Traceback" in wrong.output) == (code, False), words
        assert code == 2 or len(wrong.stderr.strip().splitlines()) == 1
    lifted = ask("hold", no, "--lift", *custodian, *order)

    assert (held.exit_code, refused.exit_code, lifted.exit_code) == (0, 1, 0), lifted.output
    assert [(row["case"], row["ground"]) for row in json.loads(listed.stdout)] == [(no, "court")]
    assert "คำสั่งระงับการทำลาย" in refused.stderr
    assert asked(ask, closed).exit_code == 0
