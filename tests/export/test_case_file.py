"""A signed case file verifies without us, and whatever is changed in it is found and named."""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pypdf
import pytest
from click.testing import CliRunner
from hypothesis import given, settings

from engine import DeploymentRejected
from engine.ground import file_names
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.record import signed_heads
from engine.record.signing import SigningKey
from engine.turn import history
from engine.verbs.gate import unplain_names
from office.audit import verify_case
from office.audit.case_file import NotForUnits, note_export, read_course, signed_case_file
from office.audit.verify_case import FAILS, OPEN, WITHHELD, Finding, check, pack, unpack
from office.ground.errors import CaseNotFound
from tests.conftest import START
from tests.export.test_event_logs import PERSONAL
from tests.support.agency import ASSIGNED, CLARIFIED, DECIDED, INCOMPLETE, Agency
from tests.support.installations import Installations
from tests.walks.test_three_walks import ASSESSED, COMPLAINT, SCREENED_G
from web.auditor.case_paper import paper_of
from web.cli import main

VERIFIER = Path(verify_case.__file__)
AGENCY_KEY, OTHER_KEY = SigningKey(bytes(range(32))), SigningKey(bytes(32))
HEAD = Actor.of("head-1", "screening_head")
PINNED = AGENCY_KEY.public.hex()


@dataclass
class Installation:
    agency: Agency
    case_id: str
    other: str
    mailed: list[dict[str, Any]]

    def export(self, group: str = "auditor") -> bytes:
        user = self.agency.person(group)
        with self.agency.office.engine.read() as work:
            course = read_course(work, self.case_id, user)
            return signed_case_file(work, course, user, AGENCY_KEY, paper_of(work, course))

    def sign_head(self) -> None:
        with self.agency.office.engine.begin() as work:
            before = signed_heads.log_size(work)
            head = signed_heads.sign_head(work, AGENCY_KEY)
            assert head is not None
            entries = signed_heads.entries(work, before, head.size)
        self.mailed.append({**head.as_data(), "first": before, "entries": entries})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installation")


@pytest.fixture(scope="module")
def installation(sqlite_agencies: Installations, folder: Path) -> Iterator[Installation]:
    """A grievance clarified twice and decided; signed once on the way and once for the export."""
    with sqlite_agencies.agency(TravellingClock(START), folder) as agency:
        filed = agency.file(COMPLAINT)
        other = agency.file({**COMPLAINT, "title": "เรื่องอื่น"})
        installation = Installation(agency, filed.case_id, other.case_id, [])
        agency.do(filed.case_id, "screen", SCREENED_G)
        agency.do(filed.case_id, "assign", {**ASSIGNED, "lead_unit": "it"})
        agency.do(filed.case_id, "accept", {"accepted": True})
        installation.sign_head()
        agency.do(filed.case_id, "clarify", CLARIFIED)
        agency.do(filed.case_id, "assess", INCOMPLETE)
        agency.do(filed.case_id, "clarify", CLARIFIED)
        agency.do(filed.case_id, "assess", ASSESSED)
        agency.do(filed.case_id, "decide", {**DECIDED, "decision": "เยียวยา/ปรับปรุงระบบ"})
        with agency.office.engine.begin() as work:
            looked = {"fields": ["full_name"]}
            history.record(
                work, agency.instance(filed.case_id), "identity_read", looked, actor=HEAD
            )
            note_export(work, filed.case_id, agency.person("auditor"))
        installation.sign_head()
        yield installation


@pytest.fixture(scope="module")
def archive(installation: Installation) -> bytes:
    return installation.export()


@pytest.fixture(scope="module")
def files(archive: bytes) -> dict[str, bytes]:
    return unpack(archive)


def failing(data: bytes, pinned: str | None = PINNED, mailed: Any = None) -> list[Finding]:
    return [found for found in check(data, pinned, mailed) if found.state == FAILS]


def resigned(files: dict[str, bytes], key: SigningKey = AGENCY_KEY) -> bytes:
    """The container again with a right list of files, signed: what only the agency could make."""
    own = {"manifest.json", "manifest.sig.json"}
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = {n: sha256(c).hexdigest() for n, c in files.items() if n not in own}
    text = json.dumps(manifest).encode()
    signature = key.sign(verify_case.manifest_text(text)).hex()
    signed = verify_case.signature_file(key.public.hex(), signature)
    return pack({**files, "manifest.json": text, "manifest.sig.json": signed})


def lines(files: dict[str, bytes], name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files[name].splitlines()]


def with_lines(files: dict[str, bytes], name: str, rows: list[Any]) -> bytes:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return resigned({**files, name: text.encode()})


# ── it holds ───────────────────────────────────────────────────────────────────────────────────


def test_the_file_holds_and_says_so(installation: Installation, archive: bytes) -> None:
    found = check(archive, PINNED, installation.mailed)

    assert [each for each in found if each.state in (FAILS, OPEN)] == []
    assert {each.place for each in found} >= {
        "manifest.json",
        "events.jsonl",
        "commands.jsonl",
        "law/complaint_1",
        "proof.json",
        "proof.json, older 1",
        "public key",
    }
    assert [each.place for each in found if each.state == WITHHELD] == ["events.jsonl"]


def test_the_same_record_gives_the_same_bytes(installation: Installation, archive: bytes) -> None:
    assert installation.export() == archive


def test_law_picture_and_words_are_in_it_and_nobodys_person(
    installation: Installation, files: dict[str, bytes]
) -> None:
    law = {name: c for name, c in files.items() if name.startswith("law/")}
    drawn = Path("processes/complaint/complaint.bpmn").read_bytes()
    summary = files["summary.html"].decode()

    assert law["law/complaint_1/complaint.bpmn"] == drawn
    assert "<svg" in files["picture/complaint.svg"].decode()
    assert "visited" in files["picture/complaint.svg"].decode()
    assert installation.agency.case(installation.case_id).receipt_no in summary
    assert "ชี้แจงข้อเท็จจริง" in summary
    assert "2 รอบ" in summary
    assert not [
        w for w in PERSONAL for n, c in files.items() if w.encode() in c and "law/" not in n
    ]
    for name in ("summary.pdf", "summary.html", "verify_case.py", "events.jsonl", "proof.json"):
        assert name in files["README.txt"].decode()


def test_the_summary_is_a_pdf_with_its_own_letters(
    installation: Installation, files: dict[str, bytes]
) -> None:
    """Dated by the case, with fonts of ours inside, and a landscape page for each strip."""
    paper = pypdf.PdfReader(io.BytesIO(files["summary.pdf"]))
    with installation.agency.office.engine.read() as work:
        last = (
            read_course(work, installation.case_id, installation.agency.person("auditor"))
            .events[-1]
            .at
        )

    assert paper.metadata is not None
    assert (
        paper.metadata.title == f"เรื่อง {installation.agency.case(installation.case_id).receipt_no}"
    )
    assert paper.metadata.creation_date == last.replace(microsecond=0)
    fonts = {
        str(font.get_object()["/BaseFont"]).partition("+")[2]
        for page in paper.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert {name.partition("-")[0] for name in fonts} == {"Sarabun"}
    wide = [page for page in paper.pages if page.mediabox.width > page.mediabox.height]
    assert 0 < len(wide) < len(paper.pages)
    words = "".join(page.extract_text() for page in paper.pages)
    assert "Form handed in, done" in " ".join(words.split())
    assert not [word for word in PERSONAL if word in words]


def test_who_looked_at_an_identity_is_told_to_those_who_guard_it(
    installation: Installation, files: dict[str, bytes]
) -> None:
    (covered,) = [r for r in lines(files, "events.jsonl") if r["type"] == "identity_read"]
    whole = lines(unpack(installation.export("screening_head")), "events.jsonl")
    (open_,) = [row for row in whole if row["type"] == "identity_read"]

    assert "payload" not in covered
    assert "full_name" in open_["payload"]["data"]
    assert covered["hash"] == open_["hash"]


def test_who_may_not_see_the_case_gets_no_file(installation: Installation) -> None:
    with installation.agency.office.engine.read() as work:
        with pytest.raises(NotForUnits):
            read_course(work, installation.case_id, installation.agency.person("unit_officer@it"))
        with pytest.raises(CaseNotFound):
            read_course(work, installation.case_id, installation.agency.person("publisher"))


def test_the_verifier_runs_alone(
    archive: bytes, installation: Installation, tmp_path: Path
) -> None:
    """On the standard library only, in the words of Python 3.9, without anything of ours."""
    tree = ast.parse(VERIFIER.read_text("utf-8"), feature_version=(3, 9))
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= set(sys.stdlib_module_names)
    (tmp_path / "verify_case.py").write_bytes(unpack(archive)["verify_case.py"])
    (tmp_path / "case.zip").write_bytes(archive)
    (tmp_path / "key").write_text(PINNED + "\n")
    heads = "".join(json.dumps(each) + "\n" for each in installation.mailed)
    (tmp_path / "heads.jsonl").write_text(heads)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", "verify_case.py", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    whole = run("case.zip", "--key", "key", "--heads", "heads.jsonl")
    assert whole.returncode == 0, whole.stdout + whole.stderr
    assert "แฟ้มนี้ครบถ้วนและไม่ถูกแก้ไข / This file is whole and unchanged." in whole.stdout
    (tmp_path / "case.zip").write_bytes(archive[:-1])
    cut = run("case.zip", "--lang", "en", "--json")
    assert cut.returncode == 1
    assert json.loads(cut.stdout)[0]["state"] == FAILS
    missing = run("nowhere.zip", "--lang", "en")
    assert missing.returncode == 1
    assert missing.stderr == ""


# ── it does not ────────────────────────────────────────────────────────────────────────────────


def test_a_changed_byte_in_any_file_is_found_with_the_files_name(
    archive: bytes, files: dict[str, bytes]
) -> None:
    for name, content in files.items():
        start = archive.index(content)
        for at in {0, len(content) // 2, len(content) - 1}:
            changed = bytearray(content)
            changed[at] ^= 1
            data = archive[:start] + bytes(changed) + archive[start + len(content) :]
            assert name in failing(data)[0].place
            # With the checksum put right as well, the list of files tells it.
            (told, *_) = failing(pack({**files, name: bytes(changed)}))
            assert told.place in (name, "manifest.json", "manifest.sig.json")


@settings(max_examples=100)
@given(data=st.data())
def test_any_changed_byte_is_found(archive: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(archive) - 1))
    changed = bytearray(archive)
    changed[at] ^= data.draw(st.integers(1, 255))

    assert failing(bytes(changed))


def test_every_byte_around_the_files_counts(archive: bytes, files: dict[str, bytes]) -> None:
    """Headers, order and directory follow from names and contents: none of their bits is free."""
    directory = archive.index(verify_case.CENTRAL)
    places = [
        *range(30),
        *range(directory, directory + 60),
        *range(len(archive) - 22, len(archive)),
    ]
    for at in places:
        changed = bytearray(archive)
        changed[at] ^= 0x10
        assert failing(bytes(changed)), at
    for cut in range(1, len(archive), len(archive) // 25):
        assert failing(archive[:cut])
    assert failing(archive + b"\n")
    assert failing(b"")


def test_a_file_too_few_or_too_many_is_named(files: dict[str, bytes]) -> None:
    for name in files:
        without = {n: c for n, c in files.items() if n != name}
        assert failing(pack(without))[0].place == name
    assert failing(pack({**files, "extra.txt": b"x"}))[0].place == "extra.txt"


@pytest.mark.parametrize("name", ["events.jsonl", "commands.jsonl"])
def test_every_field_of_every_kind_of_record_is_bound(name: str, files: dict[str, bytes]) -> None:
    """Even whoever holds the agency's key and signs the list of files anew is found out."""
    rows = lines(files, name)
    for field in rows[1]:
        changed = [dict(row) for row in rows]
        changed[1][field] = other(rows[1][field])
        places = {found.place for found in failing(with_lines(files, name, changed))}
        assert places & {f"{name}:2", f"{name}:3"}, field
    for number, row in list(enumerate(rows, start=1))[3::9]:
        changed = [dict(each) for each in rows]
        changed[number - 1]["actor"] = row["actor"] + "x"
        assert f"{name}:{number}" in {f.place for f in failing(with_lines(files, name, changed))}


def other(value: Any) -> Any:
    if isinstance(value, dict):
        return {**value, next(iter(value)): other(next(iter(value.values())))}
    if isinstance(value, int):
        return value + 1
    return "0" * len(value) if len(value) in (32, 64) else value + "x"


@pytest.mark.parametrize("name", ["events.jsonl", "commands.jsonl"])
def test_removed_inserted_moved_and_cut_records_are_found(
    name: str, files: dict[str, bytes]
) -> None:
    rows = lines(files, name)
    middle = len(rows) // 2
    removed = [*rows[:middle], *rows[middle + 1 :]]
    inserted = [*rows[:middle], rows[middle - 1], *rows[middle:]]
    moved = [*rows[:middle], rows[middle + 1], rows[middle], *rows[middle + 2 :]]

    for changed in (removed, inserted, moved):
        places = {found.place for found in failing(with_lines(files, name, changed))}
        assert places & {f"{name}:{middle + 1}", f"{name}:{middle + 2}"}
    for kept in (len(rows) - 1, 1):
        cut = failing(with_lines(files, name, rows[:kept]))
        assert f"{name}:{kept}" in {found.place for found in cut}
    half = resigned({**files, name: files[name][:-9]})
    assert f"{name}:{len(rows)}" in {found.place for found in failing(half)}


def test_a_payload_may_be_withheld_and_not_exchanged(files: dict[str, bytes]) -> None:
    rows = lines(files, "events.jsonl")
    number = next(n for n, row in enumerate(rows) if row["type"] == "decision_evaluated")
    salt, data = rows[number]["payload"]["salt"], rows[number]["payload"]["data"]
    commitment = verify_case.digest("samnuan payload 2", bytes.fromhex(salt), data)
    plain = {key: value for key, value in rows[number].items() if key != "payload"}

    rows[number] = {**plain, "withheld": commitment}
    found = check(with_lines(files, "events.jsonl", rows), PINNED)

    assert [each for each in found if each.state == FAILS] == []
    assert any(each.state == WITHHELD and each.place == "events.jsonl" for each in found)
    rows[number] = {**plain, "payload": {"salt": salt, "data": data.replace("G", "C") + " "}}
    assert failing(with_lines(files, "events.jsonl", rows))[0].place == f"events.jsonl:{number + 1}"


def test_no_byte_of_the_signature_is_free(files: dict[str, bytes]) -> None:
    """Spaces, the order of the two fields and an escaped letter were once nobody's business."""
    name = "manifest.sig.json"
    signed = json.loads(files[name])
    turned = {"signature": signed["signature"], "public_key": signed["public_key"]}
    for text in (
        json.dumps(signed).encode(),
        json.dumps(turned, indent=1).encode() + b"\n",
        files[name] + b" ",
        files[name].removesuffix(b"\n"),
        files[name].replace(b"public_key", b"public\\u005fkey"),
        files[name].replace(signed["signature"].encode(), signed["signature"].upper().encode()),
    ):
        assert [found.place for found in failing(pack({**files, name: text}))] == [name]


@given(st.lists(st.sampled_from(["a", "ก", "/", "\\", ":", ".", "..", " ", "\x00", "\u202e"])))
@settings(max_examples=200, deadline=None)
def test_a_name_that_may_be_deployed_may_stand_in_a_case_file(parts: list[str]) -> None:
    name = "".join(parts) + ".md"
    place = f"law/{'ก' * 66}_4294967295/{name}"

    assert file_names.UNSAFE.pattern == verify_case.UNSAFE_NAME.pattern
    if file_names.is_plain(name):
        assert unpack(pack({place: b""})) == {place: b""}
    else:
        refused = [found.rule for found in unplain_names({name: b""})]
        assert refused == ["deploy.file-name"]


@pytest.mark.parametrize(
    "name",
    ["../out.form", "/etc.form", "a\\b.form", "c:x.form", "a//b.form", "x./y.form", "\ud800.form"],
)
def test_a_file_that_could_not_stand_in_one_is_not_deployed(
    installation: Installation, name: str
) -> None:
    with pytest.raises(DeploymentRejected) as refused:
        installation.agency.office.engine.deploy({name: b"{}"}, HEAD)

    (found,) = refused.value.findings
    assert (found.rule, found.severity) == ("deploy.file-name", "error")
    assert found.line("th").encode()


def test_a_changed_law_is_found(files: dict[str, bytes]) -> None:
    name = "law/complaint_1/complaint.bpmn"
    changes: list[dict[str, bytes]] = [
        {**files, name: files[name].replace("กลั่นกรอง".encode(), "ตรวจสอบ".encode(), 1)},
        {n: c for n, c in files.items() if n != name},
        {**files, "law/complaint_1/more.dmn": b"<x/>"},
        {**files, "law/complaint_9/more.dmn": b"<x/>"},
    ]
    for changed in changes:
        assert failing(resigned(changed))[0].place.startswith("law/complaint_")


def test_every_field_of_the_proof_is_bound(files: dict[str, bytes]) -> None:
    proof = json.loads(files["proof.json"])

    def told(changed: Any) -> set[str]:
        text = json.dumps(changed).encode()
        return {found.place for found in failing(resigned({**files, "proof.json": text}))}

    for field in proof:
        changed = {**proof, field: [] if isinstance(proof[field], list) else other(proof[field])}
        if field != "older":  # an older head is an addition, and may be left out
            assert told(changed), field
    for field in proof["head"]:
        assert told({**proof, "head": {**proof["head"], field: other(proof["head"][field])}}), field
    (older,) = proof["older"]
    for field in older["head"]:
        changed = {**older, "head": {**older["head"], field: other(older["head"][field])}}
        assert told({**proof, "older": [changed]}), field
    assert told({**proof, "older": [{**older, "path": older["path"][1:]}]})


def forged(files: dict[str, bytes]) -> bytes:
    """A whole file made anew by somebody with a key of their own: every hash in it is right."""
    rows, case = lines(files, "events.jsonl"), json.loads(files["manifest.json"])["instance"]
    commands = lines(files, "commands.jsonl")
    previous = ""
    for row in rows:
        row["actor"] = "somebody-else"
        payload = verify_case.payload_digest(row, ("data",), "")
        previous = row["hash"] = verify_case.event_digest(previous, case, row, payload)
    facts = {"kind": "case", "instance": case, "events": len(rows), "event_head": previous}
    facts |= {"commands": len(commands), "command_head": commands[-1]["hash"]}
    entry = json.dumps(facts, sort_keys=True)
    root, at = verify_case.leaf(entry).hex(), "2026-03-02T02:00:00.000000+00:00"
    signature = OTHER_KEY.sign(f"samnuan head 1\n1\n{root}\n{at}\n".encode()).hex()
    head = {"size": 1, "root": root, "at": at, "public_key": OTHER_KEY.public.hex()}
    proof = {"entry": entry, "position": 0, "path": [], "older": []}
    proof["head"] = {**head, "signature": signature}
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    new = {**files, "events.jsonl": text, "proof.json": json.dumps(proof).encode()}
    return resigned(new, OTHER_KEY)


def test_a_forgery_made_anew_from_end_to_end_is_told_by_the_key_or_the_mail(
    installation: Installation, files: dict[str, bytes]
) -> None:
    forgery = forged(files)

    alone = check(forgery)
    assert [each for each in alone if each.state == FAILS] == []
    assert [each.place for each in alone if each.state == OPEN] == ["public key"]
    assert [each.place for each in failing(forgery)] == ["public key"]
    one = {**installation.mailed[-1], "size": 1}
    assert [each.place for each in failing(forgery, None, [one])] == ["proof.json"]
    assert [each.place for each in failing(forgery, None, installation.mailed)] == ["proof.json"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda f: {**f, "proof.json": b"[" * 100_000},
        lambda f: {**f, "proof.json": b'{"position": ' + b"9" * 10_000 + b"}"},
        lambda f: {**f, "proof.json": f["proof.json"].replace(b'"position"', b'"path"', 1)},
        lambda f: {**f, "proof.json": b"\xff\xfe"},
        lambda f: {**f, "events.jsonl": b"null\n"},
        lambda f: {**f, "events.jsonl": b""},
        lambda f: {**f, "commands.jsonl": b'{"seq": 1e400}\n'},
    ],
    ids=["deep", "huge number", "double key", "no text", "no object", "empty", "infinity"],
)
def test_poison_is_one_clean_finding(
    spoil: Callable[[dict[str, bytes]], dict[str, bytes]], files: dict[str, bytes]
) -> None:
    found = failing(resigned(spoil(files)))

    assert found
    assert all(each.th and each.en for each in found)


def test_names_that_lead_out_of_the_folder_and_compressed_entries_are_refused(
    archive: bytes,
) -> None:
    for name in ("../up.txt", "/etc/passwd", "a\\b", "c:x", "a/./b", "a//b", "x\x00y", "end."):
        assert "unsafe name" in failing(pack({name: b"x"}))[0].en
    twice = pack({"a": b"x"})
    entry = twice[: twice.index(verify_case.CENTRAL)]
    assert "two files" in failing(entry + twice)[0].en
    deflated = bytearray(archive)
    deflated[8] = 8
    assert "compressed" in failing(bytes(deflated))[0].en


def test_the_command_signs_writes_and_leaves_the_head_behind(
    installation: Installation, folder: Path, tmp_path: Path
) -> None:
    environment = {
        "SAMNUAN_DATABASE_URL": installation.agency.office.settings.database_url,
        "SAMNUAN_DATA_DIR": str(folder),
        "SAMNUAN_DEMO": "1",
        "SAMNUAN_CLOCK": installation.agency.clock.now().isoformat(),
    }
    receipt = installation.agency.case(installation.other).receipt_no
    user = installation.agency.person("auditor").username
    target = tmp_path / "case.zip"
    words = ["export", "case", receipt, "-o", str(target), "--as", user, "--json"]

    result = CliRunner(env=environment).invoke(main, words)

    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    heads = (folder / "heads.jsonl").read_text("utf-8").splitlines()
    found = check(target.read_bytes(), told["public_key"], [json.loads(line) for line in heads])
    assert [each for each in found if each.state in (FAILS, OPEN)] == []
    assert '"case_exported"' in unpack(target.read_bytes())["events.jsonl"].decode()


# ── the arithmetic ─────────────────────────────────────────────────────────────────────────────


def test_the_signature_check_agrees_with_rfc_8032() -> None:
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
        "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert verify_case.is_signed(b"", signature, public)
    assert not verify_case.is_signed(b"x", signature, public)


@settings(max_examples=15)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=80))
def test_the_signature_check_agrees_with_another_implementation(
    seed: bytes, message: bytes
) -> None:
    key = SigningKey(seed)
    signature = key.sign(message)

    assert verify_case.is_signed(message, signature, key.public)
    assert not verify_case.is_signed(message + b".", signature, key.public)
    # The same signature with its scalar raised by the order of the group must not pass as another.
    scalar = int.from_bytes(signature[32:], "little") + verify_case.L
    assert not verify_case.is_signed(
        message, signature[:32] + scalar.to_bytes(32, "little"), key.public
    )


def test_the_tree_of_the_verifier_is_the_one_that_we_sign() -> None:
    from engine.record.merkle import Growth, leaf_hash

    growth = Growth()
    for size in range(1, 40):
        list(growth.append(leaf_hash(str(size).encode())))
        entries = [str(number) for number in range(1, size + 1)]
        assert verify_case.root_of(entries) == growth.root()
