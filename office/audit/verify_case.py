#!/usr/bin/env python3
"""Check a signed case file of Samnuan without its server: python3 verify_case.py CASE.zip

This one file needs Python 3.9 or newer and nothing else. Use a copy that you trust, not the one
inside the file to be checked. `--key KEY` pins the agency's public key (64 hex digits, or a file
that holds them), `--heads FILE` gives the signed heads that were mailed to you; both bind whoever
made the file. What is checked, and how to check it otherwise, is written in record.md and
case-file.md of docs/reference.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import re
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = "samnuan case file 1"
MOST_BYTES = 512 * 1024 * 1024
MOST_FILES = 2_000
BLOCK = 4_096
HOLDS, WITHHELD, OPEN, FAILS = "holds", "withheld", "open", "fails"
MARKS = {HOLDS: "✓", WITHHELD: "·", OPEN: "?", FAILS: "✗"}
Facts = dict[str, Any]


class Finding(NamedTuple):
    """One thing that was checked: whether it holds, where, and in words."""

    state: str
    place: str
    th: str
    en: str


class Broken(Exception):
    """Something cannot even be read; `finding` says where."""

    def __init__(self, place: str, th: str, en: str) -> None:
        super().__init__(en)
        self.finding = Finding(FAILS, place, th, en)


# ── the container: a ZIP that can be written in one way only ───────────────────────────────────
# Nothing in it is compressed and every header field follows from names and contents: the same case
# gives the same bytes, nothing can swell, and a changed header shows as a changed text does.

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
FLAGS, FIRST_DAY = 0x0800, 0x0021  # names are UTF-8; 1 January 1980
UNSAFE_NAME = re.compile(r"^/|\\|:|[\x00-\x1f\x7f]|(^|/)\.{0,2}(/|$)|[. ](/|$)")


def pack(files: dict[str, bytes]) -> bytes:
    """The container of these files."""
    body, directory = bytearray(), bytearray()
    for name in sorted(files):
        content, raw = files[name], name.encode()
        facts = (FLAGS, 0, 0, FIRST_DAY, zlib.crc32(content), len(content), len(content), len(raw))
        directory += CENTRAL + struct.pack("<HHHHHHIIIH", 0x0314, 20, *facts)
        directory += struct.pack("<HHHHII", 0, 0, 0, 0, 0o100644 << 16, len(body)) + raw
        body += LOCAL + struct.pack("<HHHHHIIIH", 20, *facts) + struct.pack("<H", 0) + raw + content
    count = len(files)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + END + end)


def unpack(data: bytes) -> dict[str, bytes]:
    """The files of a container, read from its beginning to its end.

    Raises:
        Broken: it is not what `pack` writes.
    """
    files: dict[str, bytes] = {}
    at = 0
    while data[at : at + 4] == LOCAL:
        name, content, at = _entry(data, at)
        if name in files:
            raise Broken(name, "มีแฟ้มชื่อนี้ซ้ำ", "there are two files of this name")
        files[name] = content
        if len(files) > MOST_FILES:
            raise Broken("container", "มีแฟ้มมากเกินไป", "there are too many files")
    _must_be_whole(data, pack(files))
    return files


def _entry(data: bytes, at: int) -> tuple[str, bytes, int]:
    head = data[at + 4 : at + 30]
    if len(head) < 26:
        raise Broken(f"container, byte {at}", "แฟ้มถูกตัดท้าย", "the file is cut off")
    facts = struct.unpack("<HHHHHIIIHH", head)
    flags, method, check, stored, size, length, extra = (facts[i] for i in (1, 2, 5, 6, 7, 8, 9))
    raw = data[at + 30 : at + 30 + length]
    name = raw.decode("utf-8", "replace")
    if not name or UNSAFE_NAME.search(name) or len(raw) > 500 or name.encode() != raw:
        raise Broken(f"container, byte {at}", "ชื่อแฟ้มไม่ปลอดภัย", "a file in it has an unsafe name")
    if (flags, method, extra) != (FLAGS, 0, 0) or stored != size:
        raise Broken(name, "บีบอัดหรือเข้ารหัสไว้", "it is compressed or encrypted")
    start = at + 30 + length
    content = data[start : start + size]
    if len(content) != size:
        raise Broken(name, "แฟ้มถูกตัดท้าย", "the file is cut off here")
    if zlib.crc32(content) != check:
        raise Broken(name, "เนื้อหาแฟ้มถูกแก้ไข", "its content was changed")
    return name, content, start + size


def _must_be_whole(data: bytes, wanted: bytes) -> None:
    if data == wanted:
        return
    at = 0
    while data[at : at + BLOCK] == wanted[at : at + BLOCK] and data[at : at + BLOCK]:
        at += BLOCK
    at += sum(
        1 for _ in itertools.takewhile(_same, zip(data[at : at + BLOCK], wanted[at : at + BLOCK]))
    )
    raise Broken(
        f"container, byte {at}",
        "หัวแฟ้ม ลำดับ หรือสารบัญของ zip ถูกแก้ไข ตัด หรือต่อเติม",
        "a header, the order or the directory of the zip was changed, cut off or added to",
    )


def _same(pair: tuple[int, int]) -> bool:
    return pair[0] == pair[1]


# ── JSON, digests ──────────────────────────────────────────────────────────────────────────────


def read_json(content: bytes, place: str) -> Any:
    """JSON with text, whole numbers of a sane size, lists, and objects without double keys."""
    try:
        return json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_int=_whole,
            parse_float=_refused,
            parse_constant=_refused,
        )
    except (ValueError, RecursionError) as error:
        raise Broken(
            place, "อ่านเป็น JSON ไม่ได้", f"it is not the JSON it should be: {error}"
        ) from None


def _unique(pairs: list[tuple[str, Any]]) -> Facts:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _whole(text: str) -> int:
    if len(text) > 18:
        raise ValueError("a number is too large")
    return int(text)


def _refused(text: str) -> Any:
    raise ValueError(f"{text} is no whole number")


def digest(*parts: Any) -> str:
    """SHA-256 over the parts, each preceded by its length, in hex."""
    sha = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        sha.update(len(data).to_bytes(8, "big") + data)
    return sha.hexdigest()


def record_lines(files: dict[str, bytes], name: str, keys: set[str]) -> list[Facts]:
    """The lines of a file of records; each is an object with exactly these keys and a payload."""
    content = files.get(name, b"")
    lines = content.split(b"\n")
    if lines.pop():
        raise Broken(f"{name}:{len(lines) + 1}", "บรรทัดสุดท้ายไม่ครบ", "the last line is not whole")
    found = []
    for number, line in enumerate(lines, start=1):
        row = read_json(line, f"{name}:{number}")
        if not isinstance(row, dict) or set(row) - {"payload", "withheld"} != keys:
            raise Broken(
                f"{name}:{number}", "ช่องข้อมูลไม่ครบหรือเกิน", "its fields are not the right ones"
            )
        found.append(row)
    return found


def hexed(text: Any, size: int, place: str) -> bytes:
    if not isinstance(text, str) or not re.fullmatch(f"[0-9a-f]{{{2 * size}}}", text):
        raise Broken(place, "ไม่ใช่ค่าแฮชหรือลายเซ็น", f"it is not {size} bytes in hex")
    return bytes.fromhex(text)


# ── the two chains ─────────────────────────────────────────────────────────────────────────────

COMMON = {"seq", "at", "actor", "role", "on_behalf_of", "hash"}
EVENT_KEYS = COMMON | {"command_seq", "type", "element_id"}
COMMAND_KEYS = COMMON | {"kind", "state_hash"}


def event_digest(previous: str, case: str, row: Facts, payload: str) -> str:
    names = ("seq", "command_seq", "type", "element_id", "at", "actor", "role", "on_behalf_of")
    return digest("samnuan event 2", previous, case, *(row[name] for name in names), payload)


def command_digest(previous: str, case: str, row: Facts, payload: str) -> str:
    names = ("seq", "kind", "at", "actor", "role", "on_behalf_of", "state_hash")
    return digest("samnuan command 2", previous, case, *(row[name] for name in names), payload)


def unsalted_digest(previous: str, case: str, row: Facts) -> str:
    """The hash of a record of the first release, whose payload is hashed with it."""
    at = str(row["at"]).replace(".000000+", "+")
    payload = row["payload"]
    if "type" in row:
        names = (row["command_seq"], row["type"], row["element_id"], at, row["actor"])
        return digest(previous, case, row["seq"], *names, payload["data"])
    parts = (row["kind"], payload["body"], row["actor"], at, payload["results"])
    return digest(previous, case, row["seq"], *parts, row["state_hash"])


def payload_digest(row: Facts, names: tuple[str, ...], place: str) -> str:
    """The commitment to a payload, from what is disclosed or as it is given for what is not."""
    if "withheld" in row and "payload" not in row:
        hexed(row["withheld"], 32, place)
        return str(row["withheld"])
    payload = row.get("payload")
    if "withheld" in row or not isinstance(payload, dict) or set(payload) != {"salt", *names}:
        raise Broken(place, "เนื้อหาไม่ครบหรือเกิน", "its payload is not whole")
    texts = [payload[name] for name in names]
    if payload["salt"] is None:
        return UNSALTED
    if not all(isinstance(text, str) for text in texts):
        raise Broken(place, "เนื้อหาไม่ใช่ข้อความ", "its payload is not text")
    return digest("samnuan payload 2", hexed(payload["salt"], 16, place), *texts)


UNSALTED = "unsalted"
EVENT_TEXTS = ("data",)
COMMAND_TEXTS = ("body", "results", "idempotency_key", "answer")


def chain(
    rows: list[Facts], name: str, case: str, texts: tuple[str, ...], rule: Any
) -> Iterator[Finding]:
    """Follow a chain from its first record; names the first record that does not follow."""
    previous, withheld = "", 0
    for number, row in enumerate(rows, start=1):
        place = f"{name}:{number}"
        if row["seq"] != number:
            yield Finding(FAILS, place, f"ควรเป็นลำดับที่ {number}", f"it should be number {number}")
            return
        withheld += "withheld" in row
        payload = payload_digest(row, texts, place)
        is_old = payload == UNSALTED
        follows = (
            unsalted_digest(previous, case, row) if is_old else rule(previous, case, row, payload)
        )
        if follows != row["hash"]:
            yield Finding(
                FAILS,
                place,
                "ไม่ตรงกับที่บันทึกต่อจากรายการก่อนหน้า: ถูกแก้ไข ลบ แทรก หรือสลับที่",
                "it does not follow from the one before: changed, removed, inserted or moved",
            )
            return
        previous = str(row["hash"])
    yield Finding(
        HOLDS,
        name,
        f"บันทึก {len(rows)} รายการต่อกันครบ ไม่มีรายการใดถูกแก้ ลบ แทรก หรือสลับ",
        f"{len(rows)} records follow from one another: none changed, removed, inserted or moved",
    )
    if withheld:
        yield Finding(
            WITHHELD,
            name,
            f"ปกปิดเนื้อหา {withheld} รายการ ยังพิสูจน์ได้ว่าไม่ถูกแก้ไข",
            f"the content of {withheld} is withheld; that it is unchanged is proved all the same",
        )


# ── deployed ───────────────────────────────────────────────────────────────────────────────────


def check_law(files: dict[str, bytes], events: list[Facts]) -> Iterator[Finding]:
    """Whether the files are, byte for byte, those that the record says the case ran under."""
    named = dict(bundles_named(events))
    held: dict[str, dict[str, bytes]] = {}
    for name, content in files.items():
        if name.startswith("law/"):
            _, version, rest = name.split("/", 2)
            held.setdefault(version, {})[rest] = content
    for version, bundle in sorted(named.items()):
        found = held.pop(version, {})
        parts = [part for name in sorted(found) for part in (name, found[name])]
        if digest(*parts) == bundle:
            th = f"แผนภาพ ตาราง แบบฟอร์ม และหนังสือของ {version} ตรงกับที่ใช้จริงทุกไบต์ ({len(found)} แฟ้ม)"
            en = f"the {len(found)} files of {version} are, to the byte, what the case ran under"
            yield Finding(HOLDS, f"law/{version}", th, en)
        else:
            th, en = "ไม่ใช่แฟ้มที่เรื่องนี้ใช้จริง", "these are not the files that the case ran under"
            yield Finding(FAILS, f"law/{version}", th, en)
    for version in sorted(held):
        th, en = "บันทึกของเรื่องไม่ได้อ้างแฟ้มเหล่านี้", "the record does not name these files"
        yield Finding(FAILS, f"law/{version}", th, en)


def bundles_named(events: list[Facts]) -> Iterator[tuple[str, str]]:
    for number, row in enumerate(events, start=1):
        if row["type"] not in ("instance_started", "instance_migrated") or "payload" not in row:
            continue
        data = read_json(row["payload"]["data"].encode(), f"events.jsonl:{number}")
        version = data.get("to") or data.get("definition")
        if "bundle" in data:
            yield str(version).replace(":", "_"), str(data["bundle"])


# ── the signed log ─────────────────────────────────────────────────────────────────────────────


def leaf(entry: str) -> bytes:
    return hashlib.sha256(b"\x00" + entry.encode()).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of_inclusion(hash: bytes, position: int, size: int, path: list[bytes]) -> bytes | None:
    """The root that a leaf and its path give (RFC 9162, 2.1.3.2)."""
    at, last = position, size - 1
    if not 0 <= at <= last:
        return None
    for sibling in path:
        if last == 0:
            return None
        if at % 2 or at == last:
            hash = node(sibling, hash)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            hash = node(hash, sibling)
        at, last = at >> 1, last >> 1
    return hash if last == 0 else None


def is_consistent(old: tuple[int, bytes], new: tuple[int, bytes], path: list[bytes]) -> bool:
    """Whether the newer tree begins with the older one (RFC 9162, 2.1.4.2)."""
    (first, old_root), (second, new_root) = old, new
    if not 0 < first < second or not path:
        return first == second and not path and old_root == new_root
    steps = [old_root, *path] if first & (first - 1) == 0 else path
    at, last = first - 1, second - 1
    while at % 2:
        at, last = at >> 1, last >> 1
    one = other = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at % 2 or at == last:
            one, other = node(step, one), node(step, other)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            other = node(other, step)
        at, last = at >> 1, last >> 1
    return one == old_root and other == new_root and last == 0


def root_of(entries: list[str]) -> bytes:
    """The root of the tree over these leaves."""
    if not entries:
        return hashlib.sha256(b"").digest()
    row = [leaf(entry) for entry in entries]
    while len(row) > 1:  # an odd one out moves up as it is: the shape of RFC 9162
        pairs = [node(a, b) for a, b in zip(row[::2], row[1::2])]
        row = pairs + row[len(pairs) * 2 :]
    return row[0]


HEAD_KEYS = {"size", "root", "at", "public_key", "signature"}


def check_head(head: Any, place: str) -> None:
    """Raises `Broken` unless a signed head is whole and its signature is that of its key."""
    if (
        not isinstance(head, dict)
        or not set(head) >= HEAD_KEYS
        or not isinstance(head["size"], int)
    ):
        raise Broken(place, "ตราประทับไม่ครบ", "the signed head is not whole")
    hexed(head["root"], 32, place)
    text = f"samnuan head 1\n{head['size']}\n{head['root']}\n{head['at']}\n".encode()
    key, signature = hexed(head["public_key"], 32, place), hexed(head["signature"], 64, place)
    if not is_signed(text, signature, key):
        raise Broken(place, "ลายเซ็นของตราประทับไม่ถูกต้อง", "the signature of the head does not hold")


def check_proof(
    proof: Any, case: str, events: list[Facts], commands: list[Facts]
) -> Iterator[Finding]:
    """Whether the heads of both chains are in the signed log."""
    place = "proof.json"
    if not isinstance(proof, dict) or set(proof) != {"entry", "position", "path", "head", "older"}:
        raise Broken(place, "หลักฐานไม่ครบ", "the proof is not whole")
    head, entry = proof["head"], str(proof["entry"])
    check_head(head, place)
    path = [hexed(hash, 32, place) for hash in proof["path"]]
    found = root_of_inclusion(leaf(entry), int(proof["position"]), head["size"], path)
    if found is None or found.hex() != head["root"]:
        raise Broken(
            place, "เรื่องนี้ไม่อยู่ในบันทึกรวมที่ประทับตรา", "the case is not in the log that was signed"
        )
    yield from _signed(read_json(entry.encode(), place), case, events, commands)
    yield Finding(
        HOLDS,
        place,
        f"อยู่ในบันทึกรวมที่ประทับตรา ณ {head['at']} ({head['size']} รายการ)",
        f"it is in the log as it was signed on {head['at']} ({head['size']} entries)",
    )
    yield from _older(proof["older"], head)


def _signed(entry: Any, case: str, events: list[Facts], commands: list[Facts]) -> Iterator[Finding]:
    if not isinstance(entry, dict) or entry.get("instance") != case:
        raise Broken("proof.json", "หลักฐานเป็นของเรื่องอื่น", "the proof is another case's")
    pairs = (("events.jsonl", events, "event"), ("commands.jsonl", commands, "command"))
    for name, rows, word in pairs:
        count = entry.get(word + "s")
        if not isinstance(count, int) or not 0 < count <= len(rows):
            th, en = "ท้ายบันทึกถูกตัดออก", f"{count} were signed: the end of the record was cut off"
            raise Broken(f"{name}:{len(rows)}", th, en)
        if rows[count - 1]["hash"] != entry.get(word + "_head"):
            th = "ไม่ใช่บันทึกที่ประทับตราไว้: ถูกเขียนใหม่ภายหลัง"
            raise Broken(f"{name}:{count}", th, "it is not what was signed: rewritten since")
        if count < len(rows):
            late = len(rows) - count
            yield Finding(
                OPEN,
                f"{name}:{count + 1}",
                f"{late} รายการท้ายเกิดหลังการประทับตรา",
                f"the last {late} came after the signing",
            )


def _older(older: Any, head: Facts) -> Iterator[Finding]:
    for number, each in enumerate(older, start=1):
        place = f"proof.json, older {number}"
        check_head(each["head"], place)
        path = [hexed(hash, 32, place) for hash in each["path"]]
        before = each["head"]["size"], bytes.fromhex(each["head"]["root"])
        if not is_consistent(before, (head["size"], bytes.fromhex(head["root"])), path):
            raise Broken(place, "บันทึกรวมเดิมถูกเขียนใหม่", "the log does not continue the older one")
        th = f"บันทึกรวมต่อเนื่องจากตราประทับ ณ {each['head']['at']}"
        yield Finding(HOLDS, place, th, f"the log continues the one signed on {each['head']['at']}")


# ── what binds the maker: the pinned key, the mailed heads ─────────────────────────────────────


def check_key(found: list[str], pinned: str | None) -> Finding:
    if len(set(found)) != 1:
        th, en = "ลงนามด้วยกุญแจต่างกัน", "manifest and log are signed with different keys"
        return Finding(FAILS, "manifest.sig.json", th, en)
    if pinned is None:
        return Finding(
            OPEN,
            "public key",
            f"ยังไม่ได้ตรึงกุญแจ โปรดเทียบ {found[0]} กับที่หน่วยงานประกาศ หรือใช้ --key",
            f"no key was pinned: compare {found[0]} with the agency's, or use --key",
        )
    if found[0] != pinned:
        th, en = "ไม่ได้ลงนามด้วยกุญแจของหน่วยงาน", "it is not signed with the agency's key"
        return Finding(FAILS, "public key", th, en)
    th, en = "ลงนามด้วยกุญแจของหน่วยงานที่ตรึงไว้", "it is signed with the agency's key that was pinned"
    return Finding(HOLDS, "public key", th, en)


def check_mailed(proof: Facts, mailed: list[Facts]) -> Iterator[Finding]:
    """Whether the log in the file is the one whose heads were mailed at the time."""
    entries: dict[int, str] = {}
    for each in mailed:
        first = int(each.get("first", 0))
        entries.update({first + i: str(text) for i, text in enumerate(each.get("entries", []))})
    head = proof["head"]
    for each in mailed:
        if each.get("size") == head["size"] and each.get("root") != head["root"]:
            raise Broken(
                "proof.json", "ต่างจากตราประทับที่ส่งทางอีเมล", "it is not the head that was mailed"
            )
    whole = [entries[i] for i in range(head["size"]) if i in entries]
    if len(whole) == head["size"]:
        if root_of(whole).hex() != head["root"]:
            raise Broken(
                "proof.json", "ต่างจากบันทึกรวมที่ส่งทางอีเมล", "it is not the log that was mailed"
            )
    elif not any(each.get("root") == head["root"] for each in mailed):
        th, en = "ยังไม่มีตราประทับนี้ในแฟ้มที่ให้มา", "this head is not among the mailed ones"
        yield Finding(OPEN, "proof.json", th, en)
        return
    th, en = "ตรงกับตราประทับที่ส่งทางอีเมล", "it is the log whose heads were mailed"
    yield Finding(HOLDS, "proof.json", th, en)


# ── Ed25519, as RFC 8032 section 5.1 writes it down ────────────────────────────────────────────

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def _x_of(y: int, sign: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _point(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = _x_of(y, sign) if y < P else None
    return None if x is None else (x, y, 1, x * y % P)


def _add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(factor: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _add(total, point)
        point = _add(point, point)
        factor >>= 1
    return total


BASE_Y = 4 * pow(5, P - 2, P) % P


def is_signed(message: bytes, signature: bytes, key: bytes) -> bool:
    """Whether this is the key's signature over the message."""
    public, half = _point(key), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or half is None or scalar >= L or len(signature) != 64:
        return False
    x = _x_of(BASE_Y, 0) or 0
    base: Point = (x, BASE_Y, 1, x * BASE_Y % P)
    hash = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = _times(scalar, base), _add(half, _times(hash, public))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


# ── all of it ──────────────────────────────────────────────────────────────────────────────────


def manifest_text(manifest: bytes) -> bytes:
    """What the manifest's signature is made over."""
    return f"{FORMAT}\n{hashlib.sha256(manifest).hexdigest()}\n".encode()


def check_manifest(files: dict[str, bytes]) -> tuple[Facts, list[Finding]]:
    """Whether the list of files and their hashes is right, and who signed it."""
    for name in (
        "manifest.json",
        "manifest.sig.json",
        "events.jsonl",
        "commands.jsonl",
        "proof.json",
    ):
        if name not in files:
            raise Broken(name, "ไม่มีแฟ้มนี้", "this file is missing")
    manifest = read_json(files["manifest.json"], "manifest.json")
    if not isinstance(manifest, dict) or set(manifest) != {"format", "instance", "files"}:
        raise Broken("manifest.json", "ช่องข้อมูลไม่ครบหรือเกิน", "its fields are not the right ones")
    if manifest["format"] != FORMAT:
        raise Broken("manifest.json", "ไม่รู้จักรูปแบบแฟ้ม", "this kind of file is unknown")
    found = [_listed(files, name, hash) for name, hash in sorted(manifest["files"].items())]
    own = {"manifest.json", "manifest.sig.json"}
    for name in sorted(set(files) - own - set(manifest["files"])):
        found.append(Finding(FAILS, name, "ไม่อยู่ในรายการแฟ้ม", "the manifest does not list it"))
    faults = [each for each in found if each.state == FAILS]
    th, en = (
        f"แฟ้มครบ {len(found)} แฟ้มตามรายการ",
        f"all {len(found)} files are as the manifest lists them",
    )
    return manifest, faults or [Finding(HOLDS, "manifest.json", th, en)]


def _listed(files: dict[str, bytes], name: str, hash: Any) -> Finding:
    if name not in files:
        return Finding(FAILS, name, "ไม่มีแฟ้มนี้", "this file is missing")
    if hashlib.sha256(files[name]).hexdigest() != hash:
        return Finding(FAILS, name, "เนื้อหาแฟ้มถูกแก้ไข", "its content was changed")
    return Finding(HOLDS, name, "ครบถ้วน", "whole")


def signature_file(key: str, signature: str) -> bytes:
    """The one way to write who signed the manifest, and how: no byte of it is free."""
    return f'{{\n "public_key": "{key}",\n "signature": "{signature}"\n}}\n'.encode()


def check_signature(files: dict[str, bytes]) -> str:
    """The key that signed the manifest."""
    place = "manifest.sig.json"
    signed = read_json(files[place], place)
    if not isinstance(signed, dict) or set(signed) != {"public_key", "signature"}:
        raise Broken(place, "ช่องข้อมูลไม่ครบหรือเกิน", "its fields are not the right ones")
    key, signature = hexed(signed["public_key"], 32, place), hexed(signed["signature"], 64, place)
    if files[place] != signature_file(key.hex(), signature.hex()):
        raise Broken(place, "ไม่ได้เขียนตามรูปแบบ", "it is not written as it must be, to the byte")
    if not is_signed(manifest_text(files["manifest.json"]), signature, key):
        raise Broken(place, "ลายเซ็นของรายการแฟ้มไม่ถูกต้อง", "the manifest's signature does not hold")
    return key.hex()


def check(
    data: bytes, pinned: str | None = None, mailed: list[Facts] | None = None
) -> list[Finding]:
    """All findings about a signed case file; it holds if none of them fails."""
    try:
        if len(data) > MOST_BYTES:
            raise Broken("container", "แฟ้มใหญ่เกินไป", "the file is too large")
        if data[:4] != LOCAL:
            raise Broken("container", "ไม่ใช่แฟ้มคดีที่ประทับตรา", "this is not a signed case file")
        files = unpack(data)
        manifest, found = check_manifest(files)
        key = check_signature(files)
    except Broken as broken:
        return [broken.finding]
    for part in _parts(files, str(manifest["instance"]), key, pinned, mailed):
        try:
            found.extend(part())
        except Broken as broken:
            found.append(broken.finding)
        except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
            th, en = "ข้อมูลผิดรูปแบบ", "something in it has the wrong shape"
            found.append(Finding(FAILS, part.__name__, th, en))
    return found


def _parts(
    files: dict[str, bytes],
    case: str,
    key: str,
    pinned: str | None,
    mailed: list[Facts] | None,
) -> list[Any]:
    """The checks one by one: where one fails, the others still say what holds."""

    def rows(name: str, keys: set[str]) -> list[Facts]:
        return record_lines(files, name, keys)

    def events() -> Iterator[Finding]:
        found = rows("events.jsonl", EVENT_KEYS)
        return chain(found, "events.jsonl", case, EVENT_TEXTS, event_digest)

    def commands() -> Iterator[Finding]:
        found = rows("commands.jsonl", COMMAND_KEYS)
        return chain(found, "commands.jsonl", case, COMMAND_TEXTS, command_digest)

    def deployed() -> Iterator[Finding]:
        return check_law(files, rows("events.jsonl", EVENT_KEYS))

    def proof() -> Iterator[Finding]:
        found = read_json(files["proof.json"], "proof.json")
        both = rows("events.jsonl", EVENT_KEYS), rows("commands.jsonl", COMMAND_KEYS)
        yield from check_proof(found, case, *both)
        if mailed is not None:
            yield from check_mailed(found, mailed)

    def keys() -> Iterator[Finding]:
        found = read_json(files["proof.json"], "proof.json")
        yield check_key([key, str(found["head"]["public_key"])], pinned)

    return [events, commands, deployed, proof, keys]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="ตรวจแฟ้มคดีที่ประทับตรา / Check a signed case file.")
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--key",
        metavar="KEY",
        help="กุญแจสาธารณะของหน่วยงาน หรือแฟ้มที่เก็บ / the agency's public key, or the file with it",
    )
    parser.add_argument(
        "--heads", type=Path, help="ตราประทับที่ได้รับทางอีเมล / the heads as mailed (JSON lines)"
    )
    parser.add_argument("--lang", choices=["th", "en", "both"], default="both")
    parser.add_argument("--json", action="store_true", dest="as_json")
    chosen = parser.parse_args(arguments)
    try:
        pinned = _pinned(chosen.key) if chosen.key else None
        mailed = _mailed(chosen.heads.read_bytes()) if chosen.heads else None
        found = check(_read(chosen.file), pinned, mailed)
    except Broken as broken:
        found = [broken.finding]
    except OSError as error:
        found = [
            Finding(
                FAILS, str(error.filename), "อ่านแฟ้มไม่ได้", f"it cannot be read: {error.strerror}"
            )
        ]
    _tell(found, chosen.lang, chosen.as_json)
    return 1 if any(each.state == FAILS for each in found) else 0


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _pinned(given: str) -> str:
    """The key as it was pasted, or as a file has it."""
    text = "".join(given.split()).lower()
    if not re.fullmatch("[0-9a-f]{64}", text):
        text = "".join(Path(given).read_bytes().decode("ascii", "replace").split()).lower()
    return hexed(text, 32, "--key").hex()


def _mailed(content: bytes) -> list[Facts]:
    lines = [line for line in content.splitlines() if line.strip()]
    heads = [read_json(line, f"--heads:{n}") for n, line in enumerate(lines, start=1)]
    for number, head in enumerate(heads, start=1):
        check_head(head, f"--heads:{number}")
    return heads


def _tell(found: list[Finding], language: str, as_json: bool) -> None:
    out = sys.stdout
    if hasattr(out, "reconfigure"):
        out.reconfigure(encoding="utf-8")
    if as_json:
        out.write(
            json.dumps([each._asdict() for each in found], ensure_ascii=False, indent=2) + "\n"
        )
        return
    for each in found:
        words = {"th": each.th, "en": each.en}.get(language, f"{each.th} / {each.en}")
        out.write(f"{MARKS[each.state]} {each.place}: {words}\n")
    fails = any(each.state == FAILS for each in found)
    th = "แฟ้มนี้ไม่ครบถ้วนหรือถูกแก้ไข" if fails else "แฟ้มนี้ครบถ้วนและไม่ถูกแก้ไข"
    en = "This file is not whole, or was changed." if fails else "This file is whole and unchanged."
    out.write({"th": th, "en": en}.get(language, f"{th} / {en}") + "\n")


if __name__ == "__main__":
    sys.exit(main())
