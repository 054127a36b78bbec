"""Runs a pure function on an upload in a child process: a poisoned file harms only itself."""

import io
import pickle
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from engine.bpmn.rule import Rule, SourceRejected
from engine.ground.text import Text

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one upload may use."""

    cpu: int = 4  # seconds of work, which stop whatever spins
    wall: float = 20  # seconds; more than the work, so that a busy machine refuses no good file
    memory: int = 768 * 1024 * 1024  # bytes of address space


LIMIT = Rule(
    "source-limit",
    "source",
    "source",
    "error",
    Text(
        "อ่านแฟ้มไม่เสร็จภายในเวลาหรือหน่วยความจำที่กำหนด ({limit})",
        "The file could not be read within the limits of time and memory ({limit}).",
    ),
    Text(
        "แฟ้มถูกอ่านครั้งแรกในโปรเซสแยกที่หยุดได้ เพื่อไม่ให้กระทบผู้ใช้คนอื่น",
        "An upload is first read in a process of its own "
        "that can be stopped, so that nobody else waits.",
    ),
    Text("ลดขนาดหรือความซับซ้อนของแฟ้ม", "Make the file smaller or simpler."),
)


LIMITS = Limits()


def guarded(
    function: Callable[..., Result],
    *arguments: Any,
    file: str = "",
    limits: Limits = LIMITS,
    **named: Any,
) -> Result:
    """Call a module-level function in a limited child process; safe while other threads run.

    Raises:
        SourceRejected: time or memory ran out.
        Exception: whatever the function itself raised.
    """
    # A fresh interpreter, not a fork: a fork would copy locks that other threads hold just now.
    request = pickle.dumps((limits, function, arguments, named))
    command = [sys.executable, "-m", "engine.bpmn.reading.sandbox"]
    try:
        done = subprocess.run(  # noqa: S603 our own module, no shell, nothing from the upload
            command,
            input=request,
            capture_output=True,
            timeout=limits.wall,
            cwd=_root(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _rejected(file, f"{limits.wall:g} s") from None
    if done.returncode != 0 or not done.stdout:
        raise _rejected(file, f"{limits.cpu} s, {limits.memory // 2**20} MB")
    succeeded, answer = PlainUnpickler(io.BytesIO(done.stdout)).load()
    if succeeded:
        return answer  # type: ignore[no-any-return]
    raise answer


def _rejected(file: str, limit: str) -> SourceRejected:
    return SourceRejected([LIMIT.finding(file, limit=limit)])


def _root() -> Path:
    return Path(__file__).resolve().parents[3]


class PlainUnpickler(pickle.Unpickler):
    """Reads back only our own values: a child that was taken over cannot hand us code to run."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        # Dotted names and names that a module of ours has imported would lead to any class at all.
        if module.split(".")[0] == "engine" and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not a plain value")


_PLAIN = {
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("builtins", "ValueError"),
    ("builtins", "TypeError"),
    ("decimal", "Decimal"),
    ("datetime", "datetime"),
}


def main() -> None:
    limits, function, arguments, named = pickle.load(sys.stdin.buffer)  # noqa: S301 from our own parent
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = pickle.dumps((True, function(*arguments, **named)))
    except (MemoryError, RecursionError):
        sys.exit(3)
    except Exception as error:
        answer = pickle.dumps((False, error))
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
