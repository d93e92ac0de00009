"""What somebody searches for, sealed, so that it may stand in the address of a page.

Addresses lie in the history of browsers and in the logs of whatever is on the way: a name is not to
be read there. Whoever has an account of the event may still keep such an address, or send it to a
colleague.
"""

from __future__ import annotations

from checkin.protocol.base64url import bytes_of, text_of
from checkin.services.common.keys import Keys
from checkin.services.common.sealed_values import seal_values, unseal_values

_PLACE = "search among the people of"
#: most names are shorter, so their length is not told either
_STEP_BYTES = 64


def sealed_text(keys: Keys, slug: str, text: str) -> str:
    """Seal a text for addresses of an event's pages; it is another one each time."""
    padded = text + " " * (-len(text.encode()) % _STEP_BYTES)
    return text_of(seal_values(keys, f"{_PLACE} {slug}", text=padded))


def text_sealed(keys: Keys, slug: str, sealed: str) -> str | None:
    """Return the text; None if it was not sealed here, or for another event."""
    try:
        values = unseal_values(keys, f"{_PLACE} {slug}", bytes_of(sealed))
    except ValueError:
        return None
    return None if values is None else values["text"].rstrip(" ")
