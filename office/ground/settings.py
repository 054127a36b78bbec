"""What the office wants to know from its surroundings, and the secrets it starts with."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from engine.ground.settings import (
    DatabaseSettings,
    Settings,
    choice,
    existing_file,
    flag,
    folder,
    number,
    setting,
    socket_address,
    web_address,
)
from engine.ground.text import Text
from engine.record.signing import SigningKey
from office.ground.erasure_ledger import FILE as LEDGER
from office.ground.erasure_ledger import Ledger
from office.ground.errors import KeysInvalid
from office.ground.keys import Keyring, Keys, Pepper, decode_key, new_key
from office.ground.services import Services
from office.ground.storage import LocalStorage


class PasswordSettings(Settings):
    """How dear a guess at a password is."""

    # The least is what OWASP's Password Storage Cheat Sheet asks of argon2id with three rounds.
    password_memory: int = setting(
        "SAMNUAN_PASSWORD_MEMORY",
        Text(
            "หน่วยความจำ (MiB) ที่ใช้ตรวจรหัสผ่านหนึ่งครั้ง ยิ่งมากยิ่งเดายาก",
            "Memory (MiB) that checking one password takes: the more, the dearer is a guess",
        ),
        parse=number(12, 4096),
        default=64,
    )
    breached_passwords: Path | None = setting(
        "SAMNUAN_BREACHED_PASSWORDS",
        Text(
            "แฟ้มรหัสผ่านที่รั่วไหล บรรทัดละ SHA1:จำนวน เรียงแล้ว (รูปแบบของ Have I Been Pwned)",
            "File of leaked passwords, sorted lines SHA1:count as Have I Been Pwned gives out",
        ),
        parse=existing_file,
        default=None,
    )


class OfficeSettings(DatabaseSettings):
    """The database, the secrets, the mail server."""

    data_dir: Path = setting(
        "SAMNUAN_DATA_DIR",
        Text(
            "โฟลเดอร์เก็บแฟ้มแนบที่เข้ารหัสแล้ว และกุญแจที่สร้างเองเมื่อไม่ได้กำหนด",
            "Folder of the encrypted attachments, and of generated keys where none are set",
        ),
        parse=folder,
        default=lambda: Path("var"),
    )
    vault_keys: str = setting(
        "SAMNUAN_VAULT_KEYS",
        Text(
            "กุญแจหลักของข้อมูลตัวบุคคล หมายเลข:base64 คั่นด้วยจุลภาค หมายเลขสูงสุดใช้เข้ารหัส",
            "Master keys of the identity vault, id:base64 by commas; the highest id encrypts",
        ),
        default="",
        secret=True,
    )
    case_keys: str = setting(
        "SAMNUAN_CASE_KEYS",
        Text(
            "กุญแจหลักของเนื้อหาเรื่อง รูปแบบเดียวกับ SAMNUAN_VAULT_KEYS",
            "Master keys of case content, written as SAMNUAN_VAULT_KEYS",
        ),
        default="",
        secret=True,
    )
    pepper: str = setting(
        "SAMNUAN_PEPPER",
        Text(
            "กุญแจสำหรับรหัสติดตามและดัชนีค้นหา 32 ไบต์ base64 เปลี่ยนแล้วรหัสเดิมใช้ไม่ได้",
            "Key of tracking codes and search indexes, 32 bytes in base64; never change it",
        ),
        default="",
        secret=True,
    )
    seal_key: str = setting(
        "SAMNUAN_SEAL_KEY",
        Text(
            "กุญแจลงนามตราประทับบันทึก Ed25519 32 ไบต์ base64",
            "Key that signs the heads of the record: Ed25519, 32 bytes in base64",
        ),
        default="",
        secret=True,
    )
    auditor_mail: str = setting(
        "SAMNUAN_AUDITOR_MAIL",
        Text(
            "อีเมลของผู้ตรวจสอบนอกหน่วยงานที่รับตราประทับบันทึกทุกชั่วโมง",
            "Address of an auditor, best outside the agency, who gets the signed heads",
        ),
        default="",
    )
    public_url: str = setting(
        "SAMNUAN_PUBLIC_URL",
        Text("ที่อยู่เว็บที่ประชาชนใช้", "Web address that the public uses"),
        parse=web_address,
        default="http://127.0.0.1:8080",
    )
    receipt_prefix: str = setting(
        "SAMNUAN_RECEIPT_PREFIX",
        Text("อักษรนำของเลขรับเรื่อง", "What receipt numbers begin with"),
        default="รร.",
    )
    letter_prefix: str = setting(
        "SAMNUAN_LETTER_PREFIX",
        Text("อักษรนำของเลขหนังสือออก", "What letter numbers begin with"),
        default="ศปท.ล.",
    )
    session_hours: int = setting(
        "SAMNUAN_SESSION_HOURS",
        Text("ลงชื่อเข้าใช้แล้วอยู่ได้กี่ชั่วโมง", "Hours after which a sign-in ends"),
        parse=number(1, 168),
        default=10,
    )
    idle_minutes: int = setting(
        "SAMNUAN_IDLE_MINUTES",
        Text(
            "ไม่ใช้งานกี่นาทีแล้วต้องลงชื่อเข้าใช้ใหม่",
            "Minutes without a request after which a sign-in ends",
        ),
        parse=number(5, 1440),
        default=60,
    )
    confirm_minutes: int = setting(
        "SAMNUAN_CONFIRM_MINUTES",
        Text(
            "ยืนยันตัวตนแล้วทำรายการสำคัญต่อได้กี่นาที เช่น เปิดเผยตัวตน ลบ เผยแพร่ ให้บทบาท",
            "Minutes for which a proof of who one is lasts before one reveals, erases, publishes "
            "or gives roles",
        ),
        parse=number(1, 240),
        default=15,
    )
    demo: bool = setting(
        "SAMNUAN_DEMO",
        Text(
            "สร้างบัญชีสาธิตหนึ่งบัญชีต่อบทบาท ห้ามใช้กับระบบจริง",
            "Create one demo account per role; never on a real system",
        ),
        parse=flag,
        default=False,
    )
    clamd: str = setting(
        "SAMNUAN_CLAMD",
        Text(
            "ที่อยู่ของโปรแกรมตรวจไวรัส clamd เช่น unix:/run/clamav/clamd.ctl หรือ tcp:127.0.0.1:3310",
            "Where clamd checks files for viruses: unix:/run/clamav/clamd.ctl, tcp:127.0.0.1:3310",
        ),
        parse=socket_address,
        default="",
    )
    smtp_host: str = setting(
        "SAMNUAN_SMTP_HOST",
        Text(
            "เครื่องส่งอีเมล ถ้าว่างไว้ อีเมลจะอยู่ในตู้จดหมายสำหรับพัฒนา",
            "Mail server; when empty, mail stays in the development mailbox",
        ),
        default="",
    )
    smtp_port: int = setting(
        "SAMNUAN_SMTP_PORT",
        Text("พอร์ตของเครื่องส่งอีเมล", "Port of the mail server"),
        parse=number(1, 65535),
        default=25,
    )
    smtp_user: str = setting("SAMNUAN_SMTP_USER", Text("ชื่อผู้ใช้เครื่องส่งอีเมล", "Mail user"), default="")
    smtp_password: str = setting(
        "SAMNUAN_SMTP_PASSWORD",
        Text("รหัสผ่านเครื่องส่งอีเมล", "Mail password"),
        default="",
        secret=True,
    )
    smtp_security: str = setting(
        "SAMNUAN_SMTP_SECURITY",
        Text("การเข้ารหัสของเครื่องส่งอีเมล", "Encryption towards the mail server"),
        parse=choice("none", "starttls", "tls"),
        default="none",
    )
    smtp_from: str = setting(
        "SAMNUAN_SMTP_FROM",
        Text("ที่อยู่ผู้ส่งของอีเมล", "Sender address of mail"),
        default="complaints@localhost",
    )


def services_of(settings: OfficeSettings) -> Services:
    """What the office's functions need at hand.

    Raises:
        KeysInvalid: a secret does not have its shape.
    """
    return Services(
        keys=keys_of(settings),
        storage=LocalStorage(settings.data_dir / "files"),
        ledger=Ledger(settings.data_dir / LEDGER),
        public_url=settings.public_url,
        receipt_prefix=settings.receipt_prefix,
        letter_prefix=settings.letter_prefix,
    )


def keys_of(settings: OfficeSettings) -> Keys:
    """The secrets of the settings; what is not set comes from a file made on the first start."""
    given = {
        "vault_keys": settings.vault_keys,
        "case_keys": settings.case_keys,
        "pepper": settings.pepper,
    }
    if not all(given.values()):
        fresh = {"vault_keys": f"1:{new_key()}", "case_keys": f"1:{new_key()}", "pepper": new_key()}
        kept = _kept_keys(settings.data_dir / "keys.json", fresh)
        given = {name: value or kept[name] for name, value in given.items()}
    return Keys(
        identity=Keyring.parse(given["vault_keys"], setting="SAMNUAN_VAULT_KEYS"),
        content=Keyring.parse(given["case_keys"], setting="SAMNUAN_CASE_KEYS"),
        pepper=Pepper(_decoded(given["pepper"], "SAMNUAN_PEPPER")),
        head_key=SigningKey(_decoded(_seal_key(settings), "SAMNUAN_SEAL_KEY")),
    )


def _seal_key(settings: OfficeSettings) -> str:
    # In a file of its own: an auditor can be given the others' folder without it.
    path = settings.data_dir / "seal.json"
    return settings.seal_key or _kept_keys(path, {"seal_key": new_key()})["seal_key"]


def _decoded(text: str, name: str) -> bytes:
    try:
        return decode_key(text)
    except ValueError:
        raise KeysInvalid(name=name) from None


def _kept_keys(path: Path, fresh: Mapping[str, str]) -> dict[str, str]:
    """The keys in a file, which is made with these when it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two processes may start at once: both write their own draft, the link that comes first stays.
    draft = path.with_name(f"{path.name}.{os.getpid()}~")
    if not path.exists():
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(dict(fresh), file)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    kept: dict[str, str] = json.loads(path.read_text())
    return kept
