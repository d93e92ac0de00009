"""Whom a badge belongs to, for every query that asks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from checkin.db.models import Badge, Category, Delegation, Participant

#: what is told of a badge and its holder
WHO = (
    Badge.id.label("badge_id"),
    Badge.event_id,
    Badge.revoked_at,
    Participant.id.label("participant_id"),
    Participant.name,
    Participant.name_ar,
    Participant.standing,
    Participant.blocked,
    Category.name.label("category"),
    Category.name_ar.label("category_ar"),
    Delegation.id.label("delegation_id"),
    Delegation.name.label("delegation"),
    Delegation.name_ar.label("delegation_ar"),
)


def badges_with_holders(*more: Any) -> Select[*tuple[Any, ...]]:
    """Return the query for badges and their holders; more columns may be of what it joins."""
    return (
        select(*WHO, *more)
        .join(Participant, Participant.id == Badge.participant_id)
        .join(Category, Category.id == Participant.category_id)
        .join(Delegation, Delegation.id == Participant.delegation_id)
    )
