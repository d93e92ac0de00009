"""The page of read tokens: make one, see it once, revoke it."""

from __future__ import annotations

import re

from sqlalchemy import select

from checkin.db.models import Activity, ReadToken

PAGE = "/events/rabat-2025/read-tokens"


def made(organiser, **more):
    answer = organiser.send(PAGE, **{"name": "Écran", "scope": ["counts"]} | more)
    found = re.search(r"mrt_[\w-]+", answer.text)
    return answer, found and found[0]


def tokens(database):
    with database.read() as session:
        return session.scalars(select(ReadToken).order_by(ReadToken.id)).all()


def test_a_token_is_shown_once_and_reads(organiser, app, database):
    answer, token = made(organiser, lifetime="week")
    again = organiser.read(PAGE)
    read = app.test_client().get(
        "/api/v1/read/counts", headers={"Authorization": f"Bearer {token}"}
    )

    assert answer.status_code == 200
    assert token not in again
    assert "Écran" in again
    assert read.status_code == 200
    [row] = tokens(database)
    assert (row.expires_at - row.created_at).days == 7


def test_contacts_bring_people_along(organiser, database):
    made(organiser, scope=["contacts"])

    assert tokens(database)[0].scopes == "people contacts"


def test_a_revoked_token_is_listed_and_reads_nothing(organiser, app, database):
    _answer, token = made(organiser)

    organiser.send(PAGE, f"{PAGE}/1/revoke")

    assert "✗ révoqué le" in organiser.read(PAGE)
    answer = app.test_client().get(
        "/api/v1/read/counts", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 401
    with database.read() as session:
        logged = session.scalars(
            select(Activity.action).where(Activity.action.startswith("token."))
        ).all()
    assert logged == ["token.add", "token.revoke"]


def test_a_form_without_a_name_a_scope_or_a_lifetime_comes_back_with_the_problem(
    organiser, database
):
    nameless = organiser.send(PAGE, name=" ", scope=["people"])
    scopeless = organiser.send(PAGE, name="Écran", scope=[])
    endless = organiser.send(PAGE, name="Écran", scope=["counts"], lifetime="for-ever")

    assert [one.status_code for one in (nameless, scopeless, endless)] == [400] * 3
    assert 'id="name-problem"' in nameless.text
    assert 'value="people" checked' in nameless.text
    assert 'class="problem" role="alert"' in scopeless.text
    assert 'value="Écran"' in scopeless.text
    assert 'id="lifetime-problem"' in endless.text
    assert tokens(database) == []
