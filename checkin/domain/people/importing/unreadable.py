"""Why a participants' file as a whole cannot be read."""

from __future__ import annotations

from checkin.errors import MarhabaError
from checkin.words.languages import SOURCE_LANGUAGE
from checkin.words.unreadable import unreadable_sentence


class UnreadableFile(MarhabaError):
    """A file that cannot be read as a list of participants.

    Attributes:
        reason: stable, a key of `checkin.words.unreadable.SENTENCES`.
        facts: what the sentence adds: a limit, a line, the headings found.
    """

    code = "unreadable_file"

    def __init__(self, reason: str, *facts: object) -> None:
        self.reason = reason
        self.facts = tuple(map(str, facts))
        super().__init__(unreadable_sentence(self, SOURCE_LANGUAGE))
