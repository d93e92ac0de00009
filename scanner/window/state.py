"""The state of the screen as a value, and how each event changes it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from checkin.domain.scanning.facts import Direction, WithoutBadge
from checkin.words.languages import DEFAULT_LANGUAGE
from scanner.core.errors import MemoryLost, ScannerError
from scanner.core.scan import Kind, Verdict
from scanner.decode.base import Corners
from scanner.gate.station import Sight
from scanner.gate.volunteer_requests import (
    CategoryName,
    Delegation,
    categories_in,
    delegations_in,
)
from scanner.server.events import (
    Annulled,
    GateEvent,
    LinkSeen,
    OfferedAgain,
    SentAgain,
    Stopped,
    Trouble,
    Uploaded,
)
from scanner.server.refresh import Freshness
from scanner.server.verdicts import foreign_verdict
from scanner.window.bus_panel import BusPanel
from scanner.window.card_lines import short_name
from scanner.window.form import Form, Notice
from scanner.window.idle import IdleGate
from scanner.window.recent_scans import Card, RecentScans
from scanner.words import next_language

NOTICE_S = 3.0
#: of what a volunteer has to tell the organiser
LASTING_S = 60.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """A code in the camera's picture, with its corners in pixels of that picture."""

    text: str
    corners: Corners


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything that the window draws besides the camera's picture.

    Attributes:
        recent: the last scans, and which of them are on the card.
        notice: a key in `words` with its details, shown until `notice_until_s`.
        trouble: a notice that stays as long as its cause, such as a lost camera.
        sightings: the codes in the camera's picture.
        freshness: None until the server was asked.
        arrived: of the whole event, with its quota; None while the server does not say.
        delegations: those that a walk-in can belong to; empty until the server told.
        overrides: somebody has a PIN, as far as the server has told.
        without_badge: who may admit a registered person who shows no badge.
        categories: of the event, for walk-ins; empty until the server told.
        rehearses: practice badges show their verdicts at this gate.
        drafts: walk-ins that were typed and could not be sent.
        idle: what an idle gate shows; None while people come.
        hub: the name of the hall's hub where that answers; "" for the central server.
        low_battery: percent of a battery that has to be charged; None for others.
        without_badge: who may admit a registered person without a badge, as the server told.
        bus: the list of a bus that was opened, until it is closed.
    """

    language: str = DEFAULT_LANGUAGE
    gate: str = ""
    gate_ar: str = ""
    gate_id: int | None = None
    timezone: str = ""
    type: str = Direction.ENTRY
    online: bool = True
    hub: str = ""
    waiting: int = 0
    aside: int = 0
    admitted: int = 0
    arrived: tuple[int, int] | None = None
    freshness: Freshness | None = None
    delegations: tuple[Delegation, ...] = ()
    drafts: int = 0
    idle: IdleGate | None = None
    low_battery: int | None = None
    overrides: bool = True
    without_badge: str = WithoutBadge.EVERYONE
    categories: tuple[CategoryName, ...] = ()
    rehearses: bool = False
    recent: RecentScans = field(default_factory=RecentScans)
    notice: Notice | None = None
    notice_until_s: float = 0.0
    trouble: Notice | None = None
    sightings: tuple[Sighting, ...] = ()
    is_muted: bool = False
    is_mirrored: bool = False
    is_helping: bool = False
    is_card_shown: bool = False
    form: Form | None = None
    bus: BusPanel | None = None

    @property
    def banner(self) -> str:
        """Return the text over the picture: the organiser's words while entries are stopped."""
        stop = (self.freshness.stop if self.freshness else None) or {}
        return stop.get(self.language) or next(iter(stop.values()), "")

    @property
    def cards(self) -> tuple[Card, ...]:
        """Return the cards that are shown: one, or those of a party held up together."""
        return self.recent.cards

    @property
    def form_in_front(self) -> Form | None:
        """Return the form, or None if a verdict came after it was opened: the verdict covers it."""
        return None if self.form and self._is_covered(self.form.opened_s) else self.form

    @property
    def bus_in_front(self) -> BusPanel | None:
        """Return the list of a bus, or None if a verdict covers it that came after it."""
        return None if self.bus and self._is_covered(self.bus.asked_s) else self.bus

    def _is_covered(self, since_s: float) -> bool:
        return bool(self.cards) and self.cards[-1].since_s > since_s


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
        fault = gate_event.fault
        lasts_s = LASTING_S if isinstance(fault, MemoryLost) else NOTICE_S
        return with_notice(screen, fault.code, at_s, lasts_s=lasts_s, **fault.details)
    return with_notice(screen, _COUNTED[type(gate_event)], at_s, count=gate_event.count)


_COUNTED = {OfferedAgain: "offered_again", SentAgain: "sent_again", Uploaded: "uploaded"}


def at_time(screen: Screen, at_s: float) -> Screen:
    """Return the screen without the cards and notices whose time is over."""
    recent = screen.recent.at_time(at_s)
    notice = screen.notice if at_s < screen.notice_until_s else None
    if recent is screen.recent and notice == screen.notice:
        return screen
    return replace(screen, recent=recent, notice=notice)


def dismissed(screen: Screen) -> Screen:
    """Return the screen without the cards that are shown."""
    return replace(screen, recent=screen.recent.dismissed())


def with_sight(screen: Screen, code: str, sight: Sight, at_s: float) -> Screen:
    """Return the screen after a code was read from which the station made no scan."""
    if sight == Sight.AGAIN:
        return with_notice(screen, str(sight), at_s)
    if sight == Sight.SHOWN_AGAIN:
        return replace(screen, recent=screen.recent.with_same_badge(code, at_s))
    if sight == Sight.NOT_OURS:
        verdict = foreign_verdict(screen.language)
        return replace(screen, recent=screen.recent.with_foreign_code(verdict, at_s))
    return screen


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
    recent = screen.recent.with_verdict(verdict, at_s, party)
    if overridden := verdict.overridden:
        recent = recent.without(overridden)
    admitted = verdict.kind == Kind.ADMITTED and not verdict.rehearsal
    counted = admitted and verdict.scan.type == Direction.ENTRY
    return replace(
        screen,
        recent=recent,
        admitted=screen.admitted + counted,
        online=screen.online and not verdict.offline,
    )


def _with_link(screen: Screen, link: LinkSeen) -> Screen:
    screen = replace(screen, online=link.online, hub=link.hub, freshness=link.freshness)
    if link.counts is None:
        return screen if link.online else replace(screen, arrived=None)
    device = link.counts.get("device") or {}
    place = device.get("gate") or {}
    if place.get("id") is not None:  # the organiser may have sent this laptop to another gate
        screen = replace(
            screen,
            gate=str(place.get("name", "")),
            gate_ar=str(place.get("name_ar") or ""),
            gate_id=place["id"],
        )
    here = [gate for gate in link.counts.get("gates") or [] if gate.get("id") == screen.gate_id]
    admitted = here[0].get("arrived", screen.admitted) if here else screen.admitted
    return replace(
        screen,
        admitted=admitted,
        arrived=_arrived(link.counts.get("totals") or {}),
        overrides=device.get("overrides") is not False,
        without_badge=str(device.get("without_badge", WithoutBadge.EVERYONE)),
        categories=categories_in(device) or screen.categories,
        rehearses=link.counts.get("rehearsal") is True,
        delegations=delegations_in(link.counts) or screen.delegations,
    )


def _arrived(totals: dict[str, Any]) -> tuple[int, int] | None:
    known = "arrived" in totals and "quota" in totals
    return (totals["arrived"], totals["quota"]) if known else None


def _with_annulled(screen: Screen, annulled: Annulled, at_s: float) -> Screen:
    name = _name_of_scan(screen, annulled.scan_id)
    screen = with_notice(screen, annulled.outcome, at_s, name=name)
    if annulled.outcome != "annulled":
        return screen
    recent = screen.recent.undone(annulled.scan_id)
    return replace(screen, recent=recent, admitted=max(0, screen.admitted - 1))


def _name_of_scan(screen: Screen, scan_id: str) -> str:
    named = (scan.verdict for scan in screen.recent.scans if scan.scan_id == scan_id)
    return next((short_name(verdict, screen.language) for verdict in named), "")
