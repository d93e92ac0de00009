"""The last scans, which of them are on the big card, and what may be done about each. Pure.

The card is always about the newest badge, and goes when the next one comes; a scan that is older
stands only in the list. `checkin/static/js/scan/cards/recent-scans.js` is the same rule;
`tests/vectors/recent_scans.json` holds both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from checkin.domain.scanning.reasons import ROWS
from scanner.core.scan import Kind, Verdict

CLEARS_AFTER_S = {Kind.ADMITTED: 3.0, Kind.PENDING: 5.0}
#: how long the card of a badge that was let in just now, and is shown again, stands
SAME_BADGE_S = 5.0
TILES = 4
LISTED = 5
_KEPT = 24
#: so long the server lets a gate undo a scan; then its name leaves the screen
LISTED_S = 15 * 60.0


@dataclass(frozen=True, slots=True)
class Card:
    """A verdict on the big card since `since_s`.

    Attributes:
        party: number of the group held up together; None for a badge that no camera saw.
        is_same: the badge had its verdict a moment ago, and was shown again.
    """

    verdict: Verdict
    since_s: float
    party: int | None = None
    is_same: bool = False

    @property
    def kind(self) -> Kind:
        """Return how the card looks: who was let in just now is in already."""
        kind = self.verdict.kind
        return Kind.ALREADY if self.is_same and kind in CLEARS_AFTER_S else kind

    def is_over(self, at_s: float) -> bool:
        """Say whether the card has been shown for its time; a refusal has to be seen to."""
        clears_s = CLEARS_AFTER_S.get(self.verdict.kind)
        if clears_s is None:
            return False
        return at_s - self.since_s >= (SAME_BADGE_S if self.is_same else clears_s)


@dataclass(frozen=True, slots=True)
class RecentScan:
    """A scan in the list."""

    verdict: Verdict
    since_s: float = 0.0
    is_undone: bool = False

    @property
    def scan_id(self) -> str:
        """Return the id of the scan."""
        return self.verdict.scan.scan_id

    @property
    def may_be_undone(self) -> bool:
        """Say whether it let somebody pass who can be taken back."""
        passed = self.verdict.kind in CLEARS_AFTER_S and not self.verdict.rehearsal
        return passed and not self.is_undone

    @property
    def may_be_overridden(self) -> bool:
        """Say whether a supervisor may answer for it."""
        verdict = self.verdict
        if verdict.kind in CLEARS_AFTER_S or verdict.fault or verdict.stop:
            return False
        row = ROWS.get(verdict.reason or "")
        return row is None or row.forceable


@dataclass(frozen=True, slots=True)
class RecentScans:
    """The scans, the newest last, and the cards: several only for a party held up together."""

    scans: tuple[RecentScan, ...] = ()
    cards: tuple[Card, ...] = ()

    @property
    def listed(self) -> tuple[RecentScan, ...]:
        """Return the scans of the list, the newest first."""
        return self.scans[: -LISTED - 1 : -1]

    @property
    def undoable(self) -> tuple[RecentScan, ...]:
        """Return the listed scans that can be taken back, the newest first."""
        return tuple(scan for scan in self.listed if scan.may_be_undone)

    @property
    def overridable(self) -> tuple[RecentScan, ...]:
        """Return the listed scans that a supervisor may answer for, the newest first."""
        return tuple(scan for scan in self.listed if scan.may_be_overridden)

    def kind_of(self, code: str) -> Kind | None:
        """Return the kind of a code's last verdict, None where it has none yet."""
        scan = self._of_code(code)
        return scan.verdict.kind if scan else None

    def code_of(self, scan_id: str) -> str:
        """Return the code of a scan, empty where it is not among them."""
        found = (scan.verdict.scan.code for scan in self.scans if scan.scan_id == scan_id)
        return next(found, "")

    def with_verdict(self, verdict: Verdict, at_s: float, party: int | None) -> RecentScans:
        """Return them with a verdict; a later answer to a known scan takes its place.

        Such an answer comes on the card only while nobody else's has come.
        """
        if verdict.rehearsal and not verdict.scan.code:  # practice without a badge is no scan
            return replace(self, cards=(Card(verdict, at_s),))
        scan_id = verdict.scan.scan_id
        known = [scan.scan_id for scan in self.scans]
        if scan_id not in known:
            scans = (*self.scans, RecentScan(verdict, at_s))[-_KEPT:]
            return RecentScans(scans, self._with_card(Card(verdict, at_s, party)))
        told = replace(self.scans[known.index(scan_id)], verdict=verdict)
        scans = tuple(told if scan.scan_id == scan_id else scan for scan in self.scans)
        if scan_id != known[-1]:
            return replace(self, scans=scans)
        return RecentScans(scans, (Card(verdict, at_s, party),))

    def with_same_badge(self, code: str, at_s: float) -> RecentScans:
        """Return them after a badge that had its verdict a moment ago was shown again."""
        scan = self._of_code(code)
        if scan is None or scan.is_undone:
            return self
        return replace(self, cards=(Card(scan.verdict, at_s, is_same=True),))

    def with_foreign_code(self, verdict: Verdict, at_s: float) -> RecentScans:
        """Return them with the card of a code that is no badge: it is no scan."""
        return replace(self, cards=(Card(verdict, at_s),))

    def undone(self, scan_id: str) -> RecentScans:
        """Return them after a scan was taken back."""
        scans = tuple(
            replace(scan, is_undone=True) if scan.scan_id == scan_id else scan
            for scan in self.scans
        )
        return RecentScans(scans, self._cards_without(scan_id))

    def without(self, scan_id: str) -> RecentScans:
        """Return them without a scan that another one has replaced: an overridden refusal."""
        scans = tuple(scan for scan in self.scans if scan.scan_id != scan_id)
        return RecentScans(scans, self._cards_without(scan_id))

    def dismissed(self) -> RecentScans:
        """Return them without the card."""
        return replace(self, cards=())

    def at_time(self, at_s: float) -> RecentScans:
        """Return them without what has had its time; a party is shown as a whole."""
        over = bool(self.cards) and all(card.is_over(at_s) for card in self.cards)
        scans = tuple(scan for scan in self.scans if at_s - scan.since_s < LISTED_S)
        if not over and len(scans) == len(self.scans):
            return self
        return RecentScans(scans, () if over else self.cards)

    def _with_card(self, card: Card) -> tuple[Card, ...]:
        together = card.party is not None and any(c.party == card.party for c in self.cards)
        return ((*self.cards, card) if together else (card,))[-TILES:]

    def _cards_without(self, scan_id: str) -> tuple[Card, ...]:
        return tuple(card for card in self.cards if card.verdict.scan.scan_id != scan_id)

    def _of_code(self, code: str) -> RecentScan | None:
        return next((scan for scan in self.scans[::-1] if scan.verdict.scan.code == code), None)
