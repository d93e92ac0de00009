"""The next step of a refusal: what a volunteer does with the person, as an act in every language.

Each reason has one in its row of `REASONS`, and may have a better one for when more is known: which
gate is right, when the badge was replaced, whom to call, when the doors open, or that they do no
more. Gates show the act in large letters under the reason. The scan page decides the same step in
`next-step.js`; both are held to `tests/vectors/next_steps.json`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from checkin.domain.scanning.timetable import NOT_CLOSED, Opening
from checkin.words.catalogues import msgid, say, translated
from checkin.words.languages import spoken

#: so many gates are named to one person; who reads more has forgotten the first
MOST_GATES = 3
_NO_BREAK = "\N{NO-BREAK SPACE}"


class NextStep(StrEnum):
    """The codes of the acts, as devices read them."""

    HELP_DESK = "help_desk"
    SUPERVISOR = "supervisor"
    WAIT = "wait"
    WAIT_OUTSIDE = "wait_outside"
    COMPARE = "compare"
    SCAN_EXIT = "scan_exit"
    RIGHT_GATE = "right_gate"
    REPLACED = "replaced"
    COORDINATOR = "coordinator"
    COME_BACK = "come_back"
    CLOSED = "closed"


#: the acts as sentences of the catalogue `device`; each follows the reason after a colon
ACTS: Mapping[NextStep, str] = {
    NextStep.HELP_DESK: msgid("send to the help desk"),
    NextStep.SUPERVISOR: msgid("call a supervisor"),
    NextStep.WAIT: msgid("let them wait"),
    NextStep.WAIT_OUTSIDE: msgid("let them wait outside"),
    NextStep.COMPARE: msgid("see time and gate, send to the help desk"),
    NextStep.SCAN_EXIT: msgid("scan it first (E)"),
    NextStep.RIGHT_GATE: msgid("send to {gates}"),
    NextStep.REPLACED: msgid("send to the help desk (replaced at {time})"),
    NextStep.COORDINATOR: msgid("call the coordinators, {phone}"),
    NextStep.COME_BACK: msgid("tell them to come back when the doors open, {time}"),
    NextStep.CLOSED: msgid("no more today, send to the help desk"),
}


@dataclass(frozen=True, slots=True)
class GateName:
    """A gate as its signs call it."""

    id: int
    name: str
    name_ar: str | None = None

    def for_reader(self, language: str) -> str:
        """Return the name in both scripts, the reader's first."""
        names = [name for name in (self.name, self.name_ar) if name]
        if spoken(language).is_from_right:
            names.reverse()
        return f"{_NO_BREAK}· ".join(map(_whole, dict.fromkeys(names)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """What is known of a refused person beside the reason.

    Attributes:
        gates: the gates for their category, where the event has several kinds.
        replaced_at: when a newer badge of theirs was issued.
        phone: of their delegation's coordinators, as people dial it, where the event allows it.
        opening: when the gate opens to them, if it is closed.
    """

    gates: tuple[GateName, ...] = ()
    replaced_at: datetime | None = None
    phone: str | None = None
    opening: Opening = NOT_CLOSED


NOTHING_KNOWN = StepFacts()


@dataclass(frozen=True, slots=True)
class Step:
    """An act with what it names; the rest is empty."""

    act: NextStep
    gates: tuple[GateName, ...] = ()
    at: datetime | None = None
    phone: str | None = None


#: for each act that names something: the step with that, or None where it is not known
_NAMED: Mapping[NextStep, Callable[[StepFacts], Step | None]] = {
    NextStep.RIGHT_GATE: lambda facts: (
        Step(NextStep.RIGHT_GATE, gates=facts.gates[:MOST_GATES]) if facts.gates else None
    ),
    NextStep.REPLACED: lambda facts: (
        Step(NextStep.REPLACED, at=facts.replaced_at) if facts.replaced_at else None
    ),
    NextStep.COORDINATOR: lambda facts: (
        Step(NextStep.COORDINATOR, phone=facts.phone) if facts.phone else None
    ),
    NextStep.COME_BACK: lambda facts: (
        Step(NextStep.COME_BACK, at=facts.opening.at) if facts.opening.is_later else None
    ),
    NextStep.CLOSED: lambda facts: Step(NextStep.CLOSED) if facts.opening.is_never else None,
}


def step_of(usual: NextStep, known: Sequence[NextStep], facts: StepFacts = NOTHING_KNOWN) -> Step:
    """Return the step of a reason's row: the first better one of which is known what it names."""
    better = (_NAMED[act](facts) for act in known)
    return next((step for step in better if step), Step(usual))


def right_gates(
    gates: Sequence[GateName], limited: Collection[int], admitting: Collection[int]
) -> tuple[GateName, ...]:
    """Return the gates for a person's category: its own, else those that are for everybody.

    Args:
        limited: ids of the gates for some categories only; `admitting` those among them that admit
            this one.
    """
    own = tuple(gate for gate in gates if gate.id in admitting)
    return own or tuple(gate for gate in gates if gate.id not in limited)


def act_message(step: Step, language: str, *, time: str = "") -> str:
    """Return the act of a step, without a capital: it follows the reason.

    Args:
        time: the step's moment as `moment_text` writes it.
    """
    gates = between_gates(language).join(gate.for_reader(language) for gate in step.gates)
    named = {
        "gates": gates,
        "time": time.replace(" ", _NO_BREAK),
        "phone": _whole(step.phone or ""),
    }
    return say("device", language, ACTS[step.act], **named)


def _whole(name: str) -> str:
    """Return a name or number that keeps its order within another script, and is never broken."""
    return f"\N{FIRST STRONG ISOLATE}{name.replace(' ', _NO_BREAK)}\N{POP DIRECTIONAL ISOLATE}"


def between_gates(language: str) -> str:
    """Return what stands between the names of two gates."""
    return translated("device", language, msgid(", "))


def act_sentences(language: str) -> Mapping[NextStep, str]:
    """Return the acts for a page that fills in what they name: `{gates}`, `{time}`, `{phone}`."""
    return {step: translated("device", language, sentence) for step, sentence in ACTS.items()}


def moment_text(at: datetime, timezone: tzinfo | None, now: datetime) -> str:
    """Return hours and minutes of a moment, after the day and month unless that is today."""
    here, today = at.astimezone(timezone), now.astimezone(timezone).date()
    return here.strftime("%H:%M" if here.date() == today else "%d/%m %H:%M")
