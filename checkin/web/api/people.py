"""Participants at the gate: searching by name, and walk-ins."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.domain.people.registration import Registration, validate
from checkin.errors import InvalidRequest
from checkin.protocol.codes import format_code, token_for
from checkin.protocol.walk_ins import open_walk_in
from checkin.services.common.activity import note
from checkin.services.limits.rules import SEARCHES
from checkin.services.people.search import Found, search_participants
from checkin.services.scanning.walk_ins import Named, Newcomer, WalkInAnswer, register_walk_in
from checkin.web.api.contract import (
    accepts,
    current_device,
    describes_query,
    for_devices,
    language,
    now,
    parsed_as,
    returns,
)
from checkin.web.api.schemas import SearchQuery, SearchReply, WalkIn, WalkInReply
from checkin.web.site.json import json_response
from checkin.web.site.state import marhaba
from checkin.words.problems import problem_sentence

bp = APIBlueprint("people", __name__, tag="Participants")

#: what a walk-in's body tells of the person
_TOLD = {"name", "name_ar", "category", "email", "phone", "language"}


@bp.get("/participants")
@returns(bp, SearchReply, 200, 400, 401, 429)
@describes_query(bp, SearchQuery)
@for_devices
def search() -> Response:
    """Find participants by name: 3 letters or more, at most 20 found, each search logged."""
    device, query = current_device(), request.args.get("q", "")
    if len(query) > 120:
        raise InvalidRequest("q: give at most 120 letters of the name")
    marhaba().limits.reserve((SEARCHES, str(device.id)))
    with marhaba().database.read() as session:
        found = search_participants(session, device.event_id, query)

    def log(session: Session) -> None:
        note(
            session,
            device.event_id,
            "participant.search",
            now(),
            device_id=device.id,
            letters=len(query),
            found=[person.id for person in found],
        )

    in_transaction(marhaba().database, log)
    return json_response({"participants": [_found_body(person) for person in found]})


@bp.post("/participants")
@returns(bp, WalkInReply, 201, 400, 401, 404, 409, 413)
@for_devices
@accepts(bp, WalkIn)
def create_walk_in(body: WalkIn) -> Response:
    """Register somebody who comes unannounced; scan the returned code to admit them."""
    device, state = current_device(), marhaba()
    person = _unsealed(body, device.event_slug)
    newcomer = Newcomer(
        _registration(person),
        person.delegation_id,
        _named(person),
        admitted_offline=body.sealed is not None,
    )
    answer = in_transaction(
        state.database,
        lambda session: register_walk_in(session, device, newcomer, keys=state.keys, now=now()),
    )
    state.live.nudge(device.event_id)
    return json_response(_walk_in_body(answer, device.event_slug), 201)


def _unsealed(body: WalkIn, slug: str) -> WalkIn:
    """Return what the device sealed, under its id; what was not sealed as it is."""
    if body.sealed is None:
        return body
    if body.id is None:
        raise InvalidRequest("sealed needs an id: it is a part of the seal")
    told = open_walk_in(marhaba().keys.walk_in_opener(slug), str(body.id), body.sealed)
    if told is None:
        raise InvalidRequest("sealed: not for this event's key, or for another id")
    known = {"id": str(body.id), "delegation_id": body.delegation_id, "sealed": None}
    return parsed_as(WalkIn, json.dumps(told | known))


def _registration(body: WalkIn) -> Registration:
    raw = {name: value for name, value in body.model_dump(include=_TOLD).items() if value}
    read = validate(raw | {"delegation": str(body.delegation_id)})
    if isinstance(read, list):
        raise InvalidRequest("; ".join(problem_sentence(problem, language()) for problem in read))
    return replace(read, allow_duplicate=body.allow_duplicate)


def _named(body: WalkIn) -> Named | None:
    if body.id is None:
        return None
    person = body.model_dump_json(include=_TOLD | {"delegation_id"})
    return Named(body.id, marhaba().keys.code_hash(person))


def _walk_in_body(answer: WalkInAnswer, slug: str) -> dict[str, Any]:
    registered = answer.registered
    token = token_for(marhaba().keys.for_event(slug), registered.badge_id, 1)
    return {
        "participant_id": registered.participant_id,
        "standing": registered.standing,
        "reserve_no": registered.reserve_no,
        "code": format_code(token),
        "replayed": answer.replayed,
    }


def _found_body(person: Found) -> dict[str, Any]:
    return {
        "id": person.id,
        **person.own,
        "category": person.category,
        "delegation": {
            "id": person.delegation_id,
            "name": person.delegation,
            "name_ar": person.delegation_ar,
        },
        "status": person.standing,
        "blocked": person.blocked,
    }
