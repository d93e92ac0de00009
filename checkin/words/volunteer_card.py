"""The volunteer's card: what each colour means, and how to solve problems.

It is printed (`badges/volunteer_card.py`) and is the help of the scan page, of the scanner's window
and of the organisers' pages.
"""

from __future__ import annotations

from dataclasses import dataclass

from checkin.words.catalogues import msgid, translated
from checkin.words.gate_keys import gate_keys
from checkin.words.languages import DEFAULT_LANGUAGE

#: what the screen says to each colour; the colour's name, and what to do
_FACES = {
    "admitted": ("LET IN", msgid("GREEN"), msgid("Let in, with a smile. It goes by itself.")),
    "already": (
        "ALREADY USED",
        msgid("ORANGE"),
        msgid("Follow the screen. Badge already used: send to the help desk."),
    ),
    "refused": (
        "REFUSED",
        msgid("RED"),
        msgid("Stay kind. The screen says the reason, then what to do."),
    ),
    "pending": (
        "LET PASS · to be confirmed",
        msgid("BLUE"),
        msgid("Offline. Let pass: it is recorded."),
    ),
}
_STEPS = (
    msgid("The person holds the badge flat before the camera, 30 to 60 cm away."),
    msgid("Wait for the colour and the sound. Never let in before the colour."),
    msgid("Not scanned? Bring it nearer, tilt it against reflections, fingers off the corners."),
)
_TROUBLE = (
    msgid("A bus: scan its leader's badge, take out who is missing, then Enter lets the rest in."),
    msgid("A sign and a sentence under the name: do what the sentence says."),
    msgid(
        "Camera black: plug it in again, it comes back by itself. No network: go on scanning; the "
        "scans that are kept leave by themselves when it is back."
    ),
    msgid(
        "“NOT saved”: do not let in, call the organiser. Do not lend this computer and do not "
        "photograph the screen: names are confidential."
    ),
)
_TITLE = msgid("At the gate: the essentials")
_KEYS_TITLE = msgid("The keys")


@dataclass(frozen=True, slots=True)
class Face:
    """One colour of the screen: its mark, its name with the screen's word, and what to do."""

    mark: str
    word: str
    todo: str


@dataclass(frozen=True, slots=True)
class VolunteerCard:
    """The card in one language; `keys` are letters, or the word for the space, with meanings."""

    title: str
    steps: tuple[str, ...]
    faces: tuple[Face, ...]
    keys_title: str
    keys: tuple[tuple[str, str], ...]
    trouble: tuple[str, ...]


def volunteer_card(language: str = DEFAULT_LANGUAGE) -> VolunteerCard:
    """Return the card in a language; an unknown one reads the default."""

    def word(sentence: str) -> str:
        return translated("import", language, sentence)

    return VolunteerCard(
        title=word(_TITLE),
        steps=tuple(map(word, _STEPS)),
        faces=tuple(
            Face(mark, f"{word(colour)} · {translated('device', language, shown)}", word(todo))
            for mark, (shown, colour, todo) in _FACES.items()
        ),
        keys_title=word(_KEYS_TITLE),
        keys=gate_keys(language),
        trouble=tuple(map(word, _TROUBLE)),
    )
