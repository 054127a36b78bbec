"""A backup from before an erasure is restored: the erased name stays unreadable, and what was
signed since stays signed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.ground.clock import TravellingClock
from engine.record import signed_heads
from engine.store.backup import load_database
from office.ground.tables import Case
from office.operations.backup import DATABASE
from office.operations.restore import RECORDS, _unpack
from office.vault import case_keys
from tests.cli.test_backup import Site
from tests.cli.test_backup import elsewhere as elsewhere
from tests.cli.test_backup import site as site
from tests.office.conftest import PERSON, complaint
from tests.support.erasing import everything, spellings

REASON = "ครบกำหนดเก็บตามตาราง และผู้ร้องขอให้ลบ"
NO = "รร.00001/2569"


@pytest.fixture
def closed(site: Site, clock: TravellingClock) -> Site:
    """The complaint was withdrawn, and its letters are out."""
    office = site.office(clock)
    filed = office.file_complaint(complaint(), idempotency_key="first")
    office.withdraw(filed.tracking_code, {"reason": "ได้รับการแก้ไขแล้ว"})
    office.run_due()
    office.close()
    return site


def back_up(site: Site, tmp_path: Path) -> Path:
    file = tmp_path / "before.tar"
    site.run("backup", str(file), "--with-keys")
    return file


def erase(site: Site) -> None:
    site.run("erase", NO, "--identity", "--as", "head", "--reason", REASON)
    site.run("erase", NO, "--identity", "--as", "custodian", "--approve")


def lose_the_database(site: Site, empty: Site) -> None:
    """The same machine with an empty database."""
    site.url = empty.url
    site.environ["SAMNUAN_DATABASE_URL"] = empty.url


def nobody_is_named(site: Site, clock: TravellingClock) -> None:
    """Neither the vault nor any byte of the installation tells who it was."""
    office = site.office(clock)
    office.run_due()
    with office.engine.read() as work:
        (case_id,) = work.session.scalars(sa.select(Case.id).where(Case.receipt_no == NO))
        assert case_keys.is_destroyed(work, case_id, "identity")
    kept = everything(office, office.settings)
    office.close()
    for word in PERSON:
        for spelled in spellings(word):
            assert spelled not in kept


def test_what_was_erased_since_is_erased_again(
    closed: Site, tmp_path: Path, clock: TravellingClock
) -> None:
    file = back_up(closed, tmp_path)
    erase(closed)

    told = closed.run("restore", str(file), "--force").output

    assert f"Erased again: {NO} (identity)" in told
    assert "not known here" not in told
    assert "the record is whole" in told
    assert closed.run("verify").exit_code == 0
    nobody_is_named(closed, clock)
    again = json.loads(closed.run("restore", str(file), "--force", "--json").stdout)
    assert again["erased_again"] == [{"case": NO, "what": "identity"}]


def test_it_is_erased_again_although_the_database_was_lost(
    closed: Site, elsewhere: Site, tmp_path: Path, clock: TravellingClock
) -> None:
    file = back_up(closed, tmp_path)
    erase(closed)
    lose_the_database(closed, elsewhere)

    told = closed.run("restore", str(file)).output

    assert f"Erased again: {NO} (identity)" in told
    assert "not known here" not in told
    nobody_is_named(closed, clock)


def test_it_is_erased_again_whoever_put_the_database_in_place(
    closed: Site, tmp_path: Path, clock: TravellingClock
) -> None:
    """By pg_restore, or by copying the file."""
    file = back_up(closed, tmp_path)
    erase(closed)
    _unpack(file, tmp_path)
    load_database(closed.url, tmp_path / DATABASE, records=RECORDS, force=True)

    nobody_is_named(closed, clock)
    assert closed.run("verify").exit_code == 0


def test_where_nothing_is_known_of_later_erasures_the_restore_says_since_when(
    closed: Site, elsewhere: Site, tmp_path: Path
) -> None:
    file = back_up(closed, tmp_path)
    erase(closed)

    told = elsewhere.run("restore", str(file)).output
    later = json.loads(elsewhere.run("restore", str(file), "--force", "--json").stdout)

    assert "what was erased from then until" in told
    assert "Erased again" not in told
    assert later["erasures_unknown"][0] == later["backup"]["made_at"]


def test_a_ledger_that_is_carried_over_is_heeded(
    closed: Site, elsewhere: Site, tmp_path: Path, clock: TravellingClock
) -> None:
    file = back_up(closed, tmp_path)
    erase(closed)
    elsewhere.folder.mkdir()
    shutil.copy(closed.folder / "erasures.jsonl", elsewhere.folder)

    told = elsewhere.run("restore", str(file)).output

    assert f"Erased again: {NO} (identity)" in told
    nobody_is_named(elsewhere, clock)


def test_the_ledger_names_nobody(closed: Site) -> None:
    erase(closed)

    text = (closed.folder / "erasures.jsonl").read_text("utf-8")

    assert NO in text
    assert not [word for word in PERSON if word in text]


def test_what_was_signed_since_stays_signed_and_what_is_lost_is_named(
    closed: Site, tmp_path: Path, clock: TravellingClock
) -> None:
    closed.run("seal")
    file = back_up(closed, tmp_path)
    office = closed.office(clock)
    office.file_complaint(complaint(), idempotency_key="second")
    office.run_due()
    office.close()
    closed.run("seal")
    (closed.folder / "heads.jsonl").rename(tmp_path / "mailed.jsonl")  # the database knows them too
    newest = json.loads((tmp_path / "mailed.jsonl").read_text("utf-8").splitlines()[-1])

    told = closed.run("restore", str(file), "--force", code=1).output

    assert "1 signed heads are newer than the backup and were kept" in told
    assert "the record is whole" not in told
    assert "Not whole" in told
    lines = (closed.folder / "heads.jsonl").read_text("utf-8")
    assert lines == (tmp_path / "mailed.jsonl").read_text("utf-8")
    office = closed.office(clock)
    with office.engine.read() as work:
        head = signed_heads.newest_head(work)
        assert head is not None
        assert (head.size, head.root) == (newest["size"], newest["root"])
    office.sign_head()
    office.close()
    grown = (closed.folder / "heads.jsonl").read_text("utf-8")
    assert grown.startswith(lines)
