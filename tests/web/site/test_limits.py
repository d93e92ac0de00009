"""The answers to too many tries, the cookie of known browsers, and concurrent tries."""

from __future__ import annotations

import re
from collections import Counter
from threading import Lock

import pytest

from checkin.app import create_app
from checkin.db.models import Activity, Operator, Role
from checkin.services.accounts import hashing
from checkin.services.accounts.failed_sign_ins import FAILURES
from checkin.services.accounts.password_links import LinkPurpose, issue_link
from checkin.services.limits.rules import PASSWORDS_ACCOUNT
from checkin.settings import Settings
from checkin.web.accounts.known_browser import COOKIE
from checkin.web.site.state import EXTENSION
from tests.support import factories
from tests.support.factories import write
from tests.support.racing import race
from tests.web.accounts.test_second_factor import code_now, set_up
from tests.web.browsing import PASSWORD, Browsing, an_operator

EMAIL = "organiser@example.org"
HOME, ATTACKER = "203.0.113.1", "198.51.100.1"


@pytest.fixture
def operator(database, event) -> Operator:
    return an_operator(database, Role.ORGANISER)


def guess(app, times, address=ATTACKER, email=EMAIL):
    browsing = Browsing(app, address)
    return [browsing.sign_in(email, f"guess no. {n}") for n in range(times)]


def use_the_day_up(app) -> None:
    for _ in range(1_000):
        app.extensions[EXTENSION].limits.reserve((PASSWORDS_ACCOUNT, EMAIL))


def test_wrong_passwords_of_a_stranger_lock_nobody_out(app, operator):
    assert [one.status_code for one in guess(app, 11)] == [401] * 10 + [429]
    assert Browsing(app, HOME).sign_in(EMAIL, PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("language", "sentence", "other_way"),
    [
        ("fr", "Attendez 1 minute, puis réessayez", "Mot de passe oublié"),
        ("ar", "مدة الانتظار: \u2068دقيقة\u2069، ثم أعيدوا المحاولة", "نسيتم كلمة السر؟"),
        ("en", "Wait 1 minute, then try again", "Forgotten your password?"),
    ],
)
def test_the_page_says_how_long_to_wait_and_what_else_to_do(
    app, operator, language, sentence, other_way
):
    browsing = Browsing(app)
    browsing.open(f"/login?lang={language}")
    for _ in range(11):
        answer = browsing.sign_in(EMAIL, "wrong")

    assert answer.status_code == 429
    assert 50 < int(answer.headers["Retry-After"]) <= 60
    assert sentence in answer.text
    assert other_way in answer.text
    assert 'name="password"' in answer.text  # the form is still there


@pytest.mark.parametrize(("language", "hours"), [("fr", "24\u00a0heures"), ("ar", "24 ساعة")])
def test_a_long_wait_is_told_in_hours(app, operator, language, hours):
    limits, browsing = app.extensions[EXTENSION].limits, Browsing(app)
    browsing.open(f"/login?lang={language}")
    for number in range(100):
        if number % 10 == 0:
            began = limits.clock()
            limits.clock = lambda began=began: began + factories.minutes(1.01)
        browsing.sign_in(EMAIL, f"guess {number}")

    told = browsing.sign_in(EMAIL, PASSWORD)

    assert told.status_code == 429
    assert hours in told.text


def test_an_account_used_up_says_which_ways_are_left_and_they_work(app, database, operator):
    known = Browsing(app, HOME)
    known.sign_in(EMAIL, PASSWORD)
    known.send("/", "/logout")
    use_the_day_up(app)

    refused = Browsing(app, HOME).sign_in(EMAIL, PASSWORD)
    alike = Browsing(app, HOME).sign_in(EMAIL, "wrong")

    assert (refused.status_code, alike.status_code) == (429, 429)
    assert "Trop de mots de passe erronés" in refused.text
    assert bare(refused) == bare(alike)
    assert known.sign_in(EMAIL, PASSWORD).status_code == 302
    assert signs_in_by_link(app, database, operator)


def bare(answer) -> str:
    return re.sub(r'value="[^"]+"', "", answer.text)


def signs_in_by_link(app, database, operator) -> bool:
    def issued(session):
        whose = session.get_one(Operator, operator.id)
        now = app.extensions[EXTENSION].limits.clock()
        return issue_link(session, whose, LinkPurpose.FORGOTTEN, now=now)

    path, browsing = f"/password/{write(database, issued).secret}", Browsing(app, ATTACKER)
    fresh = "une phrase toute fraîche"
    assert browsing.send(path, password=fresh, again=fresh).status_code == 303
    return browsing.sign_in(EMAIL, fresh).status_code == 302


def test_a_second_factor_goes_on_where_the_account_is_used_up(app, operator):
    owner = Browsing(app, HOME)
    owner.sign_in(EMAIL, PASSWORD)
    secret, _codes = set_up(owner)
    use_the_day_up(app)

    elsewhere = Browsing(app, "203.0.113.77")
    asked = elsewhere.sign_in(EMAIL, PASSWORD)
    answer = elsewhere.send("/login/code", code=code_now(secret, later=1))

    assert asked.location.startswith("/login/code")
    assert (answer.status_code, answer.location) == (302, "/")


def test_who_knows_the_password_keeps_its_owner_from_no_browser_of_theirs(app, operator):
    owner = Browsing(app, HOME)
    owner.sign_in(EMAIL, PASSWORD)
    secret, _codes = set_up(owner)
    owner.send("/", "/logout")
    thief = Browsing(app, ATTACKER)
    thief.sign_in(EMAIL, PASSWORD)
    told = [thief.send("/login/code", code=f"{n:06d}") for n in range(6)]

    assert [one.status_code for one in told] == [401] * 5 + [429]
    assert "Attendez 1 minute" in told[-1].text
    assert int(told[-1].headers["Retry-After"]) > 0
    owner.sign_in(EMAIL, PASSWORD)
    assert owner.send("/login/code", code=code_now(secret, later=1)).status_code == 302


def test_a_second_factor_makes_no_browser_known_by_the_password_alone(app, database, operator):
    owner = Browsing(app, HOME)
    owner.sign_in(EMAIL, PASSWORD)
    set_up(owner)
    thief = Browsing(app, ATTACKER)

    thief.sign_in(EMAIL, PASSWORD)
    assert thief.cookie(COOKIE) is None

    def issued(session):
        now = app.extensions[EXTENSION].limits.clock()
        return issue_link(
            session, session.get_one(Operator, operator.id), LinkPurpose.RESET, now=now
        )

    fresh, path = "une phrase toute fraîche", f"/password/{write(database, issued).secret}"
    assert thief.send(path, password=fresh, again=fresh).status_code == 303
    assert thief.cookie(COOKIE) is None


class TestTheCookie:
    def test_the_known_browser_cookie_lasts_a_year_hidden_from_scripts_and_other_sites(
        self, app, operator
    ):
        answer = Browsing(app).sign_in(EMAIL, PASSWORD)

        [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith(COOKIE + "=")]
        assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"} <= set(cookie.split("; "))
        assert "Secure" not in cookie

    def test_under_https_the_known_browser_cookie_is_secure(self, database_url, operator, tmp_path):
        app = create_app(
            Settings(
                home=tmp_path,
                database_url=database_url,
                master_key=factories.MASTER_KEY.hex(),
                base_url="https://marhaba.example.org",
            )
        )
        try:
            client = app.test_client()
            client.environ_base["wsgi.url_scheme"] = "https"
            page = client.get("https://marhaba.example.org/login")
            token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
            answer = client.post(
                "https://marhaba.example.org/login",
                data={"email": EMAIL, "password": PASSWORD, "csrf_token": token},
                headers={"Referer": "https://marhaba.example.org/login"},
            )
            cookies = answer.headers.getlist("Set-Cookie")
            [cookie] = [c for c in cookies if c.startswith(f"__Host-{COOKIE}=")]
            assert "Secure" in cookie.split("; ")
        finally:
            app.extensions[EXTENSION].background_tasks.wait()
            app.extensions[EXTENSION].live.close()
            app.extensions[EXTENSION].database.dispose()

    def test_a_failed_sign_in_sets_no_known_browser_cookie(self, app, operator):
        browsing = Browsing(app)
        browsing.sign_in(EMAIL, "wrong")

        assert browsing.cookie(COOKIE) is None

    def test_the_known_browser_cookie_survives_signing_out_and_signs_nobody_in(self, app, operator):
        browsing = Browsing(app)
        browsing.sign_in(EMAIL, PASSWORD)
        browsing.send("/", "/logout")
        thief = Browsing(app)
        thief.take_cookie(COOKIE, browsing.cookie(COOKIE).value)

        assert thief.open("/").location == "/login?next=/"
        assert thief.sign_in(EMAIL, "wrong").status_code == 401

    @pytest.mark.parametrize("act", ["password", "end-others"])
    def test_ones_own_new_password_or_ended_sessions_keep_this_browser_known(
        self, app, operator, act
    ):
        here, there = Browsing(app, HOME), Browsing(app, HOME)
        for one in (here, there):
            one.sign_in(EMAIL, PASSWORD)
        password = PASSWORD
        if act == "password":
            password = "une phrase toute fraîche"
            fields = {"current": PASSWORD, "password": password, "again": password}
            assert here.send("/account", "/account/password", **fields).status_code == 303
        else:
            here.send("/account", "/account/sessions/end-others")
        here.send("/", "/logout")
        guess(app, 10, HOME)

        assert there.sign_in(EMAIL, password).status_code == 429
        assert here.sign_in(EMAIL, password).status_code == 302

    def test_an_invalid_known_browser_cookie_is_ignored(self, app, operator):
        for nonsense in ("x" * 3_000, "1.aaaaaaaaaaaaaaaa." + "b" * 22, "~~~", "é"):
            browsing = Browsing(app)
            browsing.take_cookie(COOKIE, nonsense)
            assert browsing.sign_in(EMAIL, PASSWORD).status_code == 302


def test_of_sixty_sign_ins_at_once_ten_are_evaluated_and_two_at_a_time(app, operator, monkeypatch):
    hasher, mutex, evaluated, now, most = hashing._HASHER, Lock(), [0], [0], [0]

    class Watched:
        def __getattr__(self, name):
            return getattr(hasher, name)

        def verify(self, stored, password):
            with mutex:
                evaluated[0] += 1
                now[0] += 1
                most[0] = max(most[0], now[0])
            try:
                return hasher.verify(stored, password)
            finally:
                with mutex:
                    now[0] -= 1

    monkeypatch.setattr(hashing, "_HASHER", Watched())
    browsers = [Browsing(app, ATTACKER) for _ in range(60)]

    answers = race(60, lambda at: browsers[at].sign_in(EMAIL, f"guess {at}").status_code)

    assert Counter(answers) == {401: 10, 429: 50}
    assert (evaluated[0], most[0] <= 2) == (10, True)


def test_a_megabyte_as_email_is_answered_shortly(app, operator):
    answer = Browsing(app).sign_in("a" * 450_000, "wrong")

    assert answer.status_code == 401
    assert len(answer.data) < 20_000


def test_a_flood_of_emails_fills_neither_the_log_nor_the_memory(app, database, operator):
    for number in range(290):
        guess(app, 1, ATTACKER, f"{number}@example.org")
    app.extensions[EXTENSION].background_tasks.wait()

    with database.read() as session:
        noted = session.query(Activity).filter(Activity.action.in_(FAILURES)).count()
    assert noted <= 60
