"""The second factor in the browser: set up, asked for, required, lost."""

from __future__ import annotations

import html
import re
from base64 import b32decode
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select

from badges.link_qr import link_qr_png
from checkin.db.models import Activity, Operator, Role
from checkin.domain.accounts.totp import code_of, setup_link, step_at
from checkin.services.accounts.failed_sign_ins import WRONG_CODE
from checkin.settings import Settings
from checkin.web.site.state import EXTENSION
from tests.badges.reading import codes_in
from tests.support import factories
from tests.support.others.soft_passkey import SoftPasskey
from tests.web.browsing import PASSWORD, Browsing

EMAIL = "organiser@example.org"
PAGE = "/account/second-factor"
_SECRET = re.compile(r"<code>([A-Z2-7]{32})</code>")
_CODE = re.compile(r"<li><code>([a-z2-7-]{29})</code>")


def code_now(secret: bytes, later: int = 0) -> str:
    return code_of(secret, step_at(datetime.now(UTC)) + later)


def set_up(browsing) -> tuple[bytes, list[str]]:
    browsing.send(PAGE, PAGE + "/begin")
    secret = b32decode(_SECRET.search(browsing.read(PAGE))[1])
    shown = browsing.send(PAGE, code=code_now(secret))
    assert shown.status_code == 201
    return secret, _CODE.findall(shown.text)


@pytest.fixture
def factor(organiser):
    """The secret and the recovery codes of the signed-in organiser."""
    return set_up(organiser)


def asked(app) -> Browsing:
    """A browser in which the password was right."""
    browsing = Browsing(app)
    assert browsing.sign_in(EMAIL, PASSWORD).location == "/login/code?next=/"
    return browsing


def test_the_page_shows_a_qr_that_an_app_reads():
    link = setup_link(bytes(20), EMAIL)
    picture = cv2.imdecode(np.frombuffer(link_qr_png(link, module_px=4), np.uint8), 0)

    assert codes_in(Image.fromarray(picture)) == [link]


def test_setting_it_up_changes_the_session_and_ends_the_others(app, organiser):
    elsewhere = Browsing(app)
    elsewhere.sign_in(EMAIL, PASSWORD)
    before = organiser.session()["_user_id"]

    _secret, codes = set_up(organiser)

    assert len(set(codes)) == 10
    assert organiser.session()["_user_id"] != before
    assert elsewhere.open("/").location == "/login?next=/"
    assert not any(code in organiser.read("/account") + organiser.read(PAGE) for code in codes)


def test_a_wrong_code_at_sign_in_is_written_down(app, database, factor):
    asked(app).send("/login/code", code="wrong")

    app.extensions[EXTENSION].background_tasks.wait()
    with database.read() as session:
        [failed] = session.scalars(select(Activity).where(Activity.action == WRONG_CODE))
        whose = session.scalar(select(Operator.id).where(Operator.email == EMAIL))
    assert failed.details == {"network": "127.0.0.0/24", "account": whose}


def test_a_wrong_code_turns_nothing_on(organiser):
    organiser.send(PAGE, PAGE + "/begin")

    assert organiser.send(PAGE, code="000000").status_code == 400
    assert organiser.open("/").status_code == 200


def test_the_password_alone_opens_nothing(app, factor):
    browsing = asked(app)

    assert browsing.open("/").location == "/login?next=/"
    assert browsing.open("/events/rabat-2025/board/counts").status_code == 302


def test_the_code_signs_in_once(app, factor):
    secret, _codes = factor
    browsing, other = asked(app), asked(app)
    code = code_now(secret, later=1)

    assert browsing.send("/login/code", code=code).status_code == 302
    assert browsing.open("/").status_code == 200
    replayed = other.send("/login/code", code=code)
    assert (replayed.status_code, other.open("/").status_code) == (401, 302)


def test_a_recovery_code_signs_in_once(app, factor):
    _secret, [code, *_] = factor

    assert asked(app).send("/login/code", code=code).status_code == 302
    assert asked(app).send("/login/code", code=code).status_code == 401


def test_guessing_codes_is_slowed_down_for_the_account_from_everywhere(app, factor):
    secret, _codes = factor
    guesses = [asked(app).send("/login/code", code=f"{n:06d}").status_code for n in range(5)]

    assert guesses == [401] * 5
    right = asked(app).send("/login/code", code=code_now(secret, later=1))
    assert right.status_code == 429


def test_without_a_password_before_it_there_is_no_form_for_codes(app, factor):
    browsing = Browsing(app)

    assert browsing.open("/login/code").location == "/login"
    assert browsing.send("/login", "/login/code", code="000000").location == "/login"


def test_a_new_password_meanwhile_ends_the_wait(app, factor, database):
    from checkin.services.accounts.operators import operator_named, set_password

    browsing = asked(app)

    def change(session):
        operator: Operator = operator_named(session, EMAIL)
        set_password(session, operator, "trois ânes sous la pluie", now=factories.NOW)

    factories.write(database, change)

    assert browsing.open("/login/code").location == "/login"


def test_after_the_code_one_goes_where_one_wanted_and_nowhere_else(app, factor):
    _secret, codes = factor
    browsing = Browsing(app)
    browsing.sign_in(EMAIL, PASSWORD, then="?next=/events/rabat-2025/board")
    right = browsing.send("/login/code?next=/events/rabat-2025/board", code=codes[0])
    astray = asked(app).send("/login/code?next=//evil.example/", code=codes[1])

    assert (right.location, astray.location) == ("/events/rabat-2025/board", "/")


def test_turning_it_off_and_new_codes_ask_for_a_code(organiser, factor):
    _secret, codes = factor

    refused = [organiser.send(PAGE, f"{PAGE}/{what}", code="000000") for what in ("off", "codes")]
    assert [one.status_code for one in refused] == [400, 400]

    renewed = organiser.send(PAGE, PAGE + "/codes", code=codes[0])
    assert len(_CODE.findall(renewed.text)) == 10
    off = organiser.send(PAGE, PAGE + "/off", code=_CODE.findall(renewed.text)[0])
    assert off.location == "/account"
    assert "mettre en place" in organiser.read("/account")


def test_an_administrator_removes_a_lost_second_factor(app, signed_in, organiser, factor, database):
    chief = signed_in(Role.ADMINISTRATOR)
    page = "/operators/1"
    assert "organiser@example.org" in chief.read(page)

    chief.send(page, page + "/second-factor/reset")

    assert organiser.open("/").location == "/login?next=/"
    assert Browsing(app).sign_in(EMAIL, PASSWORD).location == "/"


class TestRequired:
    """Where the settings ask organisers for it."""

    @pytest.fixture
    def settings(self, settings):
        return settings.model_copy(update={"second_factor": "organisers"})

    def test_where_a_second_factor_is_required_no_page_opens_before_it_is_set_up(self, organiser):
        everywhere = ["/", "/events/rabat-2025/board", "/account", "/events/rabat-2025/devices"]

        assert {organiser.open(page).location for page in everywhere} == {PAGE}
        assert organiser.send(PAGE, "/events/rabat-2025/stop").location == PAGE
        shown = organiser.read(PAGE)
        assert "Votre rôle demande" in shown

        # The picture is there without another click, and the codes lead to the overview.
        done = organiser.send(PAGE, code=code_now(b32decode(_SECRET.search(shown)[1])))
        assert 'class="button" href="/"' in done.text
        assert organiser.open("/").status_code == 200

    def test_roles_without_that_requirement_need_no_second_factor(self, coordinator):
        assert coordinator.open("/").status_code == 200


def test_a_second_factor_is_asked_of_administrators_unless_the_settings_say_otherwise():
    assert Settings().second_factor == "administrators"


class TestPasskeys:
    """A passkey beside the app, at an address for which browsers offer them."""

    @pytest.fixture
    def passkey(self):
        return SoftPasskey(origin="http://localhost", host="localhost")

    @pytest.fixture
    def kept(self, organiser, factor, passkey):
        """The passkey, which the organiser has added."""
        answer = passkey.made(options_in(organiser.read(PAGE)))
        organiser.send_without_token(
            "/account/passkeys", csrf_token=organiser.token("/account"), answer=answer
        )
        return passkey

    def test_it_signs_in_instead_of_a_code_once(self, app, organiser, kept):
        browsing = asked(app)
        answer = kept.signed(options_in(browsing.read("/login/code")))
        token = browsing.token("/login")  # a page that asks for no other signature

        def sent():
            return browsing.send_without_token("/login/code", csrf_token=token, answer=answer)

        assert sent().status_code == 302
        assert browsing.open("/").status_code == 200
        assert "localhost" in organiser.read(PAGE)

    def test_a_wrong_answer_is_refused_and_written_down(self, app, database, kept):
        browsing, stranger = asked(app), SoftPasskey(origin=kept.origin, host=kept.host)
        answer = stranger.signed(options_in(browsing.read("/login/code")))

        refused = browsing.send("/login", "/login/code", answer=answer)

        app.extensions[EXTENSION].background_tasks.wait()
        assert refused.status_code == 401
        with database.read() as session:
            assert session.scalars(select(Activity).where(Activity.action == WRONG_CODE)).one()

    def test_it_is_removed(self, organiser, kept):
        [remove] = re.findall(r'action="(/account/passkeys/\d+/remove)"', organiser.read(PAGE))

        organiser.send(PAGE, remove)

        assert "/remove" not in organiser.read(PAGE)

    def test_at_an_address_of_numbers_none_is_offered(self, organiser, factor):
        shown = organiser.open(PAGE, base_url="http://192.168.1.20:8000")

        assert "data-options" not in shown.text


def options_in(page: str) -> str:
    """Return what the page asks of the browser."""
    return html.unescape(re.search(r'data-options="([^"]*)"', page)[1])
