"""Read a catalogue from its source and from its compiled form."""

from __future__ import annotations

from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.pofile import read_po

from checkin.words.isolates import without_isolates


def messages_of(written: Path) -> dict[object, str]:
    """Return the translations of a `.po` file, by what gettext looks them up with.

    They are found as gettext would find them, and not by the program's way to compile: without
    what that isolates.
    """
    found: dict[object, str] = {}
    with written.open("rb") as file:
        for message in read_po(file, written.parent.parent.name):
            if message.id and message.string and not message.fuzzy:
                several = isinstance(message.id, tuple)
                first = message.id[0] if several else message.id
                key = f"{message.context}\x04{first}" if message.context else first
                said = message.string if several else (message.string,)
                plain = [without_isolates(text) for text in said]
                found |= {(key, at): one for at, one in enumerate(plain)} if several else {}
                found |= {} if several else {key: plain[0]}
    return found


def messages_in(compiled: bytes) -> dict[object, str]:
    """Return the translations of a `.mo` file, without what is isolated in them."""
    held: dict[object, str] = vars(GNUTranslations(BytesIO(compiled)))["_catalog"]
    return {key: without_isolates(text) for key, text in held.items() if key}
