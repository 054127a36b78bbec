"""A form on a page: shown fresh, read from a post, shown again with what was typed and attached."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, cast

from flask import request

from engine import feel
from engine.ground.clock import BANGKOK
from engine.ground.text import Text
from engine.store.work import Work
from forms import Form
from forms.answers.posted import ACTION, html_name
from forms.showing.view import FormView, ItemView
from office.ground.errors import (
    AttachmentNotFound,
    FileEmpty,
    FileTooLarge,
    FileTypeRefused,
    TooManyFiles,
)
from office.vault.attachments import Staged, Upload, find_staged
from web.current import now, office, read
from web.language import language

Errors = Mapping[str, Sequence[Text]]
FILE_REFUSALS = (FileTooLarge, FileEmpty, TooManyFiles, FileTypeRefused)


@dataclass(slots=True)
class Filling:
    """A form while a person fills it: what was answered so far, and the pressed button."""

    form: Form
    answers: dict[str, Any]
    context: Mapping[str, Any]
    action: str = ""  # a button that changes the form (add a row) rather than sends it
    names: dict[str, str] = field(default_factory=dict)  # file id → the person's name for it
    others: Sequence[Form] = ()  # forms that share the page
    settled: Mapping[str, Any] = field(default_factory=dict)  # by the page's address, not asked

    def __post_init__(self) -> None:
        self.answers = {**self.answers, **self.settled}

    def view(self, errors: Errors | None = None) -> FormView:
        shown = self.form.view(
            self.answers,
            errors,
            self.context,
            language(),
            environment=_environment(),
            file_names=self.names,
        )
        return replace(shown, items=tuple(_without(shown.items, self.settled)))

    def own(self, errors: Errors | None) -> Errors:
        """Those errors that belong on this form of a page with several."""
        foreign = _keys(self.others)
        return {path: said for path, said in (errors or {}).items() if _head(path) not in foreign}


def fresh(
    form: Form,
    context: Mapping[str, Any],
    *,
    prior: Mapping[str, Any] | None = None,
    settled: Mapping[str, Any] | None = None,
) -> Filling:
    """An empty form with its defaults, or with the answers given to it in an earlier round."""
    answers = form.initial(context, environment=_environment())
    return Filling(form, {**answers, **(prior or {})}, context, settled=settled or {})


def is_redraw() -> bool:
    """Whether this post asks what the form looks like now, and sends nothing."""
    return bool(request.form.get(ACTION))


def keep_files(forms: Callable[[Work], Sequence[Form]]) -> list[Staged]:
    """Check, encrypt and keep the files of this post, before anything else is done with it: a
    refusal of something else does not make the person attach them again, and nobody waits for the
    disk while a transaction is open. `forms` finds the forms that stand on the page.

    Raises:
        FileTooLarge, FileTypeRefused and the other refusals of a file.
    """
    if not any(file.filename for sent in request.files.listvalues() for file in sent):
        return []
    with read() as work:
        asked = list(forms(work))
    return office().stage([upload for form in asked for upload in _uploads(form)])


def posted(
    form: Form,
    context: Mapping[str, Any],
    *,
    others: Sequence[Form] = (),
    settled: Mapping[str, Any] | None = None,
    files: Sequence[Staged] = (),
) -> Filling:
    """What was sent, with the files that were kept of it.

    `others` are forms that share the page: their fields are not this one's.
    """
    own = {place.path for place in form.file_fields}
    staged = [file for file in files if file.field in own]
    ids: dict[str, list[str]] = {}
    for file in staged:
        ids.setdefault(file.field, []).append(file.id)
    foreign = _keys(others)
    ignored = {name for name in request.form if _head(name) in foreign} | {"csrf_token"}
    answers = form.parse_post(request.form, ids, ignore=ignored)
    action = request.form.get(ACTION, "")
    if action:
        answers = form.apply_action(answers, action)
    names = _kept_files(form, answers, staged)
    return Filling(form, answers, context, action, names, others, settled or {})


def _without(items: Sequence[ItemView], settled: Mapping[str, Any]) -> Iterator[ItemView]:
    """The items that are still asked; a group that had nothing else goes with its last question."""
    for item in items:
        if item.kind == "group":
            inner = tuple(_without(item.items, settled))
            if inner or not item.items:
                yield replace(item, items=inner)
        elif item.name not in settled:
            yield item


def _environment() -> feel.Environment:
    return feel.Environment(now=now().astimezone(BANGKOK))


def _uploads(form: Form) -> list[Upload]:
    return [
        Upload(place.path, file.filename, cast(BinaryIO, file.stream))
        for place in form.file_fields
        for file in request.files.getlist(html_name(place.path))
        if file.filename
    ]


def _kept_files(form: Form, answers: dict[str, Any], staged: Sequence[Staged]) -> dict[str, str]:
    """The names of the files that the answers carry. One that was swept away since the page was
    drawn, or was never there, is taken out: the form then asks for it again if it must."""
    names = {file.id: file.name for file in staged}
    for place in form.file_fields:
        for id in list(answers.get(place.path) or []):
            try:
                names.setdefault(id, find_staged(office().services, id, field=place.path).name)
            except AttachmentNotFound:
                answers[place.path].remove(id)
    return names


def _keys(forms: Sequence[Form]) -> Collection[str]:
    return {_head(place.path) for form in forms for place in form.fields}


def _head(path: str) -> str:
    """The top-level key of a path (`accused[].name`) or of an input's name (`accused-0-name`)."""
    return path.partition(".")[0].partition("[")[0].partition("-")[0]
