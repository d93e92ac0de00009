"""A visit: the context that a page's view gets for its request, with a way to change data.

@bp.post("/events/<slug>/stop/lift")
@visited_by(STAFF)
def lift(visit: EventVisit) -> Answer:
    visit.write(lambda v: lift_stop(v.session, v.event, **v.who))
    return redirect(visit.address("stops.show"))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Self, TypeAlias, TypedDict, TypeVar

from flask import Blueprint, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import Delegation, Event, Operator
from checkin.services.accounts.own_delegation import own_delegation
from checkin.services.common.keys import Keys
from checkin.services.events.days import reserve_hour, today
from checkin.services.events.visibility import visible_event
from checkin.services.people.delegations import visible_delegation
from checkin.web.site.languages import page_language
from checkin.web.site.permissions import (
    ADMINISTRATORS,
    COUNTS,
    EVERYBODY,
    LINK,
    NAMES,
    PUBLIC,
    REGISTRARS,
    STAFF,
    SUPERVISORS,
    Allowed,
    open_to,
)
from checkin.web.site.refusals.errors import register_page_errors
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import Marhaba, database, marhaba

#: all that a page's module imports to say who may use its routes, and to answer
__all__ = [
    "ADMINISTRATORS",
    "COUNTS",
    "EVERYBODY",
    "LINK",
    "NAMES",
    "PUBLIC",
    "REGISTRARS",
    "STAFF",
    "SUPERVISORS",
    "Answer",
    "DelegationVisit",
    "EventVisit",
    "Visit",
    "open_to",
    "pages",
    "visited_by",
]

Answer: TypeAlias = ResponseReturnValue
View = Callable[..., Answer]
T = TypeVar("T")


class Who(TypedDict):
    """Who changes something and when: the arguments that services record."""

    operator_id: int
    now: datetime


@dataclass(frozen=True)
class Visit:
    """A request for a page, with what its view needs.

    Attributes:
        session: the session for reading; within `write` the transaction's session.
        now: when the request came.
    """

    session: Session
    now: datetime

    @property
    def operator(self) -> Operator:
        """The operator who is signed in.

        Raises:
            Unauthenticated: nobody is.
        """
        return current_operator()

    @property
    def own_delegation(self) -> int | None:
        """The id of the only delegation that a coordinator may see; None for all others."""
        return own_delegation(self.operator)

    @property
    def by_coordinator(self) -> bool:
        """Whether the operator may know the people of one delegation only."""
        return self.own_delegation is not None

    @property
    def seen_at(self) -> datetime | None:
        """When a coordinator sees what is shown; None for whoever may see all of it."""
        return self.now if self.by_coordinator else None

    @property
    def who(self) -> Who:
        """Who changes something in this visit, and when."""
        return {"operator_id": self.operator.id, "now": self.now}

    @property
    def language(self) -> str:
        """The language of the page."""
        return page_language()

    @property
    def server(self) -> Marhaba:
        """The parts of the server."""
        return marhaba()

    @property
    def keys(self) -> Keys:
        """The server's keys."""
        return marhaba().keys

    def write(self, work: Callable[[Self], T]) -> T:
        """Run `work` in one transaction, commit, and return its result.

        `work` gets this visit with the transaction's session, and may be run again after a
        conflict: it must send no e-mail and make no HTTP request.
        """
        self.session.close()  # a request holds one connection, not two
        return in_transaction(database(), lambda session: work(self.within(session)))

    def within(self, session: Session) -> Self:
        """Return this visit with its objects read again from another session.

        Raises:
            NotFound: an object no longer exists, or the operator may no longer see it.
        """
        return replace(self, session=session)

    def show(self, template: str, **shown: object) -> str:
        """Render a template with this visit's objects."""
        return render_template(template, **self._subject() | shown)

    def address(self, endpoint: str, **values: Any) -> str:
        """Return the address of an endpoint, with this visit's event and delegation in it."""
        expects = current_app.url_map.is_endpoint_expecting
        known = {name: value for name, value in self._place().items() if expects(endpoint, name)}
        return url_for(endpoint, **known | values)

    def _subject(self) -> dict[str, object]:
        return {}

    def _place(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class EventVisit(Visit):
    """A request for a page of an event that the operator may see."""

    event: Event

    @property
    def today(self) -> int:
        """The number of the event's day to which the time of the visit belongs."""
        return today(self.session, self.event.id, self.now)

    @property
    def reserve_from(self) -> datetime | None:
        """From when those of the reserve list are let in today; None: never."""
        return reserve_hour(self.session, self.event.id, self.now)

    def within(self, session: Session) -> Self:
        """Return this visit with its event read from another session."""
        event = visible_event(session, self.operator, self.event.slug)
        return replace(self, session=session, event=event)

    def nudge(self) -> None:
        """Tell the event's boards that something has changed."""
        marhaba().live.nudge(self.event.id)

    def _subject(self) -> dict[str, object]:
        return {"event": self.event}

    def _place(self) -> dict[str, Any]:
        return {"slug": self.event.slug}


@dataclass(frozen=True)
class DelegationVisit(EventVisit):
    """A request for a page of a delegation that the operator may see."""

    delegation: Delegation

    def within(self, session: Session) -> Self:
        """Return this visit with its event and its delegation read from another session."""
        there = super().within(session)
        number = self.delegation.id
        return replace(
            there, delegation=visible_delegation(session, self.operator, there.event, number)
        )

    def _subject(self) -> dict[str, object]:
        return super()._subject() | {"delegation": self.delegation}

    def _place(self) -> dict[str, Any]:
        return super()._place() | {"delegation_id": self.delegation.id}


def pages(module: str) -> Blueprint:
    """Return a blueprint for a module's pages, named as the module; its faults are pages, too."""
    blueprint = Blueprint(module.rpartition(".")[2], module)
    register_page_errors(blueprint)
    return blueprint


def visited_by(allowed: Allowed) -> Callable[[View], View]:
    """State who may use a view's route, and give the view its visit.

    The visit is about the event and the delegation that the address names by `slug` and
    `delegation_id`; the view is given only what else the address holds.
    """

    def decorate(view: View) -> View:
        @open_to(allowed)
        @wraps(view)
        def visited(**named: Any) -> Answer:
            with database().read() as session:
                return view(_visit(session, named), **named)

        return visited

    return decorate


def _visit(session: Session, named: dict[str, Any]) -> Visit:
    now = datetime.now(UTC)
    if "slug" not in named:
        return Visit(session, now)
    operator = current_operator()
    event = visible_event(session, operator, named.pop("slug"))
    if "delegation_id" not in named:
        return EventVisit(_closed_read(session), now, event)
    delegation = visible_delegation(session, operator, event, named.pop("delegation_id"))
    return DelegationVisit(_closed_read(session), now, event, delegation)


def _closed_read(session: Session) -> Session:
    session.close()  # its connection goes back until the view asks for more
    return session
