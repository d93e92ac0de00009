"""How many messages a text takes on its way to a telephone (3GPP TS 23.038, 23.040)."""

from __future__ import annotations

from collections.abc import Sequence

#: a text that takes more is not sent: it would cost too much, and come in pieces
MOST_SEGMENTS = 2
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: these take two places each
_GSM_TWICE = frozenset("^{}\\[~]|€\f")
#: places of a text that goes alone, and of one that goes in pieces, which have a heading each
_GSM_PLACES, _UCS2_PLACES = (160, 153), (70, 67)
#: what nobody misses, and what would make a plain text one of the long kind
_PLAIN = {
    **dict.fromkeys(map(ord, "\u00a0\u202f\u2009"), " "),
    **dict.fromkeys(map(ord, "‘’"), "'"),
    **dict.fromkeys(map(ord, "“”«»"), '"'),
    **dict.fromkeys(map(ord, "–—‑"), "-"),
    **dict.fromkeys((*range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)),
    ord("…"): "...",
}


def plain(text: str) -> str:
    """Return a text with plain spaces, quotation marks and dashes, and without invisible signs."""
    return text.translate(_PLAIN).strip()


def is_gsm(text: str) -> bool:
    """Say whether a text can be written with the letters that every telephone has (GSM-7)."""
    return all(sign in _GSM or sign in _GSM_TWICE for sign in text)


def segments(text: str) -> int:
    """Return how many messages a text takes: 160 or 153 places each, with other letters 70 or 67.

    A sign of two places does not stand in two messages.
    """
    if is_gsm(text):
        sizes, places = [2 if sign in _GSM_TWICE else 1 for sign in text], _GSM_PLACES
    else:
        sizes, places = [2 if ord(sign) > 0xFFFF else 1 for sign in text], _UCS2_PLACES
    alone, in_pieces = places
    if sum(sizes) <= alone:
        return 1
    count, left = 1, in_pieces
    for size in sizes:
        if size > left:
            count, left = count + 1, in_pieces
        left -= size
    return count


def first_that_fits(texts: Sequence[str]) -> str:
    """Return the first of these texts that takes two messages at most; the last if none does."""
    plain_ones = [plain(text) for text in texts]
    fitting = (text for text in plain_ones if segments(text) <= MOST_SEGMENTS)
    return next(fitting, plain_ones[-1])
