"""What other programs read of an event, with a token that an organiser has made for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, request

from checkin.domain.accounts.browsers import client_of
from checkin.domain.accounts.security_events import TOKEN_READ
from checkin.domain.integrations.read_tokens import Scope
from checkin.errors import Unauthenticated
from checkin.services.board.live_counts import live_counts
from checkin.services.common.security_log import tell
from checkin.services.events.days import today
from checkin.services.integrations.read_tokens import Reader, reader_of, try_to_note_use
from checkin.services.integrations.reading import arrivals_after, people_after
from checkin.services.limits.rules import READS, WRONG_TOKENS
from checkin.web.api.bodies.read_bodies import (
    ArrivalsReply,
    CountsReply,
    PageQuery,
    PeopleReply,
    TokenReply,
)
from checkin.web.api.contract import (
    READ_SCHEME,
    describe,
    describes_query,
    now,
    query,
    returns,
    token_of_request,
)
from checkin.web.site.json import json_response, status_body, utc_text
from checkin.web.site.permissions import TOKEN, open_to
from checkin.web.site.state import marhaba

bp = APIBlueprint("reading", __name__, tag="Reading with a token", url_prefix="/read")

View = Callable[..., Response]


def for_readers(scope: Scope | None) -> Callable[[View], View]:
    """Require a read token that may read something; None: any that is good."""

    def decorate(view: View) -> View:
        @open_to(TOKEN)
        @wraps(view)
        def checked(**arguments: Any) -> Response:
            reader = g.reader = _reader()
            if scope is not None:
                reader.require(scope)
            return view(**arguments)

        return describe(checked, security=READ_SCHEME)

    return decorate


@bp.get("/token")
@returns(bp, TokenReply, 200, 401, 429)
@for_readers(None)
def read_token() -> Response:
    """Say what the token may read, and until when."""
    reader = _current()
    return json_response(
        {
            "name": reader.name,
            "event": reader.event_slug,
            "scopes": sorted(reader.scopes),
            "expires_at": utc_text(reader.expires_at),
        }
    )


@bp.get("/counts")
@returns(bp, CountsReply, 200, 401, 403, 429)
@for_readers(Scope.COUNTS)
def read_counts() -> Response:
    """Return the live counts."""
    event_id = _current().event_id
    with marhaba().database.read() as session:
        counts = live_counts(session, event_id, day=today(session, event_id, now()))
    return json_response(status_body(counts))


@bp.get("/people")
@returns(bp, PeopleReply, 200, 400, 401, 403, 429)
@describes_query(bp, PageQuery)
@for_readers(Scope.PEOPLE)
def read_people() -> Response:
    """Return a page of people; with contacts only where the token may read them."""
    reader, page = _current(), query(PageQuery)
    with marhaba().database.read() as session:
        rows = people_after(session, reader.event_id, page.after, page.limit)
    tells_contacts = Scope.CONTACTS in reader.scopes
    people = [_person(row, tells_contacts=tells_contacts) for row in rows]
    _log(reader, page)
    return json_response({"people": people, "next": _next(rows, page)})


@bp.get("/arrivals")
@returns(bp, ArrivalsReply, 200, 400, 401, 403, 429)
@describes_query(bp, PageQuery)
@for_readers(Scope.ARRIVALS)
def read_arrivals() -> Response:
    """Return a page of arrivals, which name nobody."""
    reader, page = _current(), query(PageQuery)
    with marhaba().database.read() as session:
        rows = arrivals_after(session, reader.event_id, page.after, page.limit)
    arrivals = [
        {
            "id": row.id,
            "participant_id": row.participant_id,
            "delegation_id": row.delegation_id,
            "gate_id": row.gate_id,
            "day": row.day,
            "arrived_at": utc_text(row.admitted_at),
            "annulled_at": utc_text(row.annulled_at),
        }
        for row in rows
    ]
    _log(reader, page)
    return json_response({"arrivals": arrivals, "next": _next(rows, page)})


def _person(row: Any, *, tells_contacts: bool) -> dict[str, Any]:
    person = {
        "id": row.id,
        "name": row.name,
        "name_ar": row.name_ar,
        "delegation_id": row.delegation_id,
        "delegation": row.delegation,
        "category": row.category,
        "status": row.standing,
    }
    return person | ({"email": row.email, "phone": row.phone} if tells_contacts else {})


def _log(reader: Reader, page: PageQuery) -> None:
    """Write into the security log that a list of people is being read; its first page says so."""
    if not page.after:
        tell(TOKEN_READ, token=reader.token_id, event_id=reader.event_id, endpoint=request.endpoint)


def _next(rows: Any, page: PageQuery) -> int | None:
    return rows[-1].id if len(rows) == page.limit else None


def _current() -> Reader:
    reader: Reader = g.reader
    return reader


def _reader() -> Reader:
    state, at = marhaba(), now()
    try:
        with state.database.read() as session:
            reader = reader_of(session, token_of_request(), at)
    except Unauthenticated:
        # A right one is always taken: an office's programs share one address.
        state.limits.reserve((WRONG_TOKENS, client_of(request.remote_addr)))
        raise
    state.limits.reserve((READS, str(reader.token_id)))
    if reader.use_is_due:
        try_to_note_use(state.database, reader.token_id, at)
    return reader
