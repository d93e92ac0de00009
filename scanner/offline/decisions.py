"""Decide a scan with `decide` and the gate list while the server cannot be asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from checkin.domain.scanning.facts import Direction, EntryPolicy, ScanFacts
from checkin.domain.scanning.messages import pending_message, refusal_message
from checkin.domain.scanning.reasons import Reason
from checkin.domain.scanning.verdict import Admitted, Refused, Status, decide
from checkin.domain.scanning.verdict import Verdict as Decision
from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import badge_tag, open_entry
from checkin.words.languages import DEFAULT_LANGUAGE
from scanner.core.scan import Scan, Verdict, utc_text
from scanner.offline.clock import DeviceClock
from scanner.offline.held_list import HeldList
from scanner.offline.local_facts import (
    Lent,
    facts_from,
    policy_from,
    takes_place,
    takes_seat,
    walk_in_facts,
)
from scanner.offline.memory import History, Memory, Passage
from scanner.offline.walk_in import Newcomer
from scanner.words import say


@dataclass(frozen=True, slots=True)
class LocalAnswer:
    """The answer of this device without the server.

    Attributes:
        decided: `{"status", "reason"}` as the batch reports it.
        passage: whom the scan counts in or out here; None where nobody.
    """

    verdict: Verdict
    decided: dict[str, Any]
    passage: Passage | None = None


@dataclass
class OfflineGate:
    """Decides scans from the gate list and the lease that this device holds.

    Attributes:
        gate: {id, name} from the pairing; a later name from the server is in `held`.
    """

    held: HeldList
    memory: Memory
    clock: DeviceClock
    gate: dict[str, Any]
    language: str = DEFAULT_LANGUAGE

    def answer(self, scan: Scan) -> LocalAnswer:
        """Decide a scan; the server has to confirm every answer later."""
        token = parse_code(scan.code)
        if token is None:
            return self._refused(scan, Reason.INVALID)
        tag = badge_tag(token)
        if not self.held.is_there:
            return self._kept(scan, tag)
        reason = self.held.tombstone(tag)
        if reason is not None and scan.type == Direction.ENTRY:
            return self._refused(scan, Reason(reason))
        entry = self.held.entry(tag)
        content = open_entry(token, entry) if entry else None
        if content is None:
            return self._unlisted(scan, tag, known=reason is not None)
        return self._decided(scan, tag, content)

    def walk_in(self, newcomer: Newcomer, scan: Scan) -> LocalAnswer:
        """Decide whether to admit somebody without a badge on a place lent to this gate.

        Args:
            scan: of their entry, without a code.
        """
        if not (self.held.is_there and self.walk_in_key()):
            return self._refused(scan, Reason.UNAPPROVED)
        head, delegation_id = self.held.policy(), int(newcomer.delegation["id"])
        lease_id, lent = self._lent(delegation_id, scan)
        policy = policy_from(head, lent)
        # The server decides later which category they get.
        facts = walk_in_facts(lent, gate_admits=self._gate_id() not in head["limited_gates"])
        decision = decide(facts, self.clock.corrected(scan.scanned_at), policy)
        content = {"participant": _person(newcomer), "delegation": dict(newcomer.delegation)}
        verdict = self._verdict(scan, decision, content, History(), head.get("stopped"))
        if not isinstance(decision, Admitted):
            return LocalAnswer(verdict, _decided_as(decision))
        passage = replace(
            self._bare_passage(scan, newcomer.id),
            delegation_id=delegation_id,
            lease_id=lease_id,
            place=True,
            seat=takes_seat(facts, policy),
        )
        return LocalAnswer(verdict, _decided_as(decision), passage)

    def walk_in_key(self) -> str:
        """Return the key that seals walk-ins for the server; empty where none may be admitted."""
        lease = self.memory.lease()
        return lease.walk_in_key if lease else ""

    def _decided(self, scan: Scan, tag: str, content: dict[str, Any]) -> LocalAnswer:
        at = self.clock.corrected(scan.scanned_at)
        head = self.held.policy()
        lease_id, lent = self._lent(content["delegation"]["id"], scan)
        policy = policy_from(head, lent)
        history = self.memory.history(tag, content["participant"]["id"])
        facts = facts_from(
            content,
            history,
            lent,
            direction=Direction(scan.type),
            gate_id=self._gate_id(),
            limited_gates=head["limited_gates"],
        )
        decision = decide(facts, at, policy)
        passage = self._passage(scan, tag, content, lease_id, facts, policy)
        verdict = self._verdict(scan, decision, content, history, head.get("stopped"))
        admitted = isinstance(decision, Admitted)
        return LocalAnswer(verdict, _decided_as(decision), passage if admitted else None)

    def _lent(self, delegation_id: int, scan: Scan) -> tuple[str | None, Lent]:
        lease, at = self.memory.lease(), self.clock.corrected(scan.scanned_at)
        if lease is None or not (self.clock.is_believable() and lease.is_good(at)):
            return None, Lent()
        return lease.lease_id, Lent(
            places=lease.places.get(delegation_id, 0),
            places_spent=self.memory.places_spent(lease.lease_id, delegation_id),
            hall=lease.hall or 0,
            hall_spent=self.memory.seats_spent(lease.lease_id),
        )

    def _passage(
        self,
        scan: Scan,
        tag: str,
        content: dict[str, Any],
        lease_id: str | None,
        facts: ScanFacts,
        policy: EntryPolicy,
    ) -> Passage:
        enters = scan.type == Direction.ENTRY
        place, seat = enters and takes_place(facts), enters and takes_seat(facts, policy)
        return replace(
            self._bare_passage(scan, tag),
            participant_id=content["participant"]["id"],
            delegation_id=content["delegation"]["id"],
            lease_id=lease_id if place or seat else None,
            place=place,
            seat=seat,
        )

    def _bare_passage(self, scan: Scan, tag: str) -> Passage:
        at = self.clock.corrected(scan.scanned_at)
        return Passage(scan.scan_id, tag, None, None, str(scan.type), at, self.gate_name)

    @property
    def gate_name(self) -> str:
        """Return this gate's name, empty while it is not known."""
        return str((self.held.place() or self.gate).get("name", ""))

    def _gate_id(self) -> int | None:
        return (self.held.place() or self.gate).get("id")

    def _verdict(
        self,
        scan: Scan,
        decision: Decision,
        content: dict[str, Any],
        history: History,
        stopped: dict[str, str] | None,
    ) -> Verdict:
        reason = decision.reason
        said = refusal_message(reason, self.language) if reason else pending_message(self.language)
        stop = stopped if reason == Reason.INVALID_TIME else None
        first = history.first if reason == Reason.ALREADY_REDEEMED else None
        return Verdict(
            scan,
            str(decision.status),
            reason,
            stop.get(self.language, said) if stop else said,
            participant=content["participant"],
            delegation=_named(content["delegation"]),
            first_admission={"at": utc_text(first.at), "gate": first.gate} if first else None,
            offline=True,
            stop=stop,
        )

    def _unlisted(self, scan: Scan, tag: str, *, known: bool) -> LocalAnswer:
        # Who leaves with a badge that was revoked meanwhile is let out; a stranger's is no badge.
        if not known:
            return self._refused(scan, Reason.INVALID)
        verdict = Verdict(scan, str(Status.OK), None, pending_message(self.language), offline=True)
        return LocalAnswer(verdict, _decided_as(Admitted()), self._bare_passage(scan, tag))

    def _refused(self, scan: Scan, reason: Reason) -> LocalAnswer:
        message = refusal_message(reason, self.language)
        verdict = Verdict(scan, str(Status.ERROR), reason, message, offline=True)
        return LocalAnswer(verdict, _decided_as(Refused(reason)))

    def _kept(self, scan: Scan, tag: str) -> LocalAnswer:
        # Before the first list only the check characters are known: taken in as to be confirmed.
        verdict = Verdict(scan, str(Status.OK), None, say(self.language, "kept"), offline=True)
        return LocalAnswer(verdict, _decided_as(Admitted()), self._bare_passage(scan, tag))


def _person(newcomer: Newcomer) -> dict[str, Any]:
    return {"id": None, "name": "", "name_ar": None, "category": "", **newcomer.names}


def _named(delegation: dict[str, Any]) -> dict[str, Any]:
    # The number of arrivals is not known here: a quota without it would mislead.
    return {key: value for key, value in delegation.items() if key != "quota"}


def _decided_as(decision: Decision) -> dict[str, Any]:
    reason = decision.reason
    return {"status": str(decision.status), "reason": str(reason) if reason else None}
