"""Decide a scan with `decide` and the gate list while the server cannot be asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from checkin.domain.events.days import day_of
from checkin.domain.scanning.facts import Direction, EntryPolicy, ScanFacts
from checkin.domain.scanning.messages import pending_message, verdict_message
from checkin.domain.scanning.next_steps import GateName, Step, StepFacts, right_gates
from checkin.domain.scanning.reasons import Reason, step_for
from checkin.domain.scanning.timetable import NOT_CLOSED, Opening, opening_after, policy_of_day
from checkin.domain.scanning.verdict import WITHOUT_BADGE, Admitted, Refused, Status, decide
from checkin.domain.scanning.verdict import Verdict as Decision
from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import badge_tag, bus_tag, open_bus_list, open_entry, tag_of_ref
from checkin.words.languages import DEFAULT_LANGUAGE
from scanner.core.next_steps import act_said, gate_told
from scanner.core.scan import ListedScan, Scan, Verdict, tag_of, utc_text
from scanner.offline.clock import DeviceClock
from scanner.offline.held_list import HeldList
from scanner.offline.help_desk import HelpDesk
from scanner.offline.local_facts import (
    Lent,
    days_from,
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
        desk: the people of a help desk, who are admitted by their numbers.
    """

    held: HeldList
    memory: Memory
    clock: DeviceClock
    gate: dict[str, Any]
    language: str = DEFAULT_LANGUAGE
    desk: HelpDesk | None = None

    def answer(self, scan: Scan) -> LocalAnswer:
        """Decide a scan; the server has to confirm every answer later."""
        if isinstance(scan, ListedScan):
            return self._listed(scan)
        if scan.participant_id is not None:
            return self._found(scan, scan.participant_id)
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
        content = open_entry(token, entry, self.held.names) if entry else None
        if content is None:
            return self._unlisted(scan, tag, known=reason is not None)
        return self._decided(scan, tag, content)

    def lists(self, scan: Scan) -> bool:
        """Say whether this device has been told of whom a scan is about, and can decide it."""
        if isinstance(scan, ListedScan):
            return True
        if scan.participant_id is not None:
            return self.desk is not None and self.desk.person(scan.participant_id) is not None
        tag = tag_of(scan) if scan.badge_ref else ""
        return bool(tag) and (self.held.entry(tag) is not None or bool(self.held.tombstone(tag)))

    def leads_bus(self, code: str) -> bool:
        """Say whether the list of a bus is held that the badge with this code opens."""
        token = parse_code(code)
        return token is not None and self.held.entry(bus_tag(token)) is not None

    def bus_list(self, code: str) -> dict[str, Any] | None:
        """Open the list of the bus whose leader's badge this is, with who came in as known here.

        Returns:
            bus, delegation and people, as the server opens it; None where no list is held.
        """
        token = parse_code(code)
        entry = self.held.entry(bus_tag(token)) if token else None
        names = self.held.names
        content = open_bus_list(token, entry, names) if token and entry else None
        if content is None:
            return None
        days, now = days_from(self.held.policy()), self.clock.server_now()
        today = day_of(days, now)
        people = [
            self._passenger(one, lambda moment: day_of(days, moment) == today)
            for one in content["people"]
        ]
        return {**content, "people": people}

    def _passenger(self, one: dict[str, Any], counts: Callable[[datetime], bool]) -> dict[str, Any]:
        first = self.memory.history(tag_of_ref(one["ref"]), one["participant"]["id"], counts).first
        return {**one, "arrived_at": first and utc_text(first.at)}

    def _found(self, scan: Scan, participant_id: int) -> LocalAnswer:
        """Decide on somebody without a badge, whom the list of a help desk knows."""
        content = self.desk.person(participant_id) if self.desk else None
        if content is None or not self.held.is_there:
            return self._refused(scan, Reason.INVALID)
        return self._decided(scan, tag_of(scan), content)

    def walk_in(self, newcomer: Newcomer, scan: Scan) -> LocalAnswer:
        """Decide whether to admit somebody without a badge on a place lent to this gate.

        Args:
            scan: of their entry, without a code.
        """
        if not (self.held.is_there and self.walk_in_key()):
            return self._refused(scan, Reason.UNAPPROVED)
        head, delegation_id = self.held.policy(), int(newcomer.delegation["id"])
        lease_id, lent = self._lent(delegation_id, scan)
        at, gate_id = self.clock.corrected(scan.scanned_at), self._gate_id()
        policy = policy_of_day(policy_from(head, lent), day_of(days_from(head), at))
        # The server decides later which category they get.
        admits = gate_id not in head["limited_gates"]
        facts = walk_in_facts(lent, gate_id=gate_id, gate_admits=admits)
        decision = decide(facts, at, policy)
        opening = self._opening(decision, facts, at)
        content = {"participant": _person(newcomer), "delegation": dict(newcomer.delegation)}
        verdict = self._verdict(scan, decision, content, History(), head.get("stopped"), opening)
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

    def _listed(self, scan: ListedScan) -> LocalAnswer:
        tag = tag_of_ref(scan.kept_ref)
        reason = self.held.tombstone(tag)  # their badge was revoked since the list was made
        if reason is not None:
            return self._refused(scan, Reason(reason))
        return self._decided(scan, tag, dict(scan.content))

    def _decided(self, scan: Scan, tag: str, content: dict[str, Any]) -> LocalAnswer:
        at = self.clock.corrected(scan.scanned_at)
        head = self.held.policy()
        lease_id, lent = self._lent(content["delegation"]["id"], scan)
        policy = policy_of_day(policy_from(head, lent), day_of(days_from(head), at))
        history = self._history(tag, content["participant"]["id"], at)
        facts = facts_from(
            content,
            history,
            lent,
            direction=Direction(scan.type),
            gate_id=self._gate_id(),
            limited_gates=head["limited_gates"],
            badge_shown=scan.source not in WITHOUT_BADGE,
        )
        decision = decide(facts, at, policy)
        passage = self._passage(scan, tag, content, lease_id, facts, policy)
        opening = self._opening(decision, facts, at)
        verdict = self._verdict(scan, decision, content, history, head.get("stopped"), opening)
        admitted = isinstance(decision, Admitted)
        return LocalAnswer(verdict, _decided_as(decision), passage if admitted else None)

    def _history(self, tag: str, participant_id: int, at: datetime) -> History:
        """Return what is known of a person on the day to which a moment belongs."""
        days = days_from(self.held.policy())
        day = day_of(days, at)
        return self.memory.history(tag, participant_id, lambda one: day_of(days, one) == day)

    def came_today(self, participant_id: int) -> datetime | None:
        """Return when a person first came in today, as far as this device knows."""
        if not self.held.is_there:
            return None
        first = self._history("", participant_id, self.clock.server_now()).first
        return first.at if first else None

    def _opening(self, decision: Decision, facts: ScanFacts, at: datetime) -> Opening:
        if decision.reason != Reason.INVALID_TIME:
            return NOT_CLOSED
        head = self.held.policy()
        policy, days = policy_from(head, Lent()), days_from(head)
        return opening_after(policy, days, at, facts.gate_id, facts.category_id)

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

    @property
    def place_told(self) -> dict[str, Any]:
        """Return {id, name} of this gate, as far as they are known."""
        return self.held.place() or self.gate

    def _gate_id(self) -> int | None:
        return (self.held.place() or self.gate).get("id")

    def _verdict(
        self,
        scan: Scan,
        decision: Decision,
        content: dict[str, Any],
        history: History,
        stopped: dict[str, str] | None,
        opening: Opening,
    ) -> Verdict:
        reason = decision.reason
        step = self._step(reason, content, opening) if reason else None
        said = _sentence(reason, step, self.language)
        stop = stopped if reason == Reason.INVALID_TIME else None
        first = history.first if reason == Reason.ALREADY_REDEEMED else None
        return Verdict(
            scan,
            str(decision.status),
            reason,
            stop.get(self.language, said) if stop else said,
            participant=content["participant"],
            delegation=_named(content["delegation"]),
            first_admission=self._came_in(first) if first else None,
            opens_at=None if opening.at is None else utc_text(opening.at),
            offline=True,
            stop=stop,
            next_step=step,
            flags=tuple(content.get("flags") or ()),
        )

    def _step(self, reason: Reason, content: dict[str, Any], opening: Opening) -> Step:
        limited, admitting = self.held.policy()["limited_gates"], content.get("gates", ())
        facts = StepFacts(
            gates=right_gates(self._gates(), limited, admitting),
            phone=content.get("coordinator_phone"),
            opening=opening,
        )
        return step_for(reason, facts)

    def _gates(self) -> list[GateName]:
        return [gate_told(gate) for gate in self.held.gates()]

    def _came_in(self, first: Passage) -> dict[str, Any]:
        arabic = {gate.name: gate.name_ar for gate in self._gates()}
        at, gate = utc_text(first.at), first.gate
        return {"at": at, "gate": gate, "gate_ar": arabic.get(gate)}

    def _unlisted(self, scan: Scan, tag: str, *, known: bool) -> LocalAnswer:
        # Who leaves with a badge that was revoked meanwhile is let out; a stranger's is no badge.
        if not known:
            return self._refused(scan, Reason.INVALID)
        verdict = Verdict(scan, str(Status.OK), None, pending_message(self.language), offline=True)
        return LocalAnswer(verdict, _decided_as(Admitted()), self._bare_passage(scan, tag))

    def _refused(self, scan: Scan, reason: Reason) -> LocalAnswer:
        step = step_for(reason)
        message = _sentence(reason, step, self.language)
        verdict = Verdict(scan, str(Status.ERROR), reason, message, offline=True, next_step=step)
        return LocalAnswer(verdict, _decided_as(Refused(reason)))

    def _kept(self, scan: Scan, tag: str) -> LocalAnswer:
        # Before the first list only the check characters are known: taken in as to be confirmed.
        verdict = Verdict(scan, str(Status.OK), None, say(self.language, "unchecked"), offline=True)
        return LocalAnswer(verdict, _decided_as(Admitted()), self._bare_passage(scan, tag))


def _person(newcomer: Newcomer) -> dict[str, Any]:
    return {"id": None, "name": "", "name_ar": None, "category": "", **newcomer.names}


def _named(delegation: dict[str, Any]) -> dict[str, Any]:
    # The number of arrivals is not known here: a quota without it would mislead.
    return {key: value for key, value in delegation.items() if key != "quota"}


def _sentence(reason: Reason | None, step: Step | None, language: str) -> str:
    if reason is None:
        return pending_message(language)
    return verdict_message(Status.ERROR, reason, language, act=act_said(step, reason, language))


def _decided_as(decision: Decision) -> dict[str, Any]:
    reason = decision.reason
    return {"status": str(decision.status), "reason": str(reason) if reason else None}
