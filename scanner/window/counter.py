"""The forms of the window: type a code, search, override, register, choose a camera."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from checkin.domain.scanning.facts import WithoutBadge
from checkin.domain.scanning.verdict import Source, Status
from scanner.camera.names import CameraName, cameras
from scanner.core.errors import (
    AskedTooOften,
    RequestRejected,
    ScannerError,
    SearchBudget,
    ServerUnreachable,
)
from scanner.core.scan import Verdict
from scanner.core.typed import is_whole_code
from scanner.gate.badge_printer import print_badge
from scanner.gate.station import Sight, Station
from scanner.gate.volunteer_requests import (
    NO_PINS,
    NO_SEARCH,
    PIN_NEEDED,
    NewBadge,
    Override,
    Person,
    PossibleDuplicate,
    VolunteerRequests,
)
from scanner.offline.walk_in import Newcomer
from scanner.window.background import Answer, BackgroundTasks
from scanner.window.card_lines import in_both_scripts
from scanner.window.form import Field, Form, Option, Purpose, Step, opened, pressed, told
from scanner.window.options import (
    camera_option,
    category_options,
    delegation_options,
    person_options,
    scan_option,
    telling_options,
    with_people,
)
from scanner.window.recent_scans import RecentScans
from scanner.window.state import Screen, with_notice, with_trouble
from scanner.window.system.keyboard import TAB
from scanner.words import say

PIN = Field("field_pin", secret=True)
_FORMS = {
    Purpose.CODE: (Field("field_code"),),
    Purpose.SEARCH: (Field("field_sought"),),
    Purpose.BADGE: (Field("field_sought"),),
    Purpose.NEW_BADGE: (),
    Purpose.ADMIT: (PIN,),
    Purpose.OVERRIDE: (PIN, Field("field_reason")),
    Purpose.UNDO: (),
    Purpose.WALK_IN: (
        Field("field_name"),
        Field("field_delegation", narrows=True),
        *(Field(f"field_{one}", is_optional=True) for one in ("phone", "category", "name_ar")),
    ),
    Purpose.MEANT: (),
    Purpose.CAMERA: (),
}
KEYS = {
    "t": Purpose.CODE,
    "f": Purpose.SEARCH,
    "b": Purpose.BADGE,
    "o": Purpose.OVERRIDE,
    "z": Purpose.UNDO,
    "w": Purpose.WALK_IN,
    "c": Purpose.CAMERA,
}
#: Forms that only the server can answer, and the notice shown while it does not.
_NEEDS_SERVER = {
    Purpose.SEARCH: "search_offline",
    Purpose.BADGE: "badge_offline",
    Purpose.NEW_BADGE: "badge_offline",
    Purpose.ADMIT: "unanswered",
    Purpose.OVERRIDE: "override_offline",
    Purpose.WALK_IN: "walk_in_offline",
    Purpose.MEANT: "unanswered",
}
#: those that a help desk answers itself
_ANSWERED_HERE = (Purpose.SEARCH, Purpose.ADMIT)
#: those that look for somebody
_SEARCHES = (Purpose.SEARCH, Purpose.BADGE)
#: those by which somebody gets a new badge
_FOR_BADGES = (Purpose.BADGE, Purpose.NEW_BADGE)
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
        annul: Callable[[str, str], None],
        list_cameras: Callable[[], list[CameraName]] = cameras,
        print_badge: Callable[[bytes], None] = print_badge,
    ) -> None:
        """Take whom to ask and whom to tell.

        Args:
            tell: called with the verdict of an override, or of a walk-in whom this gate admitted.
            admit: admits a walk-in without the server, or returns why not.
            annul: called with the id of a scan that is taken back, and a reason.
            print_badge: prints one badge, a PDF, on this laptop.
        """
        self._requests = requests
        self._station = station
        self._tell = tell
        self._choose_camera = choose_camera
        self._admit = admit
        self._annul = annul
        self._list_cameras = list_cameras
        self._print_badge = print_badge
        self.background_tasks = BackgroundTasks()
        # In memory only: a laptop that is lost must not show names.
        self._drafts: list[Form] = []

    def open(self, screen: Screen, purpose: Purpose, at_s: float) -> Screen:
        """Return the screen with the form for `purpose`, or with the reason why not."""
        form = opened(purpose, *_FORMS[purpose], at_s=at_s)
        if purpose == Purpose.OVERRIDE:
            return self._with_override(screen, form, at_s)
        if purpose == Purpose.UNDO:
            return _with_undo(screen, form, at_s)
        if purpose == Purpose.CAMERA:
            return self._with_cameras(screen, form, at_s)
        if purpose == Purpose.BADGE and not self._requests.finds_here:
            return with_notice(screen, "no_help_desk", at_s, lasts_s=_READ_S)
        if purpose == Purpose.WALK_IN:
            form = self._walk_in(screen, form)
        return replace(screen, form=self._warned(screen, form), drafts=len(self._drafts))

    def pressed(self, screen: Screen, form: Form, key: str, at_s: float) -> Screen:
        """Return the screen after a key in `form`."""
        before, (form, step) = form.texts, pressed(form, key)
        if step == Step.CLOSED:
            return replace(screen, form=_before(form))
        if form.purpose in _SEARCHES and form.texts[:1] != before[:1]:
            form = replace(form, options=())  # they were found by another text
        if key == TAB and form.purpose == Purpose.WALK_IN:
            form = replace(form, notice=None)  # it has said what Tab leads to
        whole = form.purpose == Purpose.CODE and is_whole_code(form.texts[0])
        if not (step == Step.SUBMITTED or whole):
            return replace(screen, form=form)
        if form.purpose == Purpose.WALK_IN:
            form = _with_newcomer(form)
        if not self._can_be_sent(screen, form):
            return self._unsent(screen, form, at_s)
        if form.purpose == Purpose.BADGE and form.choice:
            return replace(screen, form=_asking_whether_to_tell(form, screen.language))
        if form.purpose == Purpose.CAMERA:  # what was wrong with the last one is over
            screen = with_trouble(screen, None)
        if screen.without_badge == WithoutBadge.SUPERVISORS and _takes_supervisor(form):
            return replace(screen, form=_asking_supervisor(form))
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
            return replace(screen, form=_with_fault(screen, form, answer.fault))
        if isinstance(answer.result, NewBadge):
            return _with_new_badge(screen, answer.result, at_s)
        return replace(screen, form=self._answered(screen, form, answer, at_s))

    def wiped(self, screen: Screen) -> Screen:
        """Return the screen without any name: a wiped device may hold none."""
        self._drafts.clear()
        return replace(screen, form=None, bus=None, drafts=0, recent=RecentScans())

    def _with_override(self, screen: Screen, form: Form, at_s: float) -> Screen:
        if not screen.overrides:
            return with_notice(screen, NO_PINS, at_s, lasts_s=_READ_S)
        refused = screen.recent.overridable
        if not refused:
            return with_notice(screen, "nothing_to_override", at_s)
        options = tuple(
            scan_option(scan, Override.of(scan.verdict), screen.language, screen.timezone)
            for scan in refused
        )
        return replace(screen, form=self._warned(screen, replace(form, options=options)))

    def _walk_in(self, screen: Screen, form: Form) -> Form:
        """Return the form of a walk-in that waited, once it can be sent; else the empty form."""
        if self._drafts and screen.online:
            draft = self._drafts.pop(0)
            return replace(draft, opened_s=form.opened_s, notice=("walk_in_draft", ()))
        categories = category_options(screen.categories, screen.language)
        fields = tuple(
            replace(field, options=categories) if field.label == "field_category" else field
            for field in form.fields
        )
        delegations = delegation_options(screen.delegations, screen.language)
        return told(replace(form, fields=fields, options=delegations), "walk_in_more")

    def _unsent(self, screen: Screen, form: Form, at_s: float) -> Screen:
        """Return the screen with what was typed kept, and why it was not sent."""
        if walk_in := _walk_in_of(form):
            return self._without_server(screen, walk_in, at_s)
        if form.purpose in _FOR_BADGES:
            return replace(screen, form=_searching_instead(form))
        key = "unanswered" if _person_in(form) else _NEEDS_SERVER[form.purpose]
        return replace(screen, form=told(_without_pin(form), key))

    def _can_be_sent(self, screen: Screen, form: Form) -> bool:
        if screen.online or form.purpose not in _NEEDS_SERVER:
            return True
        return form.purpose in _ANSWERED_HERE and self._requests.finds_here

    def _warned(self, screen: Screen, form: Form) -> Form:
        """Return a form with a notice if it cannot be sent now."""
        if self._can_be_sent(screen, form):
            return form
        if form.purpose == Purpose.BADGE:
            return _searching_instead(form)
        return told(form, _NEEDS_SERVER[form.purpose])

    def _without_server(self, screen: Screen, form: Form, at_s: float) -> Screen:
        """Return the screen with a walk-in let in by this gate, or kept until there is network."""
        try:
            verdict = self._admit(form.subject)
        except ScannerError as fault:
            return replace(screen, form=_with_fault(screen, form, fault))
        if verdict.status == Status.OK:
            self._tell(verdict)
            return replace(screen, form=None)
        self._drafts.append(replace(_without_pin_field(form), is_waiting=False))
        screen = replace(screen, form=None, drafts=len(self._drafts))
        return with_notice(screen, "walk_in_kept", at_s, lasts_s=_READ_S)

    def _with_cameras(self, screen: Screen, form: Form, at_s: float) -> Screen:
        found = self._list_cameras()
        if not found:
            return with_notice(screen, "no_cameras", at_s)
        options = tuple(camera_option(camera, screen.language) for camera in found)
        return replace(screen, form=replace(form, options=options))

    def _submitted(self, form: Form, at_s: float) -> Form | None:
        if form.purpose == Purpose.UNDO:
            if form.choice:
                self._annul(form.choice.value, "taken back at the gate")
            return None
        if form.purpose == Purpose.CAMERA:
            if form.choice:
                self._choose_camera(form.choice.value)
            return None
        if form.purpose == Purpose.CODE:
            sight = self._station.saw(form.texts[0], at_s, Source.TYPED)
            return told(form, "code_wrong") if sight in (Sight.AGAIN, Sight.NOT_OURS) else None
        if form.purpose in _SEARCHES and len(form.texts[0].strip()) < _SHORTEST_SEARCH:
            return told(form, "three_letters")
        self.background_tasks.send(form.purpose, form.opened_s, self._work(form))
        return replace(form, is_waiting=True, notice=("asking", ()))

    def _work(self, form: Form) -> Callable[[], Any]:
        texts = [text.strip() for text in form.texts]
        pin = texts[-1] if PIN in form.fields else ""
        person = _person_in(form)
        if person and form.purpose == Purpose.NEW_BADGE:
            tell: bool = cast(Option, form.choice).value
            return lambda: self._new_badge(person, pin, tell=tell)
        if person:
            return lambda: self._requests.admit(person, self._station.type, pin)
        if form.purpose in _SEARCHES:
            return lambda: self._requests.search(*texts)
        if form.purpose == Purpose.OVERRIDE:
            chosen: Any = form.choice and form.choice.value
            return lambda: self._requests.override(chosen, *texts)
        again = form.purpose == Purpose.MEANT
        newcomer = cast(Form, _walk_in_of(form)).subject
        return lambda: self._requests.register_walk_in(newcomer, pin, again=again)

    def _new_badge(self, person: Person, pin: str, *, tell: bool) -> NewBadge:
        badge = self._requests.replace_badge(person, pin, tell=tell)
        self._print_badge(badge.pdf)
        return badge

    def _answered(self, screen: Screen, form: Form, answer: Answer, at_s: float) -> Form | None:
        if isinstance(answer.result, Verdict):
            self._tell(answer.result)
        elif form.purpose in _SEARCHES:
            language, timezone = screen.language, screen.timezone
            return with_people(_without_pin_field(form), answer.result, language, timezone)
        else:
            self._station.saw(answer.result, at_s, Source.TYPED)
        return None


_READ_S = 8.0
_NO_DELEGATION = {"id": 0, "name": "", "name_ar": None}


def _with_undo(screen: Screen, form: Form, at_s: float) -> Screen:
    """Return the screen with the form that asks whose scan is taken back, the newest marked."""
    undoable = screen.recent.undoable
    if not undoable:
        return with_notice(screen, "nothing_to_annul", at_s)
    options = tuple(
        scan_option(scan, scan.scan_id, screen.language, screen.timezone) for scan in undoable
    )
    return replace(screen, form=told(replace(form, options=options), "undo_counts"))


def _person_in(form: Form) -> Person | None:
    """Return the registered person whom a form lets in or gives a new badge, or None."""
    if form.purpose == Purpose.ADMIT:
        return cast(Person, form.subject)
    if form.purpose == Purpose.NEW_BADGE:
        return _person_in(cast(Form, form.subject))
    has_people = form.purpose in (*_SEARCHES, Purpose.MEANT)
    return form.choice.value if has_people and form.choice else None


def _walk_in_of(form: Form) -> Form | None:
    """Return the form of the walk-in who is to be registered, or None where nobody is."""
    if form.purpose == Purpose.WALK_IN:
        return form
    is_another = form.purpose == Purpose.MEANT and _person_in(form) is None
    return cast(Form, form.subject) if is_another else None


def _before(form: Form) -> Form | None:
    """Return what a form goes back to when it is closed: the one about which it has asked."""
    asks = form.purpose in (Purpose.MEANT, Purpose.NEW_BADGE)
    asked = cast(Form, form.subject) if asks else None
    return asked and replace(asked, notice=None, is_waiting=False)


def _takes_supervisor(form: Form) -> bool:
    is_asked_later = form.purpose in (Purpose.ADMIT, *_FOR_BADGES)
    return not is_asked_later and _person_in(form) is not None


def _asking_supervisor(form: Form) -> Form:
    """Return the form that asks a supervisor for their PIN to let in who was chosen."""
    fields, at_s = _FORMS[Purpose.ADMIT], form.opened_s
    return told(
        opened(Purpose.ADMIT, *fields, at_s=at_s, subject=_person_in(form)), "pin_for_person"
    )


def _asking_whether_to_tell(form: Form, language: str) -> Form:
    """Return the form that asks whether a message brings the new badge to who was chosen, too."""
    options = telling_options(language)
    return opened(Purpose.NEW_BADGE, at_s=form.opened_s, subject=form, options=options)


def _asking_who_is_meant(screen: Screen, form: Form, fault: PossibleDuplicate) -> Form:
    """Return the list of who may be meant by a walk-in, and of another person at its end."""
    people = person_options(fault.people, screen.language, screen.timezone)
    options = (*people, Option(say(screen.language, "another_person")))
    walk_in = _without_pin_field(form)
    asked = opened(Purpose.MEANT, at_s=form.opened_s, subject=walk_in, options=options)
    return told(asked, PossibleDuplicate.code)


def _with_newcomer(form: Form) -> Form:
    """Return the form with its newcomer: the same newcomer while nothing typed is changed."""
    typed = {field.label: text.strip() for field, text in zip(form.fields, form.texts, strict=True)}
    number = [field.label for field in form.fields].index("field_category")
    category = form.choice_in(number)
    newcomer = Newcomer.named(
        typed["field_name"],
        form.choice.value.as_told() if form.choice else _NO_DELEGATION,
        name_ar=typed["field_name_ar"],
        phone=typed["field_phone"],
        category=category.value if category else "",
    )
    is_known = form.subject is not None and form.subject.is_same(newcomer)
    return form if is_known else replace(form, subject=newcomer)


def _searching_instead(form: Form) -> Form:
    """Return the search by which who should have got a new badge is let in without one."""
    if form.purpose == Purpose.NEW_BADGE:
        form = cast(Form, form.subject)
    return told(replace(_without_pin_field(form), purpose=Purpose.SEARCH), "badge_offline")


def _with_new_badge(screen: Screen, badge: NewBadge, at_s: float) -> Screen:
    person = badge.person
    [name, *_] = in_both_scripts(person.name, person.name_ar, screen.language)
    screen, said = replace(screen, form=None), "badge_replaced"
    if badge.told or badge.was_asked:
        said = "badge_replaced_told" if badge.told else "badge_replaced_unreached"
    return with_notice(screen, said, at_s, lasts_s=_READ_S, name=name)


def _without_pin(form: Form) -> Form:
    """Return the form with its PIN, where it asks for one, to be typed again."""
    secret = [number for number, field in enumerate(form.fields) if field.secret]
    texts = ["" if number in secret else text for number, text in enumerate(form.texts)]
    return replace(form, at=secret[0] if secret else form.at, texts=tuple(texts))


def _with_pin_field(form: Form) -> Form:
    """Return a search or a walk-in that asks for a supervisor's PIN, too, and waits for it."""
    named = _without_pin_field(form)
    fields, texts = (*named.fields, PIN), (*named.texts, "")
    # What a search found goes; a walk-in's delegations, and the answers, are still chosen from.
    options = form.options if form.purpose in (Purpose.WALK_IN, Purpose.NEW_BADGE) else ()
    return replace(form, fields=fields, texts=texts, at=len(named.fields), options=options)


def _without_pin_field(form: Form) -> Form:
    count = len(_FORMS[form.purpose])
    fields, texts = form.fields[:count], form.texts[:count]
    return replace(form, fields=fields, texts=texts, at=min(form.at, count - 1))


def _with_fault(screen: Screen, form: Form, fault: ScannerError) -> Form:
    if isinstance(fault, PossibleDuplicate):
        return _asking_who_is_meant(screen, form, fault)
    if isinstance(fault, RequestRejected):
        if fault.error == NO_PINS:
            return told(_without_pin(form), NO_PINS)
        if fault.error in NO_SEARCH:
            return told(form, fault.error)
        if fault.error == PIN_NEEDED:
            return told(_with_pin_field(form), "pin_for_badge")
        if fault.status == 403 and PIN in form.fields:
            return told(_without_pin(form), "pin_refused")
        return told(form, "desk_rejected", detail=fault.detail)
    if isinstance(fault, SearchBudget) and form.purpose != Purpose.ADMIT:
        form = _with_pin_field(form)
    elif isinstance(fault, AskedTooOften):
        form = _without_pin(form)
    return told(form, fault.code, **fault.details)
