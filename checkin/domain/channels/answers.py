"""What the answer of a gateway means for a message, and for the messages after it.

Sources: https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes for WhatsApp;
RFC 9110 and RFC 6585 for SMS gateways, which agree on nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from checkin.domain.mail.rules import Fate

#: how long nothing leaves by a channel whose gateway has said "not so fast", unless it says
#: itself how long
RESTS_S = 30.0
_LONGEST_REST_S = 3_600.0


class ChannelFault(StrEnum):
    """Why a gateway takes nothing, whomever it is for, until somebody does something about it."""

    #: the token or the password is wrong, has expired, or may not do this
    REFUSED = "refused"
    #: what is set is not what the gateway has: the number, the address
    ADDRESS = "address"
    #: the template: its name, its languages, its variables, or its approval
    TEMPLATE = "template"
    #: the account: blocked, or without money
    ACCOUNT = "account"
    #: the certificate does not prove that it is the machine of that name
    CERTIFICATE = "certificate"
    #: the secret was sealed with another master key
    SECRET = "secret"  # noqa: S105 - the name of a fault


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of one attempt to hand a message over.

    Attributes:
        answer: what the gateway said, for the organiser.
        fault: what stops the channel; None where nothing does.
        rest_s: how long nothing more may leave by this channel; 0 for at once.
    """

    fate: Fate
    answer: str
    fault: ChannelFault | None = None
    rest_s: float = 0.0


#: of WhatsApp's `error.code`: what every other message would meet, too
_WHATSAPP_STOPS = {
    **dict.fromkeys((0, 3, 10, 190, 131005, 133004), ChannelFault.REFUSED),
    **dict.fromkeys(range(200, 300), ChannelFault.REFUSED),
    **dict.fromkeys((33, 131045, 133010), ChannelFault.ADDRESS),
    **dict.fromkeys(
        (132000, 132001, 132005, 132007, 132012, 132015, 132016, 132068, 132069),
        ChannelFault.TEMPLATE,
    ),
    **dict.fromkeys((368, 131031, 131037, 131042), ChannelFault.ACCOUNT),
}
#: not so fast
_WHATSAPP_RATES = frozenset({4, 80007, 130429, 131048})
#: later, but this message alone: too many to one number; a fault of theirs
_WHATSAPP_LATER = frozenset({1, 2, 131000, 131016, 131056, 131057, 133015, 135000})
_NO_OBJECT = (100, 33)


def of_whatsapp(status: int, body: bytes, retry_after: str = "") -> Handed:
    """Return what an answer of WhatsApp's Cloud API means."""
    told = _json(body)
    if 200 <= status < 300:
        messages = told.get("messages")
        first = messages[0] if isinstance(messages, list) and messages else {}
        id_ = first.get("id") if isinstance(first, dict) else None
        # Without an id it is no answer of WhatsApp's: whether it was taken is not known.
        return Handed(Fate.SENT, str(id_)) if id_ else Handed(Fate.UNKNOWN, _beginning(body))
    error = told.get("error")
    error = error if isinstance(error, dict) else {}
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    answer = f"{status} {code or ''} {error.get('message') or _beginning(body)}"
    answer = " ".join(answer.split())
    if (code, subcode) == _NO_OBJECT:
        return Handed(Fate.HALTED, answer, ChannelFault.ADDRESS)
    if code in _WHATSAPP_RATES or (status == 429 and code != 131056):
        return Handed(Fate.LATER, answer, rest_s=_rest_s(retry_after))
    if code in _WHATSAPP_STOPS:
        return Handed(Fate.HALTED, answer, _WHATSAPP_STOPS[code])
    if code in _WHATSAPP_LATER:
        return Handed(Fate.LATER, answer)
    if code is None:
        return _of_status(status, answer, retry_after)
    return Handed(Fate.LATER if status >= 500 else Fate.FAILED, answer)


def of_sms(status: int, body: bytes, retry_after: str = "") -> Handed:
    """Return what an answer of an SMS gateway means: it is known by its status alone."""
    return _of_status(status, f"{status} {_beginning(body)}".strip(), retry_after)


def _of_status(status: int, answer: str, retry_after: str) -> Handed:
    if 200 <= status < 300:
        return Handed(Fate.SENT, answer)
    if status == 429:
        return Handed(Fate.LATER, answer, rest_s=_rest_s(retry_after))
    if status in (401, 403, 407):
        return Handed(Fate.HALTED, answer, ChannelFault.REFUSED)
    if status == 402:
        return Handed(Fate.HALTED, answer, ChannelFault.ACCOUNT)
    if status < 400 or status in (404, 405, 410, 415):
        return Handed(Fate.HALTED, answer, ChannelFault.ADDRESS)
    return Handed(Fate.LATER if status >= 500 or status == 408 else Fate.FAILED, answer)


def _rest_s(retry_after: str) -> float:
    is_number = retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 10
    return min(float(retry_after), _LONGEST_REST_S) if is_number else RESTS_S


def _json(body: bytes) -> dict[str, object]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _beginning(body: bytes) -> str:
    text = body.decode(errors="replace")[:300]
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()
