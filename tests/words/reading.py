"""Read a catalogue from its source and from its compiled form."""

from __future__ import annotations

from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.pofile import read_po


def messages_of(written: Path) -> dict[object, str]:
    """Return the translations of a `.po` file, by what gettext looks them up with.

    They are found as gettext would find them, and not by the program's way to compile.
    """
    found: dict[object, str] = {}
    with written.open("rb") as file:
        for message in read_po(file, written.parent.parent.name):
            if message.id and message.string and not message.fuzzy:
                if isinstance(message.id, tuple):
                    found |= {(message.id[0], at): one for at, one in enumerate(message.string)}
                else:
                    found[message.id] = message.string
    return found


def messages_in(compiled: bytes) -> dict[object, str]:
    """Return the translations of a `.mo` file."""
    held: dict[object, str] = vars(GNUTranslations(BytesIO(compiled)))["_catalog"]
    return {key: text for key, text in held.items() if key}
