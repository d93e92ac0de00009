"""A form on the screen: fields to type in, a list to choose from. Pure, no mouse."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from checkin.domain.common.names import fold_name
from scanner.window.keyboard import BACKSPACE, DOWN, ENTER, ESCAPE, TAB, UP

LONGEST_TEXT = 80
Notice = tuple[str, tuple[tuple[str, object], ...]]


class Purpose(StrEnum):
    """What a form is for; also the key of its title in `words`."""

    CODE = "form_code"
    SEARCH = "form_search"
    OVERRIDE = "form_override"
    WALK_IN = "form_walk_in"
    CAMERA = "form_camera"


class Step(StrEnum):
    """The effect of a key on a form."""

    STAYS = "stays"
    SUBMITTED = "submitted"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Option:
    """A line of the list: choosing it gives `value`; `detail` is shown beside the label."""

    label: str
    value: Any = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """An input field.

    Attributes:
        label: its key in `words`.
        secret: shown as dots.
        narrows: its text filters the list.
    """

    label: str
    secret: bool = False
    narrows: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What a form shows.

    Attributes:
        texts: what was typed so far, one a field.
        at: the index of the active field.
        chosen: the index of the marked line in the shown list.
        notice: a key in `words` with its details.
        is_waiting: the server was asked and has not answered.
        subject: what the form is about, such as the refused scan of an override.
    """

    purpose: Purpose
    opened_s: float = 0.0
    fields: tuple[Field, ...] = ()
    texts: tuple[str, ...] = ()
    at: int = 0
    options: tuple[Option, ...] = ()
    chosen: int = 0
    notice: Notice | None = None
    is_waiting: bool = False
    subject: Any = None

    @property
    def shown_options(self) -> tuple[Option, ...]:
        """Return the lines of the list that match what was typed."""
        words = [
            fold_name(text)
            for field, text in zip(self.fields, self.texts, strict=True)
            if field.narrows
        ]
        return tuple(o for o in self.options if all(w in fold_name(o.label) for w in words))

    @property
    def choice(self) -> Option | None:
        """Return the marked line, or None when the list is empty."""
        shown = self.shown_options
        return shown[min(self.chosen, len(shown) - 1)] if shown else None


def opened(purpose: Purpose, *fields: Field, at_s: float = 0.0, **more: Any) -> Form:
    """Return an empty form."""
    return Form(purpose, at_s, fields, ("",) * len(fields), **more)


def pressed(form: Form, key: str) -> tuple[Form, Step]:
    """Return the form after a key, and whether the key submitted or closed it."""
    if key == ESCAPE:
        return form, Step.CLOSED
    if form.is_waiting:
        return form, Step.STAYS
    if key == ENTER:
        return _entered(form)
    return _moved(form, key) or _retyped(form, key), Step.STAYS


def told(form: Form, key: str, **details: object) -> Form:
    """Return the form with a notice, ready for typing again."""
    return replace(form, notice=(key, tuple(details.items())), is_waiting=False)


def _entered(form: Form) -> tuple[Form, Step]:
    if form.at + 1 < len(form.fields):
        return replace(form, at=form.at + 1), Step.STAYS
    for number, field in enumerate(form.fields):
        if not (field.narrows or form.texts[number].strip()):
            return replace(form, at=number), Step.STAYS
    if _needs_choice(form) and form.choice is None:
        return form, Step.STAYS
    return form, Step.SUBMITTED


def _needs_choice(form: Form) -> bool:
    return not form.fields or any(field.narrows for field in form.fields)


def _moved(form: Form, key: str) -> Form | None:
    if key == TAB and form.fields:
        return replace(form, at=(form.at + 1) % len(form.fields))
    if key not in (UP, DOWN):
        return None
    if form.options:
        last = max(0, len(form.shown_options) - 1)
        moved = min(form.chosen, last) + (1 if key == DOWN else -1)
        return replace(form, chosen=max(0, min(moved, last)))
    if not form.fields:
        return form
    return replace(form, at=(form.at + (1 if key == DOWN else -1)) % len(form.fields))


def _retyped(form: Form, key: str) -> Form:
    if not form.fields:
        return form
    text = form.texts[form.at]
    if key == BACKSPACE:
        text = text[:-1]
    elif len(key) == 1:
        text = (text + key)[:LONGEST_TEXT].lstrip()
    texts = (*form.texts[: form.at], text, *form.texts[form.at + 1 :])
    return replace(form, texts=texts, chosen=0, notice=None)
