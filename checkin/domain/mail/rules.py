"""The table of what a mail server's answer means for a message, and for the messages after it.

Sources: RFC 5321 sections 3.8, 4.2.1, 4.3.2 and 4.5.3.1.10; RFC 4954 for signing in.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

#: waits before the next attempt after a temporary refusal; after the last one it has failed
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
#: a claim this old belongs to a sender that died: longer than every time limit of one message
STALE_AFTER = timedelta(minutes=10)


class Fate(StrEnum):
    """The outcome of one attempt to send a message."""

    SENT = "sent"
    #: refused for now, or lost before the message was handed over
    LATER = "later"
    #: refused for good
    FAILED = "failed"
    #: handed over, but the answer never came: it may have arrived
    UNKNOWN = "unknown"
    #: the fault is ours or the server's, not this message's: every other one would meet it too
    HALTED = "halted"
    #: another sender has it by now, or somebody stopped the sending: nothing was handed over
    LEFT = "left"


class Step(StrEnum):
    """The step of the SMTP dialogue with the server."""

    CONNECT = "connect"
    TLS = "tls"
    SIGN_IN = "sign_in"
    SENDER = "sender"
    RECIPIENT = "recipient"
    #: the word DATA, before its first byte
    DATA = "data"
    #: from the first byte of the message to the answer after its end
    TEXT = "text"


class Answer(StrEnum):
    """The kind of answer that the server gave at a step."""

    TAKEN = "2xx"
    NOT_NOW = "4xx"
    NEVER = "5xx"
    #: a line that broke, a time limit, or something that is no answer
    NONE = "none"


#: One row for each step that can go wrong, one column for each way.
RULES: dict[Step, dict[Answer, Fate]] = {
    # Nobody can be served, so nobody's attempts are used up: the run stops and says why.
    Step.CONNECT: dict.fromkeys((Answer.NOT_NOW, Answer.NEVER, Answer.NONE), Fate.HALTED),
    Step.TLS: dict.fromkeys((Answer.NOT_NOW, Answer.NEVER, Answer.NONE), Fate.HALTED),
    Step.SIGN_IN: dict.fromkeys((Answer.NOT_NOW, Answer.NEVER, Answer.NONE), Fate.HALTED),
    # A sender refused for good is refused for everybody.
    Step.SENDER: {
        Answer.NOT_NOW: Fate.LATER,
        Answer.NEVER: Fate.HALTED,
        Answer.NONE: Fate.LATER,
    },
    Step.RECIPIENT: {
        Answer.NOT_NOW: Fate.LATER,
        Answer.NEVER: Fate.FAILED,
        Answer.NONE: Fate.LATER,
    },
    Step.DATA: {Answer.NOT_NOW: Fate.LATER, Answer.NEVER: Fate.FAILED, Answer.NONE: Fate.LATER},
    Step.TEXT: {Answer.NOT_NOW: Fate.LATER, Answer.NEVER: Fate.FAILED, Answer.NONE: Fate.UNKNOWN},
}
#: Codes that say something else than their first digit.
EXCEPTIONS: dict[tuple[Step, int], Fate] = {
    (Step.SENDER, 552): Fate.FAILED,  # this message is too large; the next may not be
    (Step.RECIPIENT, 552): Fate.LATER,  # meant as 452: the mailbox is full just now
}


def answer_of_code(code: int) -> Answer:
    """Return the kind of an SMTP answer by its first digit; an invalid answer counts as none."""
    return {2: Answer.TAKEN, 4: Answer.NOT_NOW, 5: Answer.NEVER}.get(code // 100, Answer.NONE)


def fate_of(step: Step, code: int | None) -> Fate:
    """Return the outcome for a message after a fault, or after the server's last answer.

    Args:
        code: the server's answer; None where there was none.
    """
    if code is not None and (step, code) in EXCEPTIONS:
        return EXCEPTIONS[step, code]
    answer = Answer.NONE if code is None else answer_of_code(code)
    if answer is Answer.TAKEN:
        if step is Step.TEXT:
            return Fate.SENT
        raise ValueError(f"{code} at {step} is no end")
    return RULES[step][answer]
