"""The bodies of the HTTP contract v1."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, get_type_hints
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    create_model,
)

from checkin.domain.people.fields import OwnDetails, ShownIn, own_in
from checkin.domain.scanning.reasons import Reason
from checkin.protocol.version import VERSION
from checkin.words.languages import LanguageTag


def _within_calendar(moment: datetime) -> datetime:
    # A flat CMOS battery says 1970 or 2000, and that is history too; year 1 or 9999 is a bug.
    if not 1970 <= moment.year <= 2200:
        raise ValueError("the year must be between 1970 and 2200")
    return moment.astimezone(UTC)


def _written_out(moment: object) -> object:
    # "4" would be taken for the fourth second of 1970.
    if not isinstance(moment, str) or moment[4:5] != "-":
        raise ValueError("write a moment like 2025-06-14T14:30:00Z")
    return moment


def _plain(text: str) -> str:
    if any(ord(letter) < 32 and letter not in "\t\n" for letter in text):
        raise ValueError("control characters are not allowed")
    return text


Moment = Annotated[
    AwareDatetime,
    Field(strict=False),  # it is text that becomes a moment; what is no text is refused before
    BeforeValidator(_written_out),
    AfterValidator(_within_calendar),
]
PlainText = Annotated[str, AfterValidator(_plain)]


class Body(BaseModel):
    """A JSON body; types are not guessed: \"1\" is not 1."""

    model_config = ConfigDict(strict=True)


class PairRequest(Body):
    """A device that asks to be paired."""

    pairing_code: PlainText = Field(min_length=1, max_length=40, examples=["7K3M9QXA"])
    device_name: PlainText = Field(min_length=1, max_length=100, examples=["Laptop 3"])
    software: PlainText = Field(
        min_length=1, max_length=100, examples=[f"marhaba-scanner/{VERSION}"]
    )


class GateName(Body):
    """A gate, called as on its sign in each script."""

    id: int
    name: str
    name_ar: str | None = None


class EventName(Body):
    """An event, called as on its invitations in each script."""

    slug: str
    name: str
    name_ar: str | None = None
    timezone: str


class PairReply(Body):
    """A device's identity; the token is told this once."""

    device_id: int
    device_token: str
    gate: GateName
    event: EventName
    public_key: str = Field(
        description="With which the event's gate lists, and answers that end something, are signed."
    )
    server_time: datetime


class GateAsKnown(Body):
    """A gate as a device knows it; 0 and "" where it does not."""

    id: int = Field(default=0, ge=0, le=2**31 - 1)
    name: PlainText = Field(default="", max_length=120)


class ReturnRequest(Body):
    """A device whose token the server does not know any more, and what an organiser is shown."""

    device_name: PlainText = Field(min_length=1, max_length=100, examples=["Laptop 3"])
    software: PlainText = Field(min_length=1, max_length=100)
    event: PlainText = Field(max_length=100, description="The event's slug.")
    gate: GateAsKnown
    held: int = Field(ge=0, le=2**31 - 1, description="How many scans it holds for the server.")


class ReturnReply(Body):
    """Whether the token counts again; until then the device asks again every few seconds."""

    known: bool
    server_time: datetime


class WipedRequest(Body):
    """The token says who; nothing else is needed."""


class WipedReply(Body):
    """The server knows that a revoked device holds nothing any more."""

    wiped_at: datetime
    server_time: datetime


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
    language: LanguageTag | None = None
    allow_duplicate: bool = False


class WalkInReply(Body):
    """A registered walk-in, with the code that admits them."""

    participant_id: int
    standing: Literal["confirmed", "reserve"]
    reserve_no: int | None
    code: str
    replayed: bool


# A search shows those of a participant's fields that are marked so in their table.
_OWN_TYPES = get_type_hints(OwnDetails)
_SHOWN: dict[str, Any] = {key: (_OWN_TYPES[key], ...) for key in own_in(ShownIn.SEARCH)}
_NumberedPerson: Any = create_model("_NumberedPerson", __base__=Body, id=(int, ...), **_SHOWN)


class FoundParticipant(_NumberedPerson):
    """A participant that a search found."""

    category: str
    category_ar: str | None
    bus: str | None = Field(description="The name of the bus they are to come by.")
    phone_ending: str | None = Field(description="The last two digits of their telephone.")
    arrived_at: datetime | None = Field(description="When they came in that day; null: not yet.")
    delegation: dict[str, Any]
    status: str
    blocked: bool = Field(description="Entry is refused until an organiser unblocks the person.")


class SearchQuery(Body):
    """What to search for."""

    # How short it may be depends on what it is: #7 is the number on a badge, ab is no name.
    q: str = Field(
        max_length=120,
        description="A part of the name in either script, an e-mail, a telephone or its last four "
        "digits, the number on the badge, or its code.",
    )


class ListQuery(Body):
    """Which part of the gate list to send."""

    since: str | None = Field(
        default=None,
        pattern="^[0-9]{1,18}$",
        description="The cursor of the list at hand: only what changed since is sent.",
    )
    epoch: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{32}$",
        description="The epoch in the head of the list at hand. Of another epoch than the "
        "database's the whole list is sent.",
    )
    segments: str | None = Field(
        default=None,
        pattern="^[01]$",
        description="1: this device fetches segments. Of very many people, or changes, it is "
        "sent a head that names them.",
    )


class FoundBus(Body):
    """A bus whose name, delegation or leader a search found; nobody is named."""

    id: int
    name: str
    delegation_id: int
    delegation: str
    delegation_ar: str | None
    passengers: int


class SearchReply(Body):
    """What a search found: the first 5 people, how many more there are, and buses."""

    participants: list[FoundParticipant]
    more: int
    buses: list[FoundBus]


class ListEntry(Body):
    """One badge's encrypted entry."""

    tag: str
    sealed: str


class ListTombstone(Body):
    """A badge that is no longer good."""

    tag: str
    reason: Reason


class GateListReply(Body):
    """The signed gate list; apply tombstones before entries.

    Or, of format 2, the head of a list in segments, without entries.
    """

    head: dict[str, Any]
    tombstones: list[ListTombstone]
    entries: list[ListEntry]
    public_key: str
    signature: str
