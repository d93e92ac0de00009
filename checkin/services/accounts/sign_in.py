"""Sign in with e-mail and password, within the limits on guessing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from checkin.db.engine import Database
from checkin.db.models import Operator
from checkin.errors import AccountUsedUp, TooManyRequests, Unauthenticated, Unavailable
from checkin.services.accounts.hashing import STRANGERS_TURNS
from checkin.services.accounts.known_browsers import browser_known
from checkin.services.accounts.operators import authenticate, operator_by_email, typed_email
from checkin.services.common.keys import Keys
from checkin.services.limits.limits import Limits, Reserved
from checkin.services.limits.rules import (
    PASSWORDS_ACCOUNT,
    PASSWORDS_ADDRESS,
    PASSWORDS_BROWSER,
    PASSWORDS_PAIR,
    Rule,
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody sent to sign in.

    Attributes:
        address: whose tries count together; see `checkin.domain.accounts.browsers.client_of`.
        browser: what the browser keeps; see `checkin.services.accounts.known_browsers`.
    """

    email: str
    password: str = field(repr=False)
    address: str
    browser: str = ""


def sign_in(database: Database, keys: Keys, limits: Limits, attempt: Attempt) -> Operator:
    """Return who signs in, unless their e-mail and password do not go together.

    Raises:
        Unauthenticated: they do not. Which of the two is wrong is not said.
        AccountUsedUp: they do not, or they do and neither is the browser known nor is there a
            second factor; which is not said. Too many were wrong today.
        TooManyRequests: too many were wrong from here; whether these are was not looked at.
        Unavailable: too many sign in at this moment.
    """
    browser = _known_browser(database, keys, attempt)
    if browser is not None:
        return _from_known_browser(database, limits, attempt, browser)
    return _from_elsewhere(database, limits, attempt)


def _known_browser(database: Database, keys: Keys, attempt: Attempt) -> str | None:
    if not attempt.browser:
        return None
    with database.read() as session:
        operator = operator_by_email(session, attempt.email)
    browser = browser_known(keys, operator, attempt.browser) if operator else None
    return f"{operator.id} {browser}" if operator and browser else None


def _from_known_browser(
    database: Database, limits: Limits, attempt: Attempt, browser: str
) -> Operator:
    tried = limits.reserve((PASSWORDS_BROWSER, browser))
    with _given_back_where_too_many_wait(tried, PASSWORDS_BROWSER):
        operator = authenticate(database, attempt.email, attempt.password)
    tried.give_back()
    return operator


def _from_elsewhere(database: Database, limits: Limits, attempt: Attempt) -> Operator:
    account = typed_email(attempt.email)
    tried = limits.reserve(
        (PASSWORDS_PAIR, f"{account} {attempt.address}"), (PASSWORDS_ADDRESS, attempt.address)
    )
    today = _Today(limits, account)
    try:
        with _given_back_where_too_many_wait(tried, PASSWORDS_PAIR):
            operator = authenticate(
                database,
                attempt.email,
                attempt.password,
                turns=STRANGERS_TURNS,
                first=today.count,
            )
    except Unauthenticated:
        today.refuse_if_used_up()
        raise
    if operator.totp_sealed is None:
        # Nothing is given back: that would tell a guesser that this password is the right one.
        today.refuse_if_used_up()
    tried.with_also(today.reserved).give_back()
    return operator


class _Today:
    """What strangers may still get wrong of an account today, from all addresses together.

    Attributes:
        reserved: this try's part of it, once it was counted and there was room.
    """

    def __init__(self, limits: Limits, account: str) -> None:
        self._limits, self._account = limits, account
        self.reserved: Reserved | None = None
        self._used_up: AccountUsedUp | None = None

    def count(self) -> None:
        """Reserve this try; done in a turn to hash, so that as few are written as hashed."""
        try:
            self.reserved = self._limits.reserve((PASSWORDS_ACCOUNT, self._account))
        except TooManyRequests as fault:
            self._used_up = AccountUsedUp(fault.detail, wait_s=fault.wait_s)

    def refuse_if_used_up(self) -> None:
        if self._used_up:
            raise self._used_up


@contextmanager
def _given_back_where_too_many_wait(tried: Reserved, rule: Rule) -> Iterator[None]:
    # Not to an address: whoever floods the queue from it has its budget, and no more.
    try:
        yield
    except Unavailable:
        tried.give_back(rule)
        raise
