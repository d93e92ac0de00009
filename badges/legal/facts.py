"""The facts of an event that its legal pack tells: counts and settings, and nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Both:
    """The same in French and in Arabic."""

    fr: str
    ar: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of something, which has a name in both languages."""

    name: Both
    count: int


@dataclass(frozen=True, slots=True)
class AgreedText:
    """A version of the privacy notice, and how many of those registered agreed to it.

    Attributes:
        language: a tag of `checkin.words.languages`.
    """

    language: str
    text: str
    first_used_at: datetime
    agreed: int


@dataclass(frozen=True, slots=True)
class Informed:
    """How many registered people were told what is done with their data, as far as is recorded.

    Attributes:
        agreed: by the form that they filled in themselves.
        mailed: were sent a message, of which each ends with the notice.
        neither: no record of either; `agreed` and `mailed` may be the same people.
    """

    people: int
    agreed: int
    mailed: int
    neither: int


@dataclass(frozen=True, slots=True)
class Erasure:
    """The receipt of a purge.

    Attributes:
        lines: what was erased, with the number of rows or files.
        devices: revoked devices that had not confirmed yet that they erased their list.
    """

    at: datetime
    lines: Sequence[Count]
    devices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalFacts:
    """What the legal pack of one event says; all moments are on the event's clock.

    Attributes:
        organiser, address, contact, cndp_number: "" where it is not known.
        is_sensitive: to have been there reveals an opinion.
        missing: codes of what is to be completed: keys of `badges.legal.sentences.MISSING`.
        notice: the privacy notice as it is shown today.
        fields: what people are asked for, with the number of people of whom it is known.
        passages: what is recorded beside that: keys of `RECORDED`, with the number of records.
        sources: who registered: keys of `SOURCES`, with the number of people.
        roles: who may see what: keys of `ROLES`, with the number of accounts that are in use.
        recipients: keys of `RECIPIENTS` that there are, with a name such as that of a server.
        erasure: None before the personal data were erased.
    """

    event: Both
    venue: Both
    starts_at: datetime
    ends_at: datetime
    erased_by: datetime
    printed_at: datetime
    retention_days: int
    organiser: str
    address: str
    contact: str
    cndp_number: str
    is_sensitive: bool
    missing: Sequence[str]
    notice: Both
    agreed_texts: Sequence[AgreedText]
    informed: Informed
    applications: int
    categories: Sequence[Count]
    fields: Sequence[Count]
    passages: Sequence[tuple[str, int]]
    sources: Sequence[tuple[str, int]]
    roles: Sequence[tuple[str, int]]
    recipients: Sequence[tuple[str, str]]
    erasure: Erasure | None
