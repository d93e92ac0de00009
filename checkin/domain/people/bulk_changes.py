"""Changes of many people at once: what they are, and why somebody was left as they were."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class BulkChange(StrEnum):
    """What may be done with all people of a list."""

    CANCEL = "cancel"
    MOVE = "move"
    CATEGORY = "category"
    RESEND = "resend"
    PRINT = "print"


#: of these somebody may be told by e-mail, as of the same change of one person
TOLD = frozenset({BulkChange.CANCEL, BulkChange.MOVE})
#: the field of the form that says to what
TARGET = {BulkChange.MOVE: "delegation", BulkChange.CATEGORY: "category"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a person was left as they were.

    Attributes:
        code: of a `Problem` of their registration, or one of `GONE`, `ALIKE` and `CONFLICT`.
        values: what its sentence fills in.
    """

    code: str
    values: tuple[str, ...] = ()

    def body(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        return {"code": self.code, "values": list(self.values)}


#: the record is no longer there, or belongs to somebody else now
GONE = "gone"
#: somebody there may be the same person, which only who knows them can tell
ALIKE = "alike"
#: somebody else has changed them at the same moment
CONFLICT = "conflict"
