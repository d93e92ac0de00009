"""A form on the screen: fields to type in, a list to choose from. Pure, no mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from checkin.domain.common.names import fold_name
from scanner.window.system.keyboard import BACKSPACE, DOWN, ENTER, ESCAPE, TAB, UP

LONGEST_TEXT = 80
Notice = tuple[str, tuple[tuple[str, object], ...]]


class Purpose(StrEnum):
    """What a form is for; also the key of its title in `words`."""

    CODE = "form_code"
    SEARCH = "form_search"
    BADGE = "form_badge"
    NEW_BADGE = "form_new_badge"
    OVERRIDE = "form_override"
    UNDO = "form_undo"
    ADMIT = "form_admit"
    WALK_IN = "form_walk_in"
    MEANT = "form_meant"
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
        is_optional: it is shown once it is reached, and may stay empty.
        options: what it is chosen from; its text filters them.
    """

    label: str
    secret: bool = False
    narrows: bool = False
    is_optional: bool = False
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """What a form shows.

    Attributes:
        texts: what was typed so far, one a field.
        at: the index of the active field.
        chosen: the index of the marked line in the shown list.
        picked: the same for each field that has options of its own.
        notice: a key in `words` with its details.
        is_waiting: the server was asked and has not answered.
        subject: what the form is about, such as the newcomer of a walk-in.
    """

    purpose: Purpose
    opened_s: float = 0.0
    fields: tuple[Field, ...] = ()
    texts: tuple[str, ...] = ()
    at: int = 0
    options: tuple[Option, ...] = ()
    chosen: int = 0
    picked: tuple[tuple[int, int], ...] = ()
    notice: Notice | None = None
    is_waiting: bool = False
    subject: Any = None

    @property
    def shown_fields(self) -> tuple[int, ...]:
        """Return the indices of the fields that are shown: the optional ones once reached."""
        return tuple(
            number
            for number, field in enumerate(self.fields)
            if not field.is_optional or number == self.at or self.shown_text(number)
        )

    def shown_text(self, number: int) -> str:
        """Return what a field shows: what was typed, or what is chosen in one that was left."""
        picked = number in dict(self.picked) and number != self.at
        choice = self.choice_in(number) if picked else None
        return choice.label if choice else self.texts[number]

    @property
    def shown_options(self) -> tuple[Option, ...]:
        """Return the lines of the list that match what was typed: the active field's, or all's."""
        if self.fields and self.fields[self.at].options:
            return self.options_of(self.at)
        return self._listed

    @property
    def marked(self) -> int:
        """Return the index of the marked line among those that are shown."""
        shown = len(self.shown_options)
        own = self.fields and self.fields[self.at].options
        chosen = dict(self.picked).get(self.at, 0) if own else self.chosen
        return max(0, min(chosen, shown - 1))

    @property
    def choice(self) -> Option | None:
        """Return the marked line of the form's own list, or None when that is empty."""
        shown = self._listed
        return shown[min(self.chosen, len(shown) - 1)] if shown else None

    @property
    def _listed(self) -> tuple[Option, ...]:
        typed = zip(self.fields, self.texts, strict=True)
        return _matching(self.options, [text for field, text in typed if field.narrows])

    def options_of(self, number: int) -> tuple[Option, ...]:
        """Return the options of a field that match what was typed in it."""
        return _matching(self.fields[number].options, [self.texts[number]])

    def choice_in(self, number: int) -> Option | None:
        """Return what is chosen in a field that has options, or None when none matches."""
        shown = self.options_of(number)
        return shown[min(dict(self.picked).get(number, 0), len(shown) - 1)] if shown else None


def _matching(options: tuple[Option, ...], words: Sequence[str]) -> tuple[Option, ...]:
    folded = [fold_name(word) for word in words]
    return tuple(o for o in options if all(word in fold_name(o.label) for word in folded))


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
    needed = [number for number, field in enumerate(form.fields) if not field.is_optional]
    if later := [number for number in needed if number > form.at]:
        return replace(form, at=later[0]), Step.STAYS
    for number in needed:
        if not (form.fields[number].narrows or form.texts[number].strip()):
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
    if form.shown_options:
        moved = form.marked + (1 if key == DOWN else -1)
        return _marked(form, max(0, min(moved, len(form.shown_options) - 1)))
    if not form.fields:
        return form
    return replace(form, at=(form.at + (1 if key == DOWN else -1)) % len(form.fields))


def _marked(form: Form, line: int) -> Form:
    if form.fields and form.fields[form.at].options:
        return replace(form, picked=tuple((dict(form.picked) | {form.at: line}).items()))
    return replace(form, chosen=line)


def _retyped(form: Form, key: str) -> Form:
    if not form.fields:
        return form
    text = form.texts[form.at]
    if key == BACKSPACE:
        text = text[:-1]
    elif len(key) == 1:
        text = (text + key)[:LONGEST_TEXT].lstrip()
    texts = (*form.texts[: form.at], text, *form.texts[form.at + 1 :])
    field = form.fields[form.at]
    # What a field does not filter, such as a PIN, stays chosen.
    marked = _marked(form, 0) if field.narrows or field.options else form
    return replace(marked, texts=texts, notice=None)
