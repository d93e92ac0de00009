"""The forms of the window: type a code, search, override, register, choose a camera."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from checkin.domain.scanning.verdict import Source, Status
from checkin.protocol.codes import parse_code
from scanner.camera.names import CameraName, cameras
from scanner.core.errors import AskedTooOften, RequestRejected, ScannerError, ServerUnreachable
from scanner.core.scan import Kind, Verdict
from scanner.core.typed import meant_code
from scanner.gate.station import Sight, Station
from scanner.gate.volunteer_requests import NO_PINS, Override, PossibleDuplicate, VolunteerRequests
from scanner.offline.walk_in import Newcomer
from scanner.window.background import Answer, BackgroundTasks
from scanner.window.form import Field, Form, Purpose, Step, opened, pressed, told
from scanner.window.options import camera_option, delegation_options, with_people
from scanner.window.state import Screen, with_notice, with_trouble

_FORMS = {
    Purpose.CODE: (Field("field_code"),),
    Purpose.SEARCH: (Field("field_name"),),
    Purpose.OVERRIDE: (Field("field_pin", secret=True), Field("field_reason")),
    Purpose.WALK_IN: (Field("field_name"), Field("field_delegation", narrows=True)),
    Purpose.CAMERA: (),
}
KEYS = {
    "t": Purpose.CODE,
    "f": Purpose.SEARCH,
    "o": Purpose.OVERRIDE,
    "w": Purpose.WALK_IN,
    "c": Purpose.CAMERA,
}
#: Forms that only the server can answer, and the notice shown while it does not.
_NEEDS_SERVER = {
    Purpose.SEARCH: "search_offline",
    Purpose.OVERRIDE: "override_offline",
    Purpose.WALK_IN: "walk_in_offline",
}
_SHORTEST_SEARCH = 3


class Counter:
    """Opens the forms, sends what was typed, and shows the answers."""

    def __init__(
        self,
        requests: VolunteerRequests,
        station: Station,
        tell: Callable[[Verdict], None],
        choose_camera: Callable[[int], None],
        admit: Callable[[Newcomer], Verdict],
        list_cameras: Callable[[], list[CameraName]] = cameras,
    ) -> None:
        """Take whom to ask and whom to tell.

        Args:
            tell: called with the verdict of an override, or of a walk-in whom this gate admitted.
            admit: admits a walk-in without the server, or returns why not.
        """
        self._requests = requests
        self._station = station
        self._tell = tell
        self._choose_camera = choose_camera
        self._admit = admit
        self._list_cameras = list_cameras
        self.background_tasks = BackgroundTasks()
        # In memory only: a laptop that is lost must not show names.
        self._drafts: list[Form] = []

    def open(self, screen: Screen, purpose: Purpose, at_s: float) -> Screen:
        """Return the screen with the form for `purpose`, or with the reason why not."""
        form = opened(purpose, *_FORMS[purpose], at_s=at_s)
        if purpose == Purpose.OVERRIDE:
            return self._with_override(screen, form, at_s)
        if purpose == Purpose.CAMERA:
            return self._with_cameras(screen, form, at_s)
        if purpose == Purpose.WALK_IN:
            form = self._walk_in(screen, form)
        return replace(screen, form=_warned(screen, form), drafts=len(self._drafts))

    def pressed(self, screen: Screen, form: Form, key: str, at_s: float) -> Screen:
        """Return the screen after a key in `form`."""
        form, step = pressed(form, key)
        if step == Step.CLOSED:
            return replace(screen, form=None)
        whole = form.purpose == Purpose.CODE and parse_code(meant_code(form.texts[0])) is not None
        if not (step == Step.SUBMITTED or whole):
            return replace(screen, form=form)
        if form.purpose == Purpose.WALK_IN:
            form = _with_newcomer(form)
        if form.purpose in _NEEDS_SERVER and not screen.online:
            return self._unsent(screen, form, at_s)
        if form.purpose == Purpose.CAMERA:  # what was wrong with the last one is over
            screen = with_trouble(screen, None)
        return replace(screen, form=self._submitted(form, at_s))

    def take(self, screen: Screen, answer: Answer, at_s: float) -> Screen:
        """Return the screen after a task's answer; an answer for an earlier form is dropped."""
        form = screen.form
        if form is None or form.opened_s != answer.asked_s:
            return screen
        is_away = isinstance(answer.fault, ServerUnreachable)
        if is_away and not isinstance(answer.fault, AskedTooOften):
            return self._unsent(screen, form, at_s)
        if answer.fault:
            return replace(screen, form=_with_fault(form, answer.fault))
        return replace(screen, form=self._answered(screen, form, answer, at_s))

    def wiped(self, screen: Screen) -> Screen:
        """Return the screen without the names that were typed: a wiped device may hold none."""
        self._drafts.clear()
        return replace(screen, form=None, drafts=0)

    def _with_override(self, screen: Screen, form: Form, at_s: float) -> Screen:
        if not screen.overrides:
            return with_notice(screen, NO_PINS, at_s, lasts_s=_READ_S)
        card = screen.card
        refused = card and not card.verdict.fault and card.verdict.kind in _MAY_BE_FORCED
        if card is None or not refused:
            return with_notice(screen, "nothing_to_override", at_s)
        form = _warned(screen, replace(form, subject=Override.of(card.verdict)))
        return replace(screen, form=form)

    def _walk_in(self, screen: Screen, form: Form) -> Form:
        """Return the form of a walk-in that waited, once it can be sent; else the empty form."""
        if self._drafts and screen.online:
            draft = self._drafts.pop(0)
            return replace(draft, opened_s=form.opened_s, notice=("walk_in_draft", ()))
        return replace(form, options=delegation_options(screen.delegations, screen.language))

    def _unsent(self, screen: Screen, form: Form, at_s: float) -> Screen:
        """Return the screen with what was typed kept, and why it was not sent."""
        if form.purpose == Purpose.WALK_IN:
            return self._without_server(screen, form, at_s)
        if form.purpose == Purpose.OVERRIDE:
            form = _without_pin(form)
        return replace(screen, form=told(form, _NEEDS_SERVER[form.purpose]))

    def _without_server(self, screen: Screen, form: Form, at_s: float) -> Screen:
        """Return the screen with a walk-in let in by this gate, or kept until there is network."""
        try:
            verdict = self._admit(form.subject)
        except ScannerError as fault:
            return replace(screen, form=_with_fault(form, fault))
        if verdict.status == Status.OK:
            self._tell(verdict)
            return replace(screen, form=None)
        self._drafts.append(replace(form, is_waiting=False))
        screen = replace(screen, form=None, drafts=len(self._drafts))
        return with_notice(screen, "walk_in_kept", at_s, lasts_s=_READ_S)

    def _with_cameras(self, screen: Screen, form: Form, at_s: float) -> Screen:
        found = self._list_cameras()
        if not found:
            return with_notice(screen, "no_cameras", at_s)
        options = tuple(camera_option(camera, screen.language) for camera in found)
        return replace(screen, form=replace(form, options=options))

    def _submitted(self, form: Form, at_s: float) -> Form | None:
        if form.purpose == Purpose.CAMERA:
            if form.choice:
                self._choose_camera(form.choice.value)
            return None
        if form.purpose == Purpose.CODE:
            sight = self._station.saw(form.texts[0], at_s, Source.TYPED)
            return told(form, "code_wrong") if sight in (Sight.AGAIN, Sight.NOT_OURS) else None
        if form.purpose == Purpose.SEARCH and len(form.texts[0].strip()) < _SHORTEST_SEARCH:
            return told(form, "three_letters")
        self.background_tasks.send(form.purpose, form.opened_s, self._work(form))
        return replace(form, is_waiting=True, notice=("asking", ()))

    def _work(self, form: Form) -> Callable[[], Any]:
        texts = [text.strip() for text in form.texts]
        if form.purpose == Purpose.SEARCH:
            return lambda: self._requests.search(texts[0])
        if form.purpose == Purpose.OVERRIDE:
            return lambda: self._requests.override(form.subject, *texts)
        again = form.notice is not None and form.notice[0] == PossibleDuplicate.code
        return lambda: self._requests.register_walk_in(form.subject, again=again)

    def _answered(self, screen: Screen, form: Form, answer: Answer, at_s: float) -> Form | None:
        if form.purpose == Purpose.SEARCH:
            return with_people(form, answer.result, screen.language)
        if form.purpose == Purpose.OVERRIDE:
            self._tell(answer.result)
        elif form.purpose == Purpose.WALK_IN:
            self._station.saw(answer.result, at_s, Source.TYPED)
        return None


_MAY_BE_FORCED = {Kind.REFUSED, Kind.ALREADY}
_READ_S = 8.0
_NO_DELEGATION = {"id": 0, "name": "", "name_ar": None}


def _with_newcomer(form: Form) -> Form:
    """Return the form with its newcomer: the same newcomer while the typed name is unchanged."""
    name = form.texts[0].strip()
    delegation = form.choice.value.as_told() if form.choice else _NO_DELEGATION
    known = form.subject
    if known and (known.name, known.delegation) == (name, delegation):
        return form
    return replace(form, subject=Newcomer.named(name, delegation))


def _warned(screen: Screen, form: Form) -> Form:
    """Return a form with a notice if it cannot be sent now."""
    key = None if screen.online else _NEEDS_SERVER.get(form.purpose)
    return told(form, key) if key else form


def _without_pin(form: Form) -> Form:
    return replace(form, at=0, texts=("", *form.texts[1:]))


def _with_fault(form: Form, fault: ScannerError) -> Form:
    if isinstance(fault, PossibleDuplicate):
        return told(form, PossibleDuplicate.code)
    if isinstance(fault, RequestRejected):
        if fault.error == NO_PINS:
            return told(_without_pin(form), NO_PINS)
        if fault.status == 403 and form.purpose == Purpose.OVERRIDE:
            return told(_without_pin(form), "pin_refused")
        return told(form, "desk_rejected", detail=fault.detail)
    if isinstance(fault, AskedTooOften) and form.purpose == Purpose.OVERRIDE:
        form = _without_pin(form)
    return told(form, fault.code, **fault.details)
