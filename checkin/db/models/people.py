"""The tables of participants, delegations, categories, buses, consents and applications."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from checkin.db.models.base import Base, one_of
from checkin.domain.people.flags import FlagSymbol
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.words.languages import LANGUAGES

_UNCONFIRMED = text("standing <> 'confirmed'")
_MERGED = text("merged_into IS NOT NULL")
_UNMERGED = text("merged_into IS NULL")
_UNCHECKED = text("unchecked_as IS NOT NULL")
_FLAGGED = text("flags IS NOT NULL")


class Participant(Base):
    """A person registered for an event.

    `folded` holds both names as `checkin.domain.common.names.fold_name` writes them, for search;
    `folded_name` is the one that distinguishes people of a delegation; `name_terms` find other
    spellings.
    """

    __tablename__ = "participant"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "delegation_id"], ["delegation.event_id", "delegation.id"]
        ),
        ForeignKeyConstraint(["event_id", "category_id"], ["category.event_id", "category.id"]),
        UniqueConstraint("event_id", "id"),
        CheckConstraint("name <> '' OR name_ar IS NOT NULL", name="name"),
        CheckConstraint("(standing = 'reserve') = (reserve_no IS NOT NULL)", name="reserve_no"),
        CheckConstraint("(standing = 'canceled') = (canceled_at IS NOT NULL)", name="canceled"),
        CheckConstraint(
            "blocked = (blocked_at IS NOT NULL) AND blocked = (blocked_reason IS NOT NULL)",
            name="blocked",
        ),
        CheckConstraint("merged_into IS NULL OR standing = 'canceled'", name="merged"),
        one_of("standing", RegistrationStatus),
        one_of("unchecked_as", RegistrationStatus),
        CheckConstraint("unchecked_as IS NULL OR standing = 'canceled'", name="unchecked"),
        CheckConstraint(
            "(coalesce(unchecked_as, '') = 'reserve') = (unchecked_no IS NOT NULL)",
            name="unchecked_no",
        ),
        Index(None, "event_id", "email"),
        Index(None, "event_id", "phone"),
        # Lists of a delegation's people read this and no row, also of those who are not shown.
        Index(
            "ix_participant_delegation_id_folded_name",
            *("delegation_id", "folded_name", "id", "event_id", "standing"),
            *("merged_into", "unchecked_as"),
        ),
        Index(
            "uq_participant_reserve_no",
            "delegation_id",
            "reserve_no",
            unique=True,
        ),
        Index(
            "ix_participant_unconfirmed",
            *("delegation_id", "standing", "unchecked_as", "merged_into"),
            sqlite_where=_UNCONFIRMED,
            postgresql_where=_UNCONFIRMED,
        ),
        Index(
            "ix_participant_listed",
            *("event_id", "folded_name", "id", "delegation_id", "category_id"),
            sqlite_where=_UNMERGED,
            postgresql_where=_UNMERGED,
        ),
        # Counts of an event's people by what lists are filtered by read this and no row.
        Index(
            "ix_participant_counted",
            *("event_id", "delegation_id", "standing", "category_id", "merged_into"),
            *("unchecked_as", "blocked", "no_mail", "badge_from", "email", "language", "phone"),
        ),
        Index(
            "ix_participant_merged_into",
            "merged_into",
            sqlite_where=_MERGED,
            postgresql_where=_MERGED,
        ),
        Index(
            "ix_participant_unchecked",
            "event_id",
            "delegation_id",
            sqlite_where=_UNCHECKED,
            postgresql_where=_UNCHECKED,
        ),
        Index(
            "ix_participant_flagged",
            "event_id",
            sqlite_where=_FLAGGED,
            postgresql_where=_FLAGGED,
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    delegation_id: Mapped[int]
    category_id: Mapped[int]
    name: Mapped[str]
    name_ar: Mapped[str | None]
    folded: Mapped[str]
    folded_name: Mapped[str]
    #: what `name_terms` of `checkin.domain.common.name_key` returns; None until it has been asked
    name_terms: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str]
    note: Mapped[str | None]
    #: what gates show at their verdict, as `checkin.domain.people.flags.flags_text` writes it
    flags: Mapped[str | None]
    #: true: nothing is mailed to them, whatever it is
    no_mail: Mapped[bool | None]
    standing: Mapped[str]
    reserve_no: Mapped[int | None]
    blocked: Mapped[bool] = mapped_column(default=False)
    blocked_at: Mapped[datetime | None]
    blocked_reason: Mapped[str | None]
    #: who did it; none where it was the command line
    blocked_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    #: import, form, api, walk_in or link
    registered_by: Mapped[str]
    registered_at: Mapped[datetime]
    #: the operator who did it; none where it was a link, a gate or the command line
    registrar_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    canceled_at: Mapped[datetime | None]
    #: the record of the same person that is kept, whatever was merged into what on the way to it;
    #: None for a record that stands for a person of its own
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("participant.id"))
    #: an organiser has to check first whether this is somebody of another delegation: they have no
    #: place and no badge, and count as canceled; coordinators see them as what stands here
    unchecked_as: Mapped[str | None]
    #: the number on the reserve list with which coordinators see them
    unchecked_no: Mapped[int | None]
    #: until then nobody is given the badge; None: they may be at once
    badge_from: Mapped[datetime | None]


class Flag(Base):
    """What an event's gates show of whoever has this flag, and the open page that is told."""

    __tablename__ = "flag"
    __table_args__ = (UniqueConstraint("event_id", "folded"), one_of("symbol", FlagSymbol))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str]
    folded: Mapped[str]
    symbol: Mapped[str]
    sentence: Mapped[str]
    sentence_ar: Mapped[str | None]
    page: Mapped[str | None]


class MergedRecord(Base):
    """A record that was merged into another one of the same person, and how to take that back."""

    __tablename__ = "merged_record"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
        ForeignKeyConstraint(["event_id", "kept_id"], ["participant.event_id", "participant.id"]),
        CheckConstraint("kept_id != participant_id", name="two"),
        Index(None, "event_id", "kept_id"),
    )

    participant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    #: the record that it was merged into, which may have been merged into another one since
    kept_id: Mapped[int]
    merged_at: Mapped[datetime]
    merged_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    #: why, in the operator's words
    note: Mapped[str]
    #: what both were before, as far as the merge changed it
    former: Mapped[dict[str, Any]] = mapped_column(JSON)


class Delegation(Base):
    """A delegation with its quota, which a constraint keeps its places within."""

    __tablename__ = "delegation"
    __table_args__ = (
        UniqueConstraint("event_id", "folded"),
        UniqueConstraint("event_id", "id"),
        CheckConstraint("quota >= 0", name="quota"),
        CheckConstraint("places_taken >= 0 AND places_taken <= quota", name="places_taken"),
        CheckConstraint("kept_places >= 0", name="kept_places"),
        CheckConstraint("kept_percent >= 0 AND kept_percent <= 100", name="kept_percent"),
        CheckConstraint("kept_places IS NULL OR kept_percent IS NULL", name="kept"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str]
    name_ar: Mapped[str | None]
    folded: Mapped[str]
    quota: Mapped[int]
    #: confirmed participants
    places_taken: Mapped[int] = mapped_column(default=0)
    #: the number given to the last person put on the reserve list
    last_reserve_no: Mapped[int] = mapped_column(default=0)
    #: places kept for gates without the network, as a number or in per cent of the quota; where
    #: neither is set, `checkin.domain.scanning.leases.pool` says how many may be lent
    kept_places: Mapped[int | None]
    kept_percent: Mapped[int | None]
    #: E.164, at which gates may reach its coordinators where the event allows it
    coordinator_phone: Mapped[str | None]


class Category(Base):
    """A category, with the colour and the shape that its badges carry."""

    __tablename__ = "category"
    __table_args__ = (
        UniqueConstraint("event_id", "folded"),
        UniqueConstraint("event_id", "id"),
        CheckConstraint("length(colour) = 7", name="colour"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str]
    name_ar: Mapped[str | None]
    folded: Mapped[str]
    colour: Mapped[str]
    #: says on badges what the colour says, to who sees no colours: one of `badges.spec.SHAPES`
    shape: Mapped[str]
    #: where it stands in lists; walk-ins are of the last one unless they say otherwise
    position: Mapped[int] = mapped_column(default=0)


class Application(Base):
    """An application by a registration link; approval makes a participant, rejection erases it."""

    __tablename__ = "application"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "delegation_id"], ["delegation.event_id", "delegation.id"]
        ),
        CheckConstraint("name <> '' OR name_ar IS NOT NULL", name="name"),
        Index(None, "delegation_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    delegation_id: Mapped[int]
    name: Mapped[str]
    name_ar: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str]
    #: when it was sent, and with it the consent given
    applied_at: Mapped[datetime]
    consent_text_id: Mapped[str] = mapped_column(ForeignKey("consent_text.id"))


class ConsentText(Base):
    """A version of the privacy notice, which never changes, though an event's text may."""

    __tablename__ = "consent_text"
    __table_args__ = (one_of("language", LANGUAGES),)

    #: the first half of the text's SHA-256, in hexadecimal digits
    id: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str]
    text: Mapped[str]
    first_used_at: Mapped[datetime]


class Consent(Base):
    """A participant's consent to a version of the privacy notice."""

    __tablename__ = "consent"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
    )

    participant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    text_id: Mapped[str] = mapped_column(ForeignKey("consent_text.id"))
    given_at: Mapped[datetime]


class SelfRegistration(Base):
    """A delegation's registration link. Its secret is derived from the key and not stored."""

    __tablename__ = "self_registration"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "delegation_id"], ["delegation.event_id", "delegation.id"]
        ),
        ForeignKeyConstraint(["event_id", "category_id"], ["category.event_id", "category.id"]),
        CheckConstraint("issue >= 1", name="issue"),
    )

    delegation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    #: grows when the link is renewed: the old one leads nowhere
    issue: Mapped[int] = mapped_column(default=1)
    is_open: Mapped[bool]
    #: a coordinator decides on each; else people are confirmed while there are places
    approval: Mapped[bool]
    #: what people are registered as
    category_id: Mapped[int]
    changed_at: Mapped[datetime]


class ImportDraft(Base):
    """An uploaded list, encrypted; only the uploader's browser holds the key.

    It is a file until a job has read it (`summary` is None). Then it is asked about, as long as
    there is something to ask, and is a table with its review in the end.
    """

    __tablename__ = "import_draft"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "delegation_id"], ["delegation.event_id", "delegation.id"]
        ),
    )

    #: SHA-256 of the secret in the browser
    id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    event_id: Mapped[int]
    #: None for a list of the whole event
    delegation_id: Mapped[int | None]
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    #: the file, or the table
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: the sheets of the file as they were written, and how they are read; encrypted
    source: Mapped[bytes | None] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime]
    #: what is asked about the file, or what the review says of the whole list; encrypted
    summary: Mapped[bytes | None]
    #: how far the list is registered: `ImportStanding`; None before it is begun
    standing: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: the last job about it, as long as that is kept
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))


class ImportPage(Base):
    """A page of the review of an uploaded list, encrypted as the list is."""

    __tablename__ = "import_page"

    draft_id: Mapped[bytes] = mapped_column(
        ForeignKey("import_draft.id", ondelete="CASCADE"), primary_key=True
    )
    #: what would happen to its rows: an `Action`
    action: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes]


class ListHeading(Base):
    """What a heading of uploaded lists means, as somebody has said: it is not asked again."""

    __tablename__ = "list_heading"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    #: as `heading_keys` writes it
    heading: Mapped[str] = mapped_column(primary_key=True)
    #: one of `checkin.domain.people.importing.sheets.MEANINGS`, or "" for a column that is left out
    meaning: Mapped[str]


class CategoryWish(Base):
    """A category that a coordinator asks organisers for, because their list names it."""

    __tablename__ = "category_wish"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "delegation_id"], ["delegation.event_id", "delegation.id"]
        ),
        UniqueConstraint("delegation_id", "folded"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    delegation_id: Mapped[int]
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    name: Mapped[str]
    folded: Mapped[str]
    asked_at: Mapped[datetime]


class ImportRun(Base):
    """A list that was registered, or has begun to be; it can be taken back."""

    __tablename__ = "import_run"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "delegation_id"], ["delegation.event_id", "delegation.id"]
        ),
        CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by IS NULL)",
            name="taken_back",
        ),
        Index(None, "event_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    #: None for a list of the whole event
    delegation_id: Mapped[int | None]
    #: None for the command line
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    began_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))


class ImportedRow(Base):
    """What a row of a list has done to whom, so that it can be taken back."""

    __tablename__ = "imported_row"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
        Index(None, "participant_id"),
    )

    run_id: Mapped[int] = mapped_column(
        ForeignKey("import_run.id", ondelete="CASCADE"), primary_key=True
    )
    #: of the row in its list: `row_label` says how it is shown
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    participant_id: Mapped[int]
    #: "add" or "change"
    action: Mapped[str]
    #: the values that were replaced, by the participant's columns; None for somebody new
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: a digest of the participant's values as the row has left them
    mark: Mapped[bytes]
    #: a `TakenBack`, once somebody has tried to take it back
    outcome: Mapped[str | None]


class Bus(Base):
    """A bus with its leader and its seats."""

    __tablename__ = "bus"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "delegation_id"], ["delegation.event_id", "delegation.id"]
        ),
        UniqueConstraint("event_id", "id"),
        UniqueConstraint("delegation_id", "name"),
        CheckConstraint("seats > 0", name="seats"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int]
    delegation_id: Mapped[int]
    name: Mapped[str]
    leader: Mapped[str]
    leader_phone: Mapped[str | None]
    seats: Mapped[int]


class BusPassenger(Base):
    """A participant's assignment to a bus, at most one each."""

    __tablename__ = "bus_passenger"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
        ForeignKeyConstraint(["event_id", "bus_id"], ["bus.event_id", "bus.id"]),
        Index(None, "bus_id"),
    )

    participant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    bus_id: Mapped[int]


class BusLeader(Base):
    """A passenger whose badge opens the list of their bus at a gate, at most one bus each.

    The row of who leads no more stays, without a bus: gates still have to forget the list that
    their badge opens.
    """

    __tablename__ = "bus_leader"
    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "participant_id"], ["participant.event_id", "participant.id"]
        ),
        ForeignKeyConstraint(["event_id", "bus_id"], ["bus.event_id", "bus.id"]),
        Index(None, "event_id"),
        Index(None, "bus_id"),
    )

    participant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int]
    #: None: they lead none any more
    bus_id: Mapped[int | None]
    #: of the gate list, in which the list of the bus last changed
    list_version: Mapped[int]
