"""What each key does at a gate: one list for the page, the window and the volunteer's card."""

from __future__ import annotations

from checkin.words.catalogues import msgid, translated

#: each key as it is written on keyboards, or what it is called, and what it does
GATE_KEYS = (
    (msgid("Space"), msgid("Close the card")),
    ("F", msgid("Forgotten badge: find and let in")),
    ("T", msgid("Type the code under the QR")),
    ("W", msgid("Register a walk-in, who has no badge")),
    ("B", msgid("Print a new badge (help desk)")),
    ("Z", msgid("Undo a scan of the last five")),
    ("O", msgid("Override (supervisor)")),
    ("E", msgid("Entry or exit")),
    ("P", msgid("Practice badge, while nobody comes")),
    ("C", msgid("Choose the camera")),
    ("M", msgid("Mirror the picture")),
    ("S", msgid("Sound")),
    ("L", msgid("Next language")),
    ("?", msgid("Help: the keys and the card")),
)


def gate_keys(language: str) -> tuple[tuple[str, str], ...]:
    """Return each key and what it does, in a language."""

    def word(sentence: str) -> str:
        return translated("import", language, sentence)

    return tuple((word(key) if len(key) > 1 else key, word(does)) for key, does in GATE_KEYS)
