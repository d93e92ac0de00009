"""Signing in under attack: the owner of an account gets in, and a guesser is limited."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import BoundedSemaphore

import pytest

from checkin.db.models import Operator, Role
from checkin.errors import AccountUsedUp, TooManyRequests, Unauthenticated, Unavailable
from checkin.services.accounts import hashing, second_factor
from checkin.services.accounts.known_browsers import make_known
from checkin.services.accounts.sign_in import Attempt, sign_in
from checkin.services.limits.in_memory import MemoryCounters
from checkin.services.limits.limits import Limits
from checkin.services.limits.rules import PASSWORDS_ACCOUNT
from tests.support.factories import KEYS, write
from tests.support.quick_passwords import hash_quickly
from tests.web.browsing import PASSWORD, an_operator

EMAIL = "organiser@example.org"
HOME, CAFE, ATTACKER = "203.0.113.1", "203.0.113.2", "198.51.100.1"
SENTENCES = {
    Unauthenticated: "wrong",
    AccountUsedUp: "used up",
    TooManyRequests: "too often",
    Unavailable: "busy",
}


@pytest.fixture
def databases(sqlite_databases):
    """What is counted where, tests/services/limits proves: one database is enough here."""
    return sqlite_databases


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch):
    hash_quickly(monkeypatch)


@pytest.fixture
def organiser(database) -> Operator:
    return an_operator(database, Role.ORGANISER)


class SignInUnderTest:
    """The sign-in of one server, at a time that a test moves."""

    def __init__(self, database) -> None:
        self._database = database
        self.now = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
        self._limits = Limits(MemoryCounters(), KEYS.limits, lambda: self.now)

    def answers(self, address, password=PASSWORD, email=EMAIL, browser="") -> str:
        attempt = Attempt(email, password, address, browser)
        try:
            return sign_in(self._database, KEYS, self._limits, attempt).email
        except tuple(SENTENCES) as fault:
            return SENTENCES[type(fault)]

    def guess(self, times, address=ATTACKER, *, email=EMAIL, browser="") -> list[str]:
        return [self.answers(address, f"guess {n}", email, browser) for n in range(times)]

    def use_the_day_up(self, email=EMAIL, *, left=0) -> None:
        """Count what a thousand wrong passwords from a hundred addresses count."""
        for _ in range(1_000 - left):
            self._limits.reserve((PASSWORDS_ACCOUNT, email))


@pytest.fixture
def sign_in_form(database, organiser) -> SignInUnderTest:
    return SignInUnderTest(database)


def test_a_stranger_who_guesses_passwords_does_not_slow_down_the_owner(sign_in_form):
    assert sign_in_form.guess(11) == ["wrong"] * 10 + ["too often"]
    assert sign_in_form.answers(ATTACKER) == "too often"  # the right one, too
    assert sign_in_form.answers(HOME) == EMAIL


def test_one_wrong_password_a_minute_all_day_locks_nobody_out(sign_in_form):
    """1,440 a day from one address would use up more than the account has; it stops at 100."""
    told = []
    for _ in range(24 * 60):
        told += sign_in_form.guess(1)
        sign_in_form.now += timedelta(minutes=1)

    assert told.count("wrong") == 100
    assert sign_in_form.answers(CAFE) == EMAIL


def test_sixty_wrong_passwords_from_a_network_do_not_lock_out_its_users(sign_in_form):
    for number in range(60):
        sign_in_form.guess(1, HOME, email=f"{number}@example.org")

    assert sign_in_form.answers(HOME) == EMAIL


@pytest.mark.proof
def test_an_address_has_three_hundred_tries_a_minute_over_all_accounts(sign_in_form):
    told = [sign_in_form.answers(HOME, "x", f"{n}@example.org") for n in range(301)]

    assert told == ["wrong"] * 300 + ["too often"]
    assert sign_in_form.answers(CAFE) == EMAIL


def test_right_passwords_do_not_count_against_the_limits(sign_in_form):
    assert {sign_in_form.answers(HOME) for _ in range(320)} == {EMAIL}


def test_after_a_thousand_wrong_passwords_a_day_a_new_browser_is_told_the_other_ways(sign_in_form):
    sign_in_form.use_the_day_up()

    assert sign_in_form.answers(HOME) == "used up"
    assert sign_in_form.answers(HOME, "wrong") == "used up"  # which of the two is not told
    sign_in_form.now += timedelta(days=1)
    assert sign_in_form.answers(HOME) == EMAIL


def test_the_daily_limit_of_wrong_passwords_counts_all_addresses_together(sign_in_form):
    sign_in_form.use_the_day_up(left=20)

    told = [sign_in_form.guess(10, f"192.0.2.{number}") for number in range(3)]

    assert told == [["wrong"] * 10, ["wrong"] * 10, ["used up"] * 10]


def test_over_the_daily_limit_right_and_wrong_passwords_get_the_same_answers(sign_in_form):
    sign_in_form.use_the_day_up()

    right = [sign_in_form.answers(HOME) for _ in range(12)]
    wrong = [sign_in_form.answers(CAFE, "wrong") for _ in range(12)]

    assert right == wrong == ["used up"] * 10 + ["too often"] * 2


def test_an_email_without_an_account_gets_the_same_answers(sign_in_form):
    sign_in_form.use_the_day_up("nobody@example.org")

    assert sign_in_form.answers(HOME, email="nobody@example.org") == "used up"


def test_a_known_browser_can_sign_in_whatever_strangers_do(sign_in_form, organiser):
    known = make_known(KEYS, organiser, "")
    sign_in_form.use_the_day_up()
    for number in range(300):
        sign_in_form.guess(1, HOME, email=f"{number}@example.org")  # from its own address
    assert sign_in_form.answers(HOME, email=EMAIL) == "too often"

    assert sign_in_form.answers(HOME, browser=known) == EMAIL


def test_a_known_browser_that_guesses_waits_and_slows_nobody_else_down(sign_in_form, organiser):
    known, other = make_known(KEYS, organiser, ""), make_known(KEYS, organiser, "")

    assert sign_in_form.guess(11, HOME, browser=known) == ["wrong"] * 10 + ["too often"]
    assert sign_in_form.answers(HOME, browser=known) == "too often"
    assert sign_in_form.answers(HOME, browser=other) == EMAIL
    assert sign_in_form.answers(HOME) == EMAIL


def test_a_known_browser_is_unknown_for_other_accounts(sign_in_form, organiser, database):
    an_operator(database, Role.VIEWER)
    known = make_known(KEYS, organiser, "")

    told = sign_in_form.guess(11, email="viewer@example.org", browser=known)

    assert told == ["wrong"] * 10 + ["too often"]


def test_an_account_with_a_second_factor_signs_in_over_the_daily_limit(
    sign_in_form, organiser, database
):
    def turn_on(session):
        session.get_one(Operator, organiser.id).totp_sealed = second_factor.seal(
            KEYS, organiser.id, second_factor.new_secret()
        )

    write(database, turn_on)
    sign_in_form.use_the_day_up()

    assert sign_in_form.answers(HOME) == EMAIL  # the page asks for the code next
    assert sign_in_form.answers(HOME, "wrong") == "used up"


@pytest.mark.parametrize(
    "variant",
    [
        "ORGANISER@Example.org",
        "  organiser@example.org ",
        "organiser@example.org\u200e",
        "\ufefforganiser@example.org\u00a0",
        "mailto:organiser@example.org",
    ],
)
def test_all_spellings_of_an_email_count_as_one_account(sign_in_form, variant):
    assert sign_in_form.answers(HOME, email=variant) == EMAIL
    sign_in_form.guess(10, email=variant)

    assert sign_in_form.answers(ATTACKER) == "too often"


def test_an_email_of_a_megabyte_is_a_wrong_email_and_no_counter_key(sign_in_form):
    assert sign_in_form.guess(2, email="a" * 1_000_000) == ["wrong"] * 2


def test_a_try_refused_because_the_server_is_busy_is_not_counted(
    sign_in_form, monkeypatch, organiser
):
    known = make_known(KEYS, organiser, "")
    for turns in (hashing.UNKNOWN_TURNS, hashing.KNOWN_TURNS):
        monkeypatch.setattr(turns, "_places", BoundedSemaphore(1))
    with hashing.UNKNOWN_TURNS._turn(), hashing.KNOWN_TURNS._turn():
        assert [sign_in_form.answers(HOME) for _ in range(20)] == ["busy"] * 20
        assert [sign_in_form.answers(HOME, browser=known) for _ in range(20)] == ["busy"] * 20

    assert sign_in_form.guess(10, HOME) == ["wrong"] * 10
    assert sign_in_form.answers(HOME, browser=known) == EMAIL
