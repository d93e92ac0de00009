"""The state of the screen as a value, and how each event changes it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from checkin.domain.scanning.facts import Direction
from checkin.words.languages import DEFAULT_LANGUAGE
from scanner.core.errors import ScannerError
from scanner.core.scan import Kind, Verdict
from scanner.decode.base import Corners
from scanner.gate.volunteer_requests import Delegation, delegations_in
from scanner.server.events import Annulled, GateEvent, LinkSeen, Stopped, Trouble
from scanner.server.refresh import Freshness
from scanner.window.form import Form, Notice
from scanner.words import next_language

CLEARS_AFTER_S = {Kind.ADMITTED: 3.0, Kind.PENDING: 5.0}
NOTICE_S = 3.0
TILES = 4
_CARDS_KEPT = 24
_FACES_KEPT = 24


@dataclass(frozen=True, slots=True)
class Card:
    """A verdict on the screen since `since_s`.

    Attributes:
        party: number of the group held up together; None for a badge that no camera saw.
    """

    verdict: Verdict
    since_s: float
    party: int | None = None

    @property
    def stays(self) -> bool:
        """Say whether the card stays until a key is pressed: a refusal needs the volunteer."""
        return self.verdict.kind not in CLEARS_AFTER_S

    def is_over(self, at_s: float) -> bool:
        """Say whether the card has been shown for its time."""
        stays_s = CLEARS_AFTER_S.get(self.verdict.kind)
        return stays_s is not None and at_s - self.since_s >= stays_s


@dataclass(frozen=True, slots=True)
class Sighting:
    """A code in the camera's picture, with its corners in pixels of that picture."""

    text: str
    corners: Corners


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything that the window draws besides the camera's picture.

    Attributes:
        cards: the last one is shown, with those of its party; others come back when it clears.
        faces: the verdicts of the last codes, for the colour of their frames.
        notice: a key in `words` with its details, shown until `notice_until_s`.
        trouble: a notice that stays as long as its cause, such as a lost camera.
        sightings: the codes in the camera's picture.
        last: the newest scan that the server decided, which Z takes back.
        freshness: None until the server was asked.
        arrived: of the whole event, with its quota; None while the server does not say.
        delegations: those that a walk-in can belong to; empty until the server told.
        overrides: somebody has a PIN, as far as the server has told.
        rehearses: practice badges show their verdicts at this gate.
        drafts: walk-ins that were typed and could not be sent.
    """

    language: str = DEFAULT_LANGUAGE
    gate: str = ""
    gate_id: object = None
    timezone: str = ""
    type: str = Direction.ENTRY
    online: bool = True
    waiting: int = 0
    aside: int = 0
    admitted: int = 0
    arrived: tuple[int, int] | None = None
    freshness: Freshness | None = None
    delegations: tuple[Delegation, ...] = ()
    drafts: int = 0
    overrides: bool = True
    rehearses: bool = False
    cards: tuple[Card, ...] = ()
    faces: tuple[tuple[str, Kind], ...] = ()
    notice: Notice | None = None
    notice_until_s: float = 0.0
    trouble: Notice | None = None
    sightings: tuple[Sighting, ...] = ()
    last: Verdict | None = None
    is_muted: bool = False
    is_mirrored: bool = False
    is_helping: bool = False
    form: Form | None = None

    @property
    def banner(self) -> str:
        """Return the text over the picture: the organiser's words while entries are stopped."""
        stop = (self.freshness.stop if self.freshness else None) or {}
        return stop.get(self.language) or next(iter(stop.values()), "")

    @property
    def card(self) -> Card | None:
        """Return the card on top."""
        return self.cards[-1] if self.cards else None

    @property
    def tiles(self) -> tuple[Card, ...]:
        """Return the cards that are shown: the one on top and the latest of its party."""
        top = self.card
        if top is None or top.party is None:
            return (top,) if top else ()
        return tuple(card for card in self.cards if card.party == top.party)[-TILES:]

    @property
    def form_in_front(self) -> Form | None:
        """Return the form, or None if a verdict came after it was opened: the verdict covers it."""
        if self.form and self.card and self.card.since_s > self.form.opened_s:
            return None
        return self.form


def after(
    screen: Screen, gate_event: GateEvent, at_s: float, *, party: int | None = None
) -> Screen:
    """Return the screen after an event at `at_s`.

    Args:
        party: of a verdict's badge, see `Card`.
    """
    if isinstance(gate_event, Verdict):
        return _with_verdict(screen, gate_event, at_s, party)
    if isinstance(gate_event, LinkSeen):
        return _with_link(screen, gate_event)
    if isinstance(gate_event, Annulled):
        return _with_annulled(screen, gate_event, at_s)
    if isinstance(gate_event, Stopped):
        fault = gate_event.fault
        return with_notice(screen, fault.code, at_s, lasts_s=1e9, **fault.details)
    if isinstance(gate_event, Trouble):
        details = gate_event.fault.details
        return with_notice(screen, gate_event.fault.code, at_s, lasts_s=NOTICE_S, **details)
    return with_notice(screen, "uploaded", at_s, count=gate_event.count)


def at_time(screen: Screen, at_s: float) -> Screen:
    """Return the screen without the cards and notices whose time is over."""
    # A party is shown as a whole until the time of its last card is over.
    shown = {c.party for c in screen.cards if not (c.stays or c.is_over(at_s))} - {None}
    cards = tuple(c for c in screen.cards if c.party in shown or not c.is_over(at_s))
    notice = screen.notice if at_s < screen.notice_until_s else None
    if cards == screen.cards and notice == screen.notice:
        return screen
    return replace(screen, cards=cards, notice=notice)


def dismissed(screen: Screen) -> Screen:
    """Return the screen without the cards that are shown."""
    return replace(screen, cards=tuple(c for c in screen.cards if c not in screen.tiles))


def in_next_language(screen: Screen) -> Screen:
    """Return the screen in the language after this one."""
    return replace(screen, language=next_language(screen.language))


def sound_switched(screen: Screen, at_s: float) -> Screen:
    """Return the screen with its sound off or on again, and a notice that says so."""
    muted = not screen.is_muted
    screen = replace(screen, is_muted=muted)
    return with_notice(screen, "sound_off" if muted else "sound_on", at_s)


def with_notice(
    screen: Screen, key: str, at_s: float, *, lasts_s: float = NOTICE_S, **details: object
) -> Screen:
    """Return the screen with a sentence under the picture for `lasts_s`."""
    notice = (key, tuple(details.items()))
    return replace(screen, notice=notice, notice_until_s=at_s + lasts_s)


def with_trouble(screen: Screen, fault: ScannerError | None) -> Screen:
    """Return the screen with a lasting notice of a fault, or without one when there is none."""
    trouble = (fault.code, tuple(fault.details.items())) if fault else None
    return replace(screen, trouble=trouble)


def _with_verdict(screen: Screen, verdict: Verdict, at_s: float, party: int | None) -> Screen:
    # The next badge removes cards that would disappear by themselves, except those of its own
    # party; a refusal that nobody acknowledged stays below.
    together = {party} - {None}
    staying = tuple(c for c in screen.cards if c.stays or c.party in together)
    cards = (*staying, Card(verdict, at_s, party))[-_CARDS_KEPT:]
    faces = (*screen.faces, (verdict.scan.code, verdict.kind))[-_FACES_KEPT:]
    admitted = verdict.kind == Kind.ADMITTED and not verdict.rehearsal
    counted = admitted and verdict.scan.type == Direction.ENTRY
    return replace(
        screen,
        cards=cards,
        faces=faces,
        admitted=screen.admitted + counted,
        online=screen.online and not verdict.offline,
        # An undo while rehearsing takes back nobody who really came in.
        last=None if verdict.rehearsal else verdict if admitted else screen.last,
    )


def _with_link(screen: Screen, link: LinkSeen) -> Screen:
    screen = replace(screen, online=link.online, freshness=link.freshness)
    if link.counts is None:
        return screen if link.online else replace(screen, arrived=None)
    device = link.counts.get("device") or {}
    place = device.get("gate") or {}
    if place.get("id") is not None:  # the organiser may have sent this laptop to another gate
        screen = replace(screen, gate=str(place.get("name", "")), gate_id=place["id"])
    here = [gate for gate in link.counts.get("gates") or [] if gate.get("id") == screen.gate_id]
    admitted = here[0].get("arrived", screen.admitted) if here else screen.admitted
    return replace(
        screen,
        admitted=admitted,
        arrived=_arrived(link.counts.get("totals") or {}),
        overrides=device.get("overrides") is not False,
        rehearses=link.counts.get("rehearsal") is True,
        delegations=delegations_in(link.counts) or screen.delegations,
    )


def _arrived(totals: dict[str, Any]) -> tuple[int, int] | None:
    known = "arrived" in totals and "quota" in totals
    return (totals["arrived"], totals["quota"]) if known else None


def _with_annulled(screen: Screen, annulled: Annulled, at_s: float) -> Screen:
    screen = with_notice(screen, annulled.outcome, at_s)
    if annulled.outcome != "annulled":
        return screen
    cards = tuple(c for c in screen.cards if c.verdict.scan.scan_id != annulled.scan_id)
    return replace(screen, cards=cards, last=None, admitted=max(0, screen.admitted - 1))
