"""The bodies of what help desks ask for."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from checkin.services.gates.people_list import MOST_PAGES
from checkin.web.api.bodies.schemas import Body, Moment


class PagesQuery(Body):
    """Which pages of the people of an event to send."""

    mark: list[str] = Field(
        max_length=MOST_PAGES, description="The marks of the pages; repeat the parameter."
    )


class SealedPageBody(Body):
    """A page of people, sealed with the help desk's key."""

    mark: str
    sealed: str


class PagesReply(Body):
    """The pages that were asked for; one that has changed meanwhile is left out."""

    pages: list[SealedPageBody]


class SearchRulesBody(Body):
    """How many people an hour a help desk may show without the network, and when."""

    budget: int
    opens_at: datetime | None
    closes_at: datetime | None


class PeopleListHead(Body):
    """What is signed of the list of people, with the key of the gate lists."""

    format: int
    event: str
    version: int = Field(description="A device takes no older list than it has.")
    issued_at: datetime
    search: SearchRulesBody
    marks: list[str] = Field(description="Those of all pages, in order.")


class ShownBody(Body):
    """Somebody whom a help desk has shown without the network."""

    participant_id: int = Field(ge=1, le=2**31 - 1)
    shown_at: Moment


class ShownRequest(Body):
    """Whom a help desk has shown without the network, each once."""

    shown: list[ShownBody] = Field(min_length=1, max_length=500)


class ShownReply(Body):
    """The server counts them."""

    server_time: datetime


class ReplaceBadgeRequest(Body):
    """Who answers for a new badge, where not everyone may admit people without one; who is told."""

    supervisor_pin: str | None = Field(default=None, max_length=64)
    tell: bool = Field(
        default=True,
        description="Whether a message brings the new badge to the person, too. An addition: a "
        "device that does not send it has one sent.",
    )


class ReplaceBadgeReply(Body):
    """A new badge, to be printed at its true size; the one before is revoked."""

    participant_id: int
    issue: int
    pdf: str = Field(description="base64")
    png: str = Field(description="The same as a picture, base64.")
    width_mm: float
    height_mm: float
    told: bool = Field(
        description="An addition. Whether a message brings it, too: false where none was asked "
        "for, and for somebody who has no address or wants no messages."
    )
    server_time: datetime


class PeopleListReply(Body):
    """The key of a help desk, which it keeps in memory only, and which pages it needs."""

    key: str
    head: PeopleListHead
    public_key: str
    signature: str
