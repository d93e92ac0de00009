"""What the screen shows, as a value, and how each event changes it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from checkin.domain.verdicts import Direction
from scanner.courier import Annulled, Happening, LinkSeen, Stopped, Trouble
from scanner.decode.base import Corners
from scanner.scan import Kind, Verdict
from scanner.words import next_language

CLEARS_AFTER_S = {Kind.ADMITTED: 3.0, Kind.PENDING: 5.0}
NOTICE_S = 3.0
_CARDS_KEPT = 5


@dataclass(frozen=True, slots=True)
class Card:
    """A verdict on the screen since `since_s`."""

    verdict: Verdict
    since_s: float

    def is_over(self, at_s: float) -> bool:
        """Say whether its time is up; a refusal stays until somebody presses a key."""
        stays_s = CLEARS_AFTER_S.get(self.verdict.kind)
        return stays_s is not None and at_s - self.since_s >= stays_s


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything that the window draws besides the camera's picture.

    Attributes:
        cards: the last one is shown; refusals under it come back when it clears.
        notice: a key in `words` with its details, shown until `notice_until_s`.
        corners: where codes were seen, in pixels of the camera's picture.
        last: the newest scan that the server decided, which Z takes back.
    """

    language: str = "fr"
    gate: str = ""
    gate_id: object = None
    timezone: str = ""
    type: str = Direction.ENTRY
    online: bool = True
    waiting: int = 0
    aside: int = 0
    admitted: int = 0
    skew_s: float | None = None
    cards: tuple[Card, ...] = ()
    notice: tuple[str, tuple[tuple[str, object], ...]] | None = None
    notice_until_s: float = 0.0
    corners: tuple[Corners, ...] = ()
    last: Verdict | None = None

    @property
    def card(self) -> Card | None:
        """Return the card on top."""
        return self.cards[-1] if self.cards else None


def after(screen: Screen, happening: Happening, at_s: float) -> Screen:
    """Return the screen after something happened at `at_s`."""
    if isinstance(happening, Verdict):
        return _with_verdict(screen, happening, at_s)
    if isinstance(happening, LinkSeen):
        return _with_link(screen, happening)
    if isinstance(happening, Annulled):
        return _with_annulled(screen, happening, at_s)
    if isinstance(happening, Stopped):
        fault = happening.fault
        return with_notice(screen, fault.code, at_s, lasts_s=1e9, **fault.details)
    if isinstance(happening, Trouble):
        details = happening.fault.details
        return with_notice(screen, happening.fault.code, at_s, lasts_s=NOTICE_S, **details)
    return with_notice(screen, "uploaded", at_s, count=happening.count)


def at_time(screen: Screen, at_s: float) -> Screen:
    """Return the screen without what has had its time."""
    cards = tuple(card for card in screen.cards if not card.is_over(at_s))
    notice = screen.notice if at_s < screen.notice_until_s else None
    if cards == screen.cards and notice == screen.notice:
        return screen
    return replace(screen, cards=cards, notice=notice)


def dismissed(screen: Screen) -> Screen:
    """Return the screen without the card on top."""
    return replace(screen, cards=screen.cards[:-1])


def in_next_language(screen: Screen) -> Screen:
    """Return the screen in the language after this one."""
    return replace(screen, language=next_language(screen.language))


def with_notice(
    screen: Screen, key: str, at_s: float, *, lasts_s: float = NOTICE_S, **details: object
) -> Screen:
    """Return the screen with a sentence under the picture for `lasts_s`."""
    notice = (key, tuple(details.items()))
    return replace(screen, notice=notice, notice_until_s=at_s + lasts_s)


def _with_verdict(screen: Screen, verdict: Verdict, at_s: float) -> Screen:
    # The next badge clears what would clear by itself; a refusal that nobody saw stays below.
    staying = tuple(c for c in screen.cards if c.verdict.kind not in CLEARS_AFTER_S)
    cards = (*staying, Card(verdict, at_s))[-_CARDS_KEPT:]
    counted = verdict.kind == Kind.ADMITTED and verdict.scan.type == Direction.ENTRY
    return replace(
        screen,
        cards=cards,
        admitted=screen.admitted + counted,
        online=screen.online and not verdict.offline,
        last=verdict if verdict.kind == Kind.ADMITTED else screen.last,
    )


def _with_link(screen: Screen, link: LinkSeen) -> Screen:
    gates = (link.counts or {}).get("gates") or []
    here = [gate for gate in gates if gate.get("id") == screen.gate_id]
    admitted = here[0].get("arrived", screen.admitted) if here else screen.admitted
    return replace(screen, online=link.online, admitted=admitted)


def _with_annulled(screen: Screen, annulled: Annulled, at_s: float) -> Screen:
    screen = with_notice(screen, annulled.outcome, at_s)
    if annulled.outcome != "annulled":
        return screen
    cards = tuple(c for c in screen.cards if c.verdict.scan.scan_id != annulled.scan_id)
    return replace(screen, cards=cards, last=None, admitted=max(0, screen.admitted - 1))
