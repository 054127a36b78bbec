"""Settings: declared once where they are used, read from `SAMNUAN_*`, checked, listed by the CLI.

class MailSettings(Settings):
    host: str = setting("SAMNUAN_SMTP_HOST", Text("เครื่องส่งอีเมล", "Mail server"))
    port: int = setting("SAMNUAN_SMTP_PORT", Text("พอร์ต", "Port"), parse=number(1, 65535))

mail = MailSettings.read()          # from the environment
mail = MailSettings(host="localhost", port=1025)      # in a test
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass
from pathlib import Path
from typing import Any, Self, dataclass_transform

from engine.ground.errors import EngineError
from engine.ground.text import Text

Parse = Callable[[str], Any]
PREFIX = "SAMNUAN_"


class SettingMissing(EngineError):
    """The setting {name} is missing: {help}."""

    thai = "ยังไม่ได้กำหนดค่า {name}: {help_th}"


class SettingInvalid(EngineError):
    """The setting {name} is not right: {reason}."""

    thai = "ค่า {name} ไม่ถูกต้อง: {reason_th}"


class SettingsFileInvalid(EngineError):
    """The settings file {file}, line {row}, does not read NAME=value."""

    thai = "แฟ้มการตั้งค่า {file} บรรทัดที่ {row} ไม่อยู่ในรูป NAME=ค่า"


class Unfit(ValueError):
    """Why a value does not fit, in both languages; the value itself is never quoted."""

    def __init__(self, thai: str, english: str) -> None:
        super().__init__(english)
        self.text = Text(thai, english)


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: its name, what it is for, how its text becomes a value."""

    name: str
    help: Text
    parse: Parse
    default: Any
    secret: bool

    @property
    def required(self) -> bool:
        return self.default is MISSING

    def read(self, environ: Mapping[str, str]) -> Any:
        """The value, or its default when the variable is absent or empty.

        Raises:
            SettingMissing: it is absent and has no default.
            SettingInvalid: its text does not fit.
        """
        raw = environ.get(self.name, "").strip()
        if not raw:
            return self._default()
        try:
            return self.parse(raw)
        except Unfit as unfit:
            reason = unfit.text
        except ValueError as error:
            reason = Text(str(error), str(error))
        # Raised outside the handler: the cause's text could carry a secret into a log.
        raise SettingInvalid(name=self.name, reason=reason.en, reason_th=reason.th)

    def _default(self) -> Any:
        if self.required:
            raise SettingMissing(name=self.name, help=self.help.en, help_th=self.help.th)
        return self.default() if callable(self.default) else self.default

    def shown(self, environ: Mapping[str, str]) -> str:
        """The current text for a listing; a secret and a URL's password stay hidden."""
        raw = environ.get(self.name, "").strip()
        if not raw:
            return "" if self.required else str(self._default())
        return "••••••" if self.secret else re.sub(r"(://[^:/@\s]*):[^@/\s]*@", r"\1:•••@", raw)


def setting(
    name: str, help: Text, *, parse: Parse = str, default: Any = MISSING, secret: bool = False
) -> Any:
    """Declare a field of a `Settings` class; without a default it must be set."""
    if not name.startswith(PREFIX):
        raise ValueError(f"{name} must start with {PREFIX}")
    declared = Setting(name, help, parse, default, secret)
    metadata = {"setting": declared}
    if default is MISSING:
        return dataclasses.field(metadata=metadata)
    if callable(default):
        return dataclasses.field(default_factory=default, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(setting,))
class Settings:
    """What one part of the product can be set to; subclasses are frozen dataclasses and listed."""

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, kw_only=True)(cls)
        GROUPS.append(cls)

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read every field from the environment; the first that does not fit is refused by name."""
        source = os.environ if environ is None else environ
        values = {
            field: declared.read(source) for field, declared in declared_settings(cls).items()
        }
        return cls(**values)


GROUPS: list[type[Settings]] = []


def declared_settings(group: type[Settings]) -> dict[str, Setting]:
    """Field name → declaration, in the order of the class."""
    fields = dataclasses.fields(group)  # type: ignore[arg-type]  # made a dataclass above
    return {field.name: field.metadata["setting"] for field in fields}


def all_settings() -> Iterator[Setting]:
    """Every declared setting of the imported packages, each name once."""
    seen: set[str] = set()
    for group in GROUPS:
        for declared in declared_settings(group).values():
            if declared.name not in seen:
                seen.add(declared.name)
                yield declared


def unknown_settings(environ: Mapping[str, str]) -> list[str]:
    """Variables with our prefix that nothing reads: most often a misspelling."""
    known = {declared.name for declared in all_settings()}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


# ── what a value may look like ─────────────────────────────────────────────────────────────────


def number(least: int, most: int) -> Parse:
    """A whole number between two bounds, both included."""

    def parse(raw: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,12}", raw) or not least <= int(raw) <= most:
            raise Unfit(
                f"ต้องเป็นจำนวนเต็มตั้งแต่ {least} ถึง {most}",
                f"it must be a whole number from {least} to {most}",
            )
        return int(raw)

    return parse


def choice(*options: str) -> Parse:
    """One of a few words."""

    def parse(raw: str) -> str:
        if raw not in options:
            listed = ", ".join(options)
            raise Unfit(f"ต้องเป็นค่าใดค่าหนึ่งใน {listed}", f"it must be one of {listed}")
        return raw

    return parse


def words(raw: str) -> tuple[str, ...]:
    """A comma-separated list."""
    return tuple(part.strip() for part in raw.split(",") if part.strip())


def flag(raw: str) -> bool:
    """1, true, yes, on or 0, false, no, off."""
    if raw.lower() in {"1", "true", "yes", "on"}:
        return True
    if raw.lower() in {"0", "false", "no", "off"}:
        return False
    raise Unfit("ต้องเป็น 1 หรือ 0", "it must be 1 or 0")


def folder(raw: str) -> Path:
    return Path(raw).expanduser()


def existing_file(raw: str) -> Path:
    path = Path(raw).expanduser()
    if not path.is_file():
        raise Unfit("ไม่พบแฟ้มนี้", "there is no such file")
    return path


def database_url(raw: str) -> str:
    """`sqlite:///file` or `postgresql+psycopg://…`; a plain `postgresql://` gets its driver."""
    if raw.startswith(("postgresql://", "postgres://")):
        raw = "postgresql+psycopg://" + raw.split("://", 1)[1]
    if not raw.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise Unfit(
            "ต้องขึ้นต้นด้วย sqlite:/// หรือ postgresql+psycopg://",
            "it must start with sqlite:/// or postgresql+psycopg://",
        )
    return raw


def web_address(raw: str) -> str:
    """An http(s) address without a trailing slash."""
    if not re.fullmatch(r"https?://[^\s/]+[^\s]*", raw):
        raise Unfit("ต้องขึ้นต้นด้วย http:// หรือ https://", "it must start with http:// or https://")
    return raw.rstrip("/")


def socket_address(raw: str) -> str:
    """A socket of another program: a path on this machine, or a host with a port."""
    if raw and not re.fullmatch(r"unix:/\S+|tcp:[^\s/]+:\d{1,5}", raw):
        raise Unfit("ต้องเป็น unix:/… หรือ tcp:host:port", "it must be unix:/… or tcp:host:port")
    return raw


# ── files of settings ──────────────────────────────────────────────────────────────────────────


def read_settings_file(path: Path) -> dict[str, str]:
    """`NAME=value` lines, as in `var/dev.env`; `export` and `#` lines are allowed."""
    return dict(_assignments(path.name, path.read_text("utf-8").splitlines()))


def _assignments(file: str, lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for row, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = re.fullmatch(r"\s*(?:export\s+)?([A-Z][A-Z0-9_]*)=(.*)", line)
        if match is None:
            raise SettingsFileInvalid(file=file, row=row)
        value = match[2].strip()
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        yield match[1], value[1:-1] if quoted else value


# ── the engine's own ───────────────────────────────────────────────────────────────────────────


class DatabaseSettings(Settings):
    """Where everything is kept."""

    database_url: str = setting(
        "SAMNUAN_DATABASE_URL",
        Text(
            "ที่อยู่ฐานข้อมูล sqlite:///แฟ้ม หรือ postgresql+psycopg://ผู้ใช้@เครื่อง/ฐาน",
            "Database: sqlite:///file or postgresql+psycopg://user@host/name",
        ),
        parse=database_url,
        default="sqlite:///var/samnuan.sqlite3",
    )
    database_pool_size: int = setting(
        "SAMNUAN_DATABASE_POOL_SIZE",
        Text("จำนวนการเชื่อมต่อ PostgreSQL ที่เปิดค้างไว้", "PostgreSQL connections kept open"),
        parse=number(1, 200),
        default=5,
    )
    worker: str = setting(
        "SAMNUAN_WORKER",
        Text(
            "วิธีทำงานเบื้องหลัง embedded หรือ procrastinate (หลายเครื่อง ใช้กับ PostgreSQL)",
            "Background work: embedded, or procrastinate (many hosts, PostgreSQL)",
        ),
        parse=choice("embedded", "procrastinate"),
        default="embedded",
    )


class ConsoleSettings(Settings):
    """How the command line speaks."""

    language: str = setting(
        "SAMNUAN_LANGUAGE",
        Text("ภาษาของคำสั่ง th หรือ en", "Language of the command line: th or en"),
        parse=choice("th", "en"),
        default="th",
    )
    settings_file: str = setting(
        "SAMNUAN_SETTINGS_FILE",
        Text("แฟ้มค่าที่ตั้งไว้ บรรทัดละ ชื่อ=ค่า", "File of settings, one NAME=value per line"),
        default="",
    )
    debug: bool = setting(
        "SAMNUAN_DEBUG",
        Text("แสดงรายละเอียดข้อผิดพลาดสำหรับผู้พัฒนา", "Show tracebacks, for developers"),
        parse=flag,
        default=False,
    )
