"""The bodies of people at the door: those who are found, and those who come unannounced."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from checkin.web.api.schemas import Body, PlainText


class WalkIn(Body):
    """A person who comes without being registered."""

    id: UUID | None = Field(
        default=None,
        description="Made by the device. The same id again registers nobody and gets the same "
        "answer; the same id for somebody else is 409 walk_in_id_conflict.",
    )
    sealed: str | None = Field(
        default=None,
        max_length=8000,
        description="Instead of the person's own fields, with an id: those fields as JSON, sealed "
        "with the walk_in_key of a lease. So a device keeps nobody's name without network.",
    )
    name: PlainText = Field(default="", max_length=200)
    name_ar: PlainText | None = Field(default=None, max_length=200)
    delegation_id: int = Field(ge=1, le=2**31 - 1)
    category: PlainText | None = Field(default=None, max_length=200)
    email: PlainText | None = Field(default=None, max_length=254)
    phone: PlainText | None = Field(default=None, max_length=40)
    language: Literal["fr", "ar", "en"] | None = None
    allow_duplicate: bool = False


class WalkInReply(Body):
    """A registered walk-in, with the code that admits them."""

    participant_id: int
    standing: Literal["confirmed", "reserve"]
    reserve_no: int | None
    code: str
    replayed: bool


class FoundParticipant(Body):
    """A participant that a search found."""

    id: int
    name: str
    name_ar: str | None
    category: str
    delegation: dict[str, Any]
    status: str


class SearchQuery(Body):
    """What to search for."""

    q: str = Field(min_length=3, max_length=120, description="A part of the name, either script.")


class SearchReply(Body):
    """What a search found, at most 20."""

    participants: list[FoundParticipant]
