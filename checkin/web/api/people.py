"""Participants at the gate: searching by name, and walk-ins."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any, cast
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, request

from checkin.db.engine import in_transaction
from checkin.domain.people.registration import Registration, validate
from checkin.errors import InvalidRequest, PossibleDuplicateAtGate
from checkin.protocol.codes import format_code, token_for
from checkin.protocol.walk_ins import open_walk_in
from checkin.services.gates.bus_opening import find_buses
from checkin.services.gates.kiosks import refuse_in_kiosk
from checkin.services.gates.searching import UsedUp, refuse_search, show_people
from checkin.services.hubs.certificates import hub_walk_in_openers
from checkin.services.limits.rules import SEARCHES
from checkin.services.people.search import Found, people_shown, search_participants
from checkin.services.scanning.walk_ins import (
    Named,
    Newcomer,
    WalkInAnswer,
    ask_about_walk_in,
    register_walk_in,
)
from checkin.web.api.bodies.schemas import SearchQuery, SearchReply, WalkIn, WalkInReply
from checkin.web.api.budget import within_budget
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
from checkin.web.site.json import json_response, utc_text
from checkin.web.site.state import marhaba
from checkin.words.problems import problem_sentence

bp = APIBlueprint("people", __name__, tag="Participants")

#: what a walk-in's body tells of the person
_TOLD = {"name", "name_ar", "category", "email", "phone", "language"}


@bp.get("/participants")
@returns(bp, SearchReply, 200, 400, 401, 403, 429)
@describes_query(bp, SearchQuery)
@for_devices
def search() -> Response:
    """Find participants, as POST /participants/search does, for devices of earlier versions.

    What is searched for stands in the address, and so perhaps in the logs of whatever is on the
    way.
    """
    return _found(request.args.get("q", ""))


@bp.post("/participants/search")
@returns(bp, SearchReply, 200, 400, 401, 403, 413, 429)
@for_devices
@accepts(bp, SearchQuery)
def search_in_body(body: SearchQuery) -> Response:
    """Find participants: 5 shown at a time, each search logged.

    It takes 3 letters or more of a name, an e-mail, a telephone or its last four digits, the number
    on a badge, or its code.

    A device is shown only so many people an hour who are not let in within two minutes; beyond it
    429 search_budget. A supervisor's PIN in the header Marhaba-Supervisor-Pin gives as many again.
    """
    return _found(body.q)


def _found(query: str) -> Response:
    device = current_device()
    refuse_in_kiosk(device)
    if len(query) > 120:
        raise InvalidRequest("q: give at most 120 letters of the name")
    refuse_search(device, now())
    marhaba().limits.reserve((SEARCHES, str(device.id)))
    with marhaba().database.read() as session:
        found = search_participants(session, device.event_id, query, day=device.day_at(now()))
        found_buses = find_buses(session, device.event_id, query)
    people = dict.fromkeys([*(person.id for person in found.people), *found_buses.leaders])
    within_budget(partial(_show, list(people), len(query)))
    shown, buses = map(_found_body, found.people), map(asdict, found_buses.buses)
    return json_response({"participants": [*shown], "more": found.more, "buses": [*buses]})


def _show(people: Sequence[int], letters: int, granted_by: int | None) -> UsedUp | None:
    work = partial(
        show_people,
        device=current_device(),
        people=people,
        letters=letters,
        now=now(),
        granted_by=granted_by,
    )
    return in_transaction(marhaba().database, work)


@bp.post("/participants")
@returns(bp, WalkInReply, 201, 400, 401, 403, 404, 409, 413, 429)
@for_devices
@accepts(bp, WalkIn)
def create_walk_in(body: WalkIn) -> Response:
    """Register somebody who comes unannounced; scan the returned code to admit them.

    Where somebody of the delegation has the same e-mail, phone or name, a device that may search is
    answered 409 possible_duplicate with `participants`, who are shown as by a search: scan the one
    who is meant by participant_id. They count as shown, and beyond the budget 429 search_budget is
    answered whoever comes, until a supervisor's PIN is given in the header Marhaba-Supervisor-Pin.
    With allow_duplicate nothing is asked. A device that may not search is told of nobody: everybody
    is registered, and organisers decide about duplicates.
    """
    device, state = current_device(), marhaba()
    if (
        body.sealed is None
    ):  # whoever was let in before nobody stood here is registered all the same
        refuse_in_kiosk(device)
    person = _unsealed(body, device.event_slug)
    newcomer = Newcomer(
        registration_of(person, language()),
        person.delegation_id,
        named_by(person),
        admitted_offline=body.sealed is not None,
    )
    if alike := within_budget(partial(_ask_about, newcomer)):
        return _do_you_mean(alike)
    answer = in_transaction(
        state.database,
        lambda session: register_walk_in(session, device, newcomer, keys=state.keys, now=now()),
    )
    state.live.nudge(device.event_id)
    return json_response(_walk_in_body(answer, device.event_slug), 201)


def _do_you_mean(alike: Sequence[int]) -> Response:
    device = current_device()
    with marhaba().database.read() as session:
        people = people_shown(session, device.event_id, alike, day=device.day_at(now()))
    fault = PossibleDuplicateAtGate(
        "somebody like this is registered: scan them by their id, or say that this is another "
        "person (allow_duplicate)"
    )
    body = {"error": fault.code, "detail": fault.detail}
    return json_response(body | {"participants": list(map(_found_body, people))}, 409)


def _ask_about(newcomer: Newcomer, granted_by: int | None) -> UsedUp | Sequence[int]:
    device, at = current_device(), now()
    if newcomer.is_asked_about(device, at):
        marhaba().limits.reserve((SEARCHES, str(device.id)))
    work = partial(
        ask_about_walk_in, device=device, newcomer=newcomer, now=at, granted_by=granted_by
    )
    return in_transaction(marhaba().database, work)


def _unsealed(body: WalkIn, slug: str) -> WalkIn:
    """Return what the device sealed, under its id; what was not sealed as it is."""
    if body.sealed is None:
        return body
    if body.id is None:
        raise InvalidRequest("sealed needs an id: it is a part of the seal")
    told = _opened(body.id, body.sealed, slug)
    if told is None:
        raise InvalidRequest("sealed: not for this event's key, or for another id")
    known = {"id": str(body.id), "delegation_id": body.delegation_id, "sealed": None}
    return parsed_as(WalkIn, json.dumps(told | known))


def _opened(walk_in_id: UUID, sealed: str, slug: str) -> dict[str, Any] | None:
    """Decrypt what was sealed for the server, or for one of the event's hubs by a gate of it."""
    keys = marhaba().keys
    told = open_walk_in(keys.walk_in_opener(slug), str(walk_in_id), sealed)
    if told is not None:
        return told
    with marhaba().database.read() as session:
        openers = hub_walk_in_openers(session, current_device().event_id, slug, keys)
    opened = (open_walk_in(one, str(walk_in_id), sealed) for one in openers)
    return next((one for one in opened if one is not None), None)


def registration_of(body: WalkIn, language: str) -> Registration:
    """Return what a walk-in's body tells of the person.

    Raises:
        InvalidRequest: says in this language what is wrong.
    """
    raw = {name: value for name, value in body.model_dump(include=_TOLD).items() if value}
    read = validate(raw | {"delegation": str(body.delegation_id)})
    if isinstance(read, list):
        raise InvalidRequest("; ".join(problem_sentence(problem, language) for problem in read))
    return replace(read, allow_duplicate=body.allow_duplicate)


def named_by(body: WalkIn) -> Named | None:
    """Return the id of a walk-in, with the hash by which another person of this id is noticed."""
    if body.id is None:
        return None
    person = body.model_dump_json(include=_TOLD | {"delegation_id"})
    return Named(body.id, marhaba().keys.code_hash(person))


def _walk_in_body(answer: WalkInAnswer, slug: str) -> dict[str, Any]:
    registered = answer.registered
    # Whoever a gate registers has a badge, also somebody who may be registered already.
    badge_id = cast(UUID, registered.badge_id)
    token = token_for(marhaba().keys.for_event(slug), badge_id, 1)
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
        "category_ar": person.category_ar,
        "bus": person.bus,
        "phone_ending": person.phone_ending,
        "arrived_at": person.arrived_at and utc_text(person.arrived_at),
        "delegation": {
            "id": person.delegation_id,
            "name": person.delegation,
            "name_ar": person.delegation_ar,
        },
        "status": person.standing,
        "blocked": person.blocked,
    }
