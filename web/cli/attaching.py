"""`--file FIELD=PATH`: files that go with answers, opened while the verb runs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from web.cli.opened import FileUnreadable

if TYPE_CHECKING:
    from office.vault.attachments import Upload

Function = TypeVar("Function", bound=Callable[..., Any])


def file_option(function: Function) -> Function:
    return click.option(
        "--file",
        "files",
        multiple=True,
        metavar="FIELD=PATH",
        callback=_split,
        help="แนบแฟ้มในช่องที่ระบุ / Attach a file to a field; may be repeated.",
    )(function)


def _split(
    context: click.Context, parameter: click.Parameter, given: Sequence[str]
) -> list[tuple[str, Path]]:
    pairs = [entry.partition("=") for entry in given]
    for field, equals, path in pairs:
        if not (field and equals and path):
            raise click.BadParameter("FIELD=PATH", context, parameter)
    return [(field, Path(path)) for field, _, path in pairs]


@contextlib.contextmanager
def opened(files: Sequence[tuple[str, Path]]) -> Iterator[list[Upload]]:
    """The uploads, with their streams open."""
    from office.vault.attachments import Upload

    with contextlib.ExitStack() as stack:
        uploads = []
        for field, path in files:
            try:
                stream = stack.enter_context(path.open("rb"))
            except OSError as error:
                raise FileUnreadable(file=path, reason=error.strerror) from error
            uploads.append(Upload(field, path.name, stream))
        yield uploads
