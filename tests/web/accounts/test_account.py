"""One's own account, and the sessions of others."""

from __future__ import annotations

import re
from unittest.mock import Mock

import pytest
from sqlalchemy.exc import OperationalError

from checkin.db.models import Activity, Role
from checkin.services.board import live
from checkin.web.site import sessions, streams
from tests.web.browsing import PASSWORD, Browsing

EMAIL = "organiser@example.org"
#: what a database says that does not answer
AWAY = OperationalError("SELECT 1", {}, Exception("it does not answer"))
FRESH = "trois ânes sous la pluie"
_END = re.compile(r'action="(/account/sessions/\d+/end)"')


@pytest.fixture
def elsewhere(app, organiser):
    """A second browser of the organiser's."""
    browsing = Browsing(app)
    browsing.sign_in(EMAIL, PASSWORD)
    return browsing


def is_out(browsing) -> bool:
    return browsing.open("/").location == "/login?next=/"


def change(browsing, current=PASSWORD, password=FRESH, again=FRESH):
    return browsing.send(
        "/account", "/account/password", current=current, password=password, again=again
    )


def test_a_changed_password_ends_the_other_sessions_and_renews_this_one(organiser, elsewhere):
    before = organiser.session()["_user_id"]

    assert change(organiser).status_code == 303

    assert organiser.open("/").status_code == 200
    assert organiser.session()["_user_id"] != before
    assert is_out(elsewhere)


def test_a_changed_password_is_one_line_in_the_log_and_no_sign_in(organiser, database):
    change(organiser)

    with database.read() as session:
        noted = [row.action for row in session.query(Activity).order_by(Activity.id)]
    assert noted[-2:] == ["operator.sign_in", "operator.password"]


def test_a_password_is_changed_only_by_who_knows_it(app, organiser):
    wrong = change(organiser, current="une phrase fausse")
    weak = change(organiser, password="motdepasse123", again="motdepasse123")
    different = change(organiser, again=FRESH + "!")

    assert [one.status_code for one in (wrong, weak, different)] == [400] * 3
    assert "pas votre mot de passe" in wrong.text
    assert Browsing(app).sign_in(EMAIL, PASSWORD).status_code == 302


def test_the_list_says_where_and_ends_what_one_chooses(organiser, elsewhere):
    page = organiser.read("/account")
    [end] = _END.findall(page)
    assert "127.0.0.0/24" in page

    organiser.send("/account", end)

    assert is_out(elsewhere)
    assert organiser.open("/").status_code == 200


def test_all_others_end_at_once(organiser, elsewhere):
    organiser.send("/account", "/account/sessions/end-others")

    assert is_out(elsewhere)
    assert not is_out(organiser)


def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(app, organiser):
    kept = organiser._client.get_cookie("session").value

    organiser.send("/", "/logout")

    thief = app.test_client()
    thief.set_cookie("session", kept)
    assert thief.get("/").location == "/login?next=/"


def test_an_administrator_ends_the_sessions_of_others(signed_in, organiser, elsewhere):
    chief = signed_in(Role.ADMINISTRATOR)
    [end, _other] = re.findall(
        r'action="(/operators/1/sessions/\d+/end)"', chief.read("/operators/1")
    )

    chief.send("/operators/1", end)
    assert [is_out(organiser), is_out(elsewhere)].count(True) == 1

    chief.send("/operators/1", "/operators/1/sessions/end")
    assert is_out(organiser)
    assert is_out(elsewhere)


def test_nobody_ends_the_session_of_another_by_its_number(signed_in, organiser):
    chief = signed_in(Role.ADMINISTRATOR)

    organiser.send("/account", "/account/sessions/2/end")

    assert not is_out(chief)


def test_a_board_that_is_open_ends_with_its_session(organiser, monkeypatch):
    monkeypatch.setattr(live, "HEARTBEAT_S", 600.0)
    stream = iter(organiser.open("/events/rabat-2025/board/live").response)
    assert b"\nevent: board" in next(stream)

    organiser.send("/", "/logout")

    assert next(stream, None) is None


def test_a_board_ends_when_its_session_has_lasted_long_enough(organiser, monkeypatch):
    """Nothing is committed at that moment: the stream itself asks now and then."""
    monkeypatch.setattr(streams, "ASK_EVERY_S", 0.0)
    stream = iter(organiser.open("/events/rabat-2025/board/live").response)
    assert b"\nevent: board" in next(stream)

    monkeypatch.setattr(live, "HEARTBEAT_S", 0.05)
    monkeypatch.setattr(sessions, "signed_in_with", lambda *_asked, **_more: None)

    assert next(stream, None) is None


def test_a_board_stays_open_while_the_database_is_away(organiser, monkeypatch):
    monkeypatch.setattr(streams, "ASK_EVERY_S", 0.0)
    stream = iter(organiser.open("/events/rabat-2025/board/live").response)
    assert b"\nevent: board" in next(stream)

    monkeypatch.setattr(live, "HEARTBEAT_S", 0.05)
    monkeypatch.setattr(sessions, "signed_in_with", Mock(side_effect=[AWAY, None]))

    assert b"beat" in next(stream)
    assert next(stream, None) is None
