"""A coordinator sees no difference between a newcomer and somebody of another delegation."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, func, select, text, update

from checkin.db.models import Activity, Participant, Role
from checkin.web.site.permissions import Audience, permissions_of
from tests.support import factories
from tests.support.factories import write

EVENT = "/events/rabat-2025"
COLLISION = {"name": "Amina Alaoui", "phone": "0612345678"}
NEWCOMER = {"name": "Bahia Idrissi", "phone": "0687654321"}


@pytest.fixture
def zineb(database, event, delegation):
    """Somebody who is registered with another delegation."""
    sale = factories.a_delegation(database, event, "Salé")
    return factories.a_participant(
        database, event, "Zineb Tazi", delegation=sale, phone="+212612345678"
    )


def register(browsing, database, event, delegation, **fields):
    """Register somebody by the form; return the answer and their number."""
    category = factories.a_category(database, event)
    reply = browsing.send(
        f"{EVENT}/participants/new", delegation=delegation.id, category=category.id, **fields
    )
    with database.read() as session:
        return reply, session.scalar(select(func.max(Participant.id)))


def forget(database, number):
    """Take somebody who has no badge away, as if they had never been."""
    of = Activity.participant_id == number
    write(database, lambda s: s.execute(update(Activity).where(of).values(participant_id=None)))
    write(database, lambda s: s.execute(delete(Participant).where(Participant.id == number)))
    again = text("UPDATE sqlite_sequence SET seq = :before WHERE name = 'participant'")
    write(database, lambda s: s.execute(again, {"before": number - 1}))


def plain(page):
    """Return a page without what differs between any two people, and any two answers."""
    page = re.sub(r'value="[^"]{30,}"|src="data:[^"]+"', "", page)  # marks and tokens of forms
    page = re.sub(r"[0-9A-Z]{5}(-[0-9A-Z]{6}){4}", "", page)  # codes of badges
    page = re.sub("Amina Alaoui|Bahia Idrissi|0?6?12345678|0?6?87654321|[+]212", "", page)
    return re.sub(r"participants/\d+|\d\d:\d\d|\bNo?\W*\d+|n°\s*\d+", "", page)


#: what shows other things than people, or takes no part in a page
APART = {"static", "board.stream"}
MORE = ["delegations/{delegation}/badges?show=all", "delivery?state=all"]


def pages_of_coordinators(app, event, delegation, other_id):
    """Return the addresses of all pages that a coordinator may open, for a {number}."""
    known = {"slug": event.slug, "delegation_id": delegation.id, "other_id": other_id}
    known |= {"participant_id": 987654321}
    allowed = permissions_of(app)
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods
        and {"slug"} <= rule.arguments <= known.keys() | {"kind"}
        and rule.endpoint not in APART
        and not isinstance(allowed[rule.endpoint], Audience)
        and Role.COORDINATOR in allowed[rule.endpoint]
    ]
    kinds = ("canceled", "confirmed", "reserve")
    built = [
        rule.build({key: (known | {"kind": kind})[key] for key in rule.arguments})[1]
        for rule in rules
        for kind in (kinds if "kind" in rule.arguments else kinds[:1])
    ]
    more = [f"{EVENT}/{page}".replace("{delegation}", str(delegation.id)) for page in MORE]
    return [page.replace("987654321", "{number}") for page in built + more]


def shown(browsing, page):
    """Return what a page answers: its status and its text, but of pictures and PDFs the type."""
    answer = browsing.open(page)
    is_text = answer.mimetype.startswith("text/")
    return answer.status_code, plain(answer.text) if is_text else answer.mimetype


def test_a_coordinator_cannot_tell_a_collision_from_a_newcomer(
    app, coordinator, database, event, delegation, zineb
):
    own = factories.a_participant(database, event, "Chama Naciri", delegation=delegation)
    pages = pages_of_coordinators(app, event, delegation, own.participant_id)
    answers, seen = [], []
    for fields in (COLLISION, NEWCOMER):
        answer, number = register(coordinator, database, event, delegation, **fields)
        answers.append((answer.status_code, plain(answer.text)))
        seen.append([shown(coordinator, page.format(number=number)) for page in pages])
        if fields is COLLISION:
            forget(database, number)

    assert answers[0] == answers[1]
    assert len(pages) > 20
    for page, collision, newcomer in zip(pages, *seen, strict=True):
        assert collision == newcomer, page
        assert collision[0] < 500, page


def test_a_coordinator_merges_nobody_whose_badge_is_not_given_out(
    coordinator, database, event, delegation, zineb
):
    own = factories.a_participant(database, event, "Chama Naciri", delegation=delegation)
    statuses = []
    for fields in (COLLISION, NEWCOMER):
        _, number = register(coordinator, database, event, delegation, **fields)
        page = f"{EVENT}/participants/{number}/merge/{own.participant_id}"
        sent = {"reason": "x", "kept": own.participant_id}
        statuses += [
            coordinator.open(page).status_code,
            coordinator.send(f"{EVENT}/participants/new", page, **sent).status_code,
        ]

    assert statuses == [409] * 4


def test_a_badge_that_is_withheld_cannot_be_taken_in_another_way(
    coordinator, database, event, delegation, zineb
):
    statuses = []
    for fields in (COLLISION, NEWCOMER):
        person = f"{EVENT}/participants/" + str(
            register(coordinator, database, event, delegation, **fields)[1]
        )
        forms = [(f"{person}/{one}", {"reason": "x"}) for one in ("print", "reissue", "revoke")]
        token = coordinator.token(f"{EVENT}/participants/new")
        statuses.append(
            [coordinator.open(f"{person}/badge.pdf").status_code]
            + [
                coordinator.send_without_token(path, csrf_token=token, **more).status_code
                for path, more in forms
            ]
        )

    assert statuses[0] == statuses[1] == [404, 404, 409, 409]


def test_an_organiser_registers_another_person(
    organiser, coordinator, database, event, delegation, zineb
):
    _, number = register(coordinator, database, event, delegation, **COLLISION)

    before = organiser.read(f"{EVENT}/to-check")
    organiser.send(f"{EVENT}/to-check", f"{EVENT}/to-check/{number}")

    assert "Zineb Tazi" in before
    assert f"{EVENT}/participants/{number}/merge/{zineb.participant_id}" in before
    assert "Amina Alaoui" not in organiser.read(f"{EVENT}/to-check")
    with database.read() as session:
        assert session.get_one(Participant, number).standing == "confirmed"


def test_only_organisers_are_told_that_somebody_is_to_be_checked(
    organiser, coordinator, database, event, delegation, zineb
):
    register(coordinator, database, event, delegation, **COLLISION)

    pages = [browsing.read(f"{EVENT}/participants") for browsing in (organiser, coordinator)]

    assert ["? À vérifier" in page for page in pages] == [True, False]
