"""The form of a message to a part of the participants: what was sent, and what fills it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from badges.texts import texts_in
from checkin.db.models import Bus, Delegation, Event
from checkin.domain.messages.audience import Audience, audience_from_form
from checkin.services.events.events import categories_of, delegations_of
from checkin.services.messages.announcements import Problems, Written
from checkin.web.mail.message_words import text_problem
from checkin.web.site.languages import both_names
from checkin.words.languages import LANGUAGES


@dataclass(frozen=True, slots=True)
class AnnouncementForm:
    """A message as it was sent, or as it is to be changed.

    Attributes:
        texts: by language.
        problems: of the subject and of the text, by language.
    """

    audience: Audience
    texts: Mapping[str, Written]
    problems: Mapping[str, Problems] = field(default_factory=dict)

    def problem_words(self) -> dict[str, str]:
        """Return a sentence for each wrong field, by its name."""
        return {
            f"{name}_{language}": text_problem(problem)
            for language, both in self.problems.items()
            for name, problem in zip(("subject", "text"), both, strict=True)
            if problem is not None
        }


def sent_form() -> AnnouncementForm:
    """Return what the form of this request has sent."""
    texts = {
        language: Written.of(
            request.form.get(f"subject_{language}", ""), request.form.get(f"text_{language}", "")
        )
        for language in LANGUAGES
    }
    return AnnouncementForm(sent_audience(request.form.to_dict(flat=False)), texts)


def sent_audience(sent: Mapping[str, list[str]]) -> Audience:
    """Return the audience that a form or an address describes."""
    return audience_from_form(sent)


def fresh_form(event: Event) -> AnnouncementForm:
    """Return the form of a new message: to everybody, with a greeting in the main language."""
    greeting = texts_in(event.language).greeting
    return AnnouncementForm(Audience(), {event.language: Written("", f"{greeting}\n\n")})


def choices_of(session: Session, event: Event) -> dict[str, list[tuple[int, str]]]:
    """Return the delegations, categories and buses that may be chosen, with their names."""
    buses = session.execute(
        select(Bus.id, Bus.name, Delegation)
        .join(Delegation, Delegation.id == Bus.delegation_id)
        .where(Bus.event_id == event.id)
        .order_by(Delegation.name, Bus.name)
    )
    return {
        "delegations": [_choice(one) for one in delegations_of(session, event)],
        "categories": [_choice(one) for one in categories_of(session, event)],
        "buses": [(row.id, f"{both_names(row.Delegation)[0]} · {row.name}") for row in buses],
    }


def _choice(thing: Any) -> tuple[int, str]:
    return thing.id, both_names(thing)[0]
