"""Accounts, holidays and deadlines from the command line."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine import Engine
from engine.store import outbox
from engine.turn import incidents
from tests.office import information_request
from tests.support.databases import SqliteTemplates
from tests.webhooks.drawings import FORM, OWNER, TWO_STARTS
from web.cli import main

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "ประตูบานใหญ่-2569"


class Console:
    """One installation, one command after the other."""

    def __init__(self, database_url: str, folder: Path) -> None:
        clean: dict[str, str | None] = {n: None for n in os.environ if n.startswith("SAMNUAN_")}
        self.environ = clean | {
            "SAMNUAN_DATABASE_URL": database_url,
            "SAMNUAN_DATA_DIR": str(folder),
            "SAMNUAN_DEMO": "1",
            "SAMNUAN_CLOCK": "2026-03-16T09:00",
            "SAMNUAN_LANGUAGE": "en",
        }

    def run(self, *words: str, typed: str = "", code: int = 0) -> Result:
        result = CliRunner(env=self.environ).invoke(main, words, input=typed)
        assert result.exit_code == code, result.output
        return result

    def json(self, *words: str) -> object:
        return json.loads(self.run(*words, "--json").stdout)


@pytest.fixture(scope="module")
def installed(
    sqlite_templates: SqliteTemplates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A folder with a database in which the law is deployed, and its keys: to be copied."""
    folder = tmp_path_factory.mktemp("installed")
    with sqlite_templates.copy(folder) as url:
        Console(url, folder).run("deploy")
        yield folder


@pytest.fixture
def console(installed: Path, tmp_path: Path) -> Console:
    shutil.copytree(installed, tmp_path / "var")
    return Console(f"sqlite:///{tmp_path / 'var' / 'test.sqlite3'}", tmp_path / "var")


def refusal(result: Result) -> str:
    assert result.stderr.count("\n") == 1
    return result.stderr


# ── deploying ──────────────────────────────────────────────────────────────────────────────────


def test_what_is_deployed_again_is_in_force_again(console: Console, tmp_path: Path) -> None:
    # "Nothing has changed", it said, and the other version stayed in force.
    law = ROOT / "processes" / "complaint" / "complaint.bpmn"
    changed = tmp_path / "complaint.bpmn"
    changed.write_text(law.read_text().replace("กลั่นกรองเรื่อง", "พิจารณาเบื้องต้น"))

    first = console.run("deploy", str(changed)).stdout
    back = console.json("deploy", str(law))

    assert first.startswith("Deployed: complaint:2\n")
    assert isinstance(back, dict)
    assert (back["new"], back["again"]) == ([], ["complaint:1"])
    assert console.run("deploy", str(law)).stdout.startswith("Nothing has changed\n")
    console.run("deploy", str(changed))
    assert console.run("deploy").stdout == "In force again: complaint:1\n"


def test_an_application_goes_back_to_a_version_retires_and_returns(
    console: Console, tmp_path: Path
) -> None:
    for name, content in information_request.files().items():
        path = tmp_path / "request" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    folder = str(tmp_path / "request")
    assert console.run("deploy", folder).stdout == "Deployed: information_request:1\n"
    (tmp_path / "request" / "sla.dmn").write_bytes(information_request.sla(7))
    console.run("deploy", folder)

    back = console.run("deploy", "information-request", "--version", "1").stdout
    assert back == "In force again: information_request:1\n"
    console.run("retire", "information-request")
    rows = console.json("apps")
    assert isinstance(rows, list)
    shown = {row["key"]: row for row in rows}
    assert (shown["information-request"]["retired"], shown["complaint"]["retired"]) == (True, False)
    assert "complaint:1" in shown["complaint"]["processes"]
    assert "retired" in refusal(console.run("start", "information_request", code=1))
    unknown = console.run("deploy", "information-request", "--version", "9", code=1)
    assert "information-request 9" in refusal(unknown)
    console.run("deploy", "information-request", "--version", "2")
    assert "information_request:2" in console.run("apps").stdout


# ── accounts ───────────────────────────────────────────────────────────────────────────────────


def test_an_account_is_opened_given_roles_closed_and_opened_again(console: Console) -> None:
    console.run("users", "add", "somsri", "--name", "สมศรี", "--group", "auditor",
                "--password", PASSWORD)  # fmt: skip
    console.run("users", "roles", "somsri", "--group", "unit_officer@it")
    console.run("users", "close", "somsri")

    def somsri() -> dict[str, object]:
        rows = console.json("users", "list")
        assert isinstance(rows, list)
        return next(row for row in rows if row["username"] == "somsri")

    assert somsri()["groups"] == ["unit_officer@it"]
    assert somsri()["active"] is False
    console.run("users", "open", "somsri")
    assert somsri()["active"] is True
    assert "somsri" in console.run("users", "list").stdout


def test_a_password_is_asked_for_twice_and_never_shown(console: Console) -> None:
    typed = f"{PASSWORD}\n{PASSWORD}\n"

    result = console.run("users", "add", "somsri", "--name", "สมศรี", typed=typed)

    assert PASSWORD not in result.output
    console.run("users", "password", "somsri", typed="new-password-2569\n" * 2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "auditor", "--name", "x", "--password", PASSWORD], "already a user"),
        (["add", "new", "--name", "x", "--password", "short"], "at least"),
        (["add", "new", "--name", "x", "--password", PASSWORD, "--group", "king"], "no role"),
        (["roles", "nobody", "--group", "auditor"], "no user"),
        (["close", "nobody"], "no user"),
    ],
)
def test_a_bad_account_is_refused_in_one_line(
    console: Console, words: list[str], said: str
) -> None:
    assert said in refusal(console.run("users", *words, code=1))


# ── holidays and deadlines ─────────────────────────────────────────────────────────────────────


def test_holidays_are_listed_by_a_year_of_either_era(console: Console) -> None:
    buddhist, christian = (
        console.json("calendar", "list", "2569"),
        console.json("calendar", "list", "2026"),
    )

    assert buddhist == christian
    assert "13 April 2026" in console.run("calendar", "list", "2569").stdout


def test_a_holiday_moves_the_deadlines_that_are_open(console: Console) -> None:
    filed = console.json("start", "complaint", str(ROOT / "docs/tutorial/walk/complaint.json"))
    assert isinstance(filed, dict)
    console.run("run-due")
    before = console.run("clock", filed["receipt_no"]).stdout
    assert "due on Thursday 19 March 2026" in before

    told = console.run("calendar", "add", "18/3/2569", "วันหยุดพิเศษ",
                       "--reference", "มติคณะรัฐมนตรี", "--as", "administrator")  # fmt: skip

    assert told.stdout == "Calendar version 2: 2 deadline(s) moved\n"
    after = console.run("clock", filed["case"]).stdout
    assert "due on Friday 20 March 2026" in after
    assert "18 March 2026 วันหยุดพิเศษ" in after
    clocks = console.json("clock", filed["case"])
    assert isinstance(clocks, list)
    assert {change["reason"] for clock in clocks for change in clock["changes"]} == {"มติคณะรัฐมนตรี"}
    console.run(
        "calendar", "remove", "2026-03-18", "--reference", "ยกเลิกมติ", "--as", "administrator"
    )
    assert "due on Thursday 19 March 2026" in console.run("clock", filed["case"]).stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["add", "13/4/2569", "ซ้ำ"], 1, "already a holiday"),
        (["remove", "2026-03-17"], 1, "not a holiday"),
        (["add", "พรุ่งนี้", "x"], 2, "พรุ่งนี้"),
    ],
)
def test_a_bad_holiday_is_refused(console: Console, words: list[str], code: int, said: str) -> None:
    result = console.run(
        "calendar", *words, "--reference", "มติคณะรัฐมนตรี", "--as", "administrator", code=code
    )

    assert said in result.stderr


def test_a_case_nobody_knows_is_refused_in_one_line(console: Console) -> None:
    for command in ("clock", "history"):
        assert "รร.99999/2569" in refusal(console.run(command, "รร.99999/2569", code=1))


def test_a_rehearsals_clock_needs_a_demo_system(console: Console) -> None:
    console.environ["SAMNUAN_DEMO"] = "0"

    assert "SAMNUAN_CLOCK" in refusal(console.run("tasks", code=1))


@pytest.mark.parametrize("moment", ["2569-03-16T09:00", "yesterday"])
def test_a_rehearsals_clock_is_of_the_common_era(console: Console, moment: str) -> None:
    console.environ["SAMNUAN_CLOCK"] = moment

    assert "SAMNUAN_CLOCK" in refusal(console.run("tasks", code=1))


@pytest.mark.parametrize(
    ("content", "said"), [("{", "does not hold a JSON object"), ("[]", "does not hold")]
)
def test_answers_that_cannot_be_read_are_refused(
    console: Console, tmp_path: Path, content: str, said: str
) -> None:
    path = tmp_path / "answers.json"
    path.write_text(content, "utf-8")

    assert said in refusal(console.run("start", "complaint", str(path), code=1))
    missing = refusal(console.run("start", "complaint", str(tmp_path / "no.json"), code=1))
    assert "no.json" in missing


def test_a_process_with_several_starts_begins_at_the_one_that_is_named(console: Console) -> None:
    engine = Engine.open(str(console.environ["SAMNUAN_DATABASE_URL"]))
    engine.deploy({"starts.bpmn": TWO_STARTS, "any.form": FORM}, OWNER)

    started = console.json("start", "two_starts", "--start-event", "post")
    assert isinstance(started, dict)

    assert [task.element_id for task in engine.tasks(str(started["instance"]))] == ["open_letter"]
    for words in ((), ("--start-event", "window")):
        assert "counter, post" in refusal(console.run("start", "two_starts", *words, code=1))
    engine.close()


def test_answers_may_come_by_the_pipe(console: Console) -> None:
    text = (ROOT / "docs/tutorial/walk/complaint.json").read_text("utf-8")

    filed = json.loads(console.run("start", "complaint", "-", "--json", typed=text).stdout)

    assert filed["receipt_no"] == "รร.00001/2569"


def test_what_is_stuck_is_listed_and_tried_again(console: Console) -> None:
    engine = Engine.open(str(console.environ["SAMNUAN_DATABASE_URL"]))
    with engine.begin() as work:
        letter = outbox.enqueue(work, "nobody-delivers-this", {})
        row = work.session.get_one(outbox.OutboxMessage, letter)
        row.status = "failed"
        incidents.raise_incident(work, None, "outbox", "SMTP", element_id="mail", job_id=letter)

    (stuck,) = console.json("incidents", "list")  # type: ignore[misc]
    assert (stuck["kind"], stuck["element"]) == ("outbox", "mail")
    assert stuck["id"] in console.run("incidents", "list").stdout
    console.run("incidents", "retry", stuck["id"], "--as", "administrator")

    assert console.json("incidents", "list") == []
    with engine.read() as work:
        assert work.session.get_one(outbox.OutboxMessage, letter).status == "pending"
    for verb in ("retry", "settle"):
        again = console.run("incidents", verb, stuck["id"], "--as", "administrator", code=1)
        assert "no such open incident" in refusal(again)
    engine.close()


def test_what_is_stuck_is_closed_without_another_try(console: Console) -> None:
    engine = Engine.open(str(console.environ["SAMNUAN_DATABASE_URL"]))
    with engine.begin() as work:
        letter = outbox.enqueue(work, "nobody-delivers-this", {})
        work.session.get_one(outbox.OutboxMessage, letter).status = "failed"
        incidents.raise_incident(work, None, "outbox", "SMTP", element_id="mail", job_id=letter)
    (stuck,) = console.json("incidents", "list")  # type: ignore[misc]

    told = console.run("incidents", "settle", stuck["id"], "--as", "administrator").stdout

    assert "without another try" in told
    assert console.json("incidents", "list") == []
    with engine.read() as work:
        assert work.session.get_one(outbox.OutboxMessage, letter).status == "failed"
    engine.close()
