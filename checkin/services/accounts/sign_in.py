"""Sign in with e-mail and password, within the limits on failed attempts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from checkin.db.engine import Database
from checkin.db.models import Operator
from checkin.errors import AccountUsedUp, TooManyRequests, Unauthenticated, Unavailable
from checkin.services.accounts.duties import refuse_expired
from checkin.services.accounts.hashing import KNOWN_TURNS, UNKNOWN_TURNS
from checkin.services.accounts.known_browsers import browser_known
from checkin.services.accounts.operators import authenticate, operator_by_email, typed_email
from checkin.services.common.keys import Keys
from checkin.services.common.turns import Turns
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
    """A request to sign in.

    Attributes:
        address: the client by which attempts are counted; see
            `checkin.domain.accounts.browsers.client_of`.
        browser: the marks that the browser sent; see `checkin.services.accounts.known_browsers`.
    """

    email: str
    password: str = field(repr=False)
    address: str
    browser: str = ""


def sign_in(database: Database, keys: Keys, limits: Limits, attempt: Attempt) -> Operator:
    """Return the operator whose e-mail address and password were sent.

    Raises:
        Unauthenticated: the e-mail address or the password is wrong; the fault does not say which.
        FirstPasswordExpired: the password is a first one that was not replaced in time.
        AccountUsedUp: the account had too many failed attempts today, and this attempt failed or
            came from an unknown browser without a second factor; the fault does not say which.
        TooManyRequests: this client had too many failed attempts; this one was not checked.
        Unavailable: too many people sign in at this moment.
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
        operator = _authenticated(database, limits, attempt)
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
            operator = _authenticated(
                database, limits, attempt, turns=UNKNOWN_TURNS, first=today.count
            )
    except Unauthenticated:
        today.refuse_if_used_up()
        raise
    if operator.totp_sealed is None:
        # Nothing is given back: that would tell a guesser that this password is the right one.
        today.refuse_if_used_up()
    tried.with_also(today.reserved).give_back()
    return operator


def _authenticated(
    database: Database,
    limits: Limits,
    attempt: Attempt,
    *,
    turns: Turns = KNOWN_TURNS,
    first: Callable[[], None] | None = None,
) -> Operator:
    operator = authenticate(database, attempt.email, attempt.password, turns=turns, first=first)
    with database.read() as session:
        refuse_expired(session, operator, limits.clock())
    return operator


class _Today:
    """An account's budget of failed attempts from unknown browsers today, from all addresses.

    Attributes:
        reserved: this attempt, once it was counted within the budget; None until then.
    """

    def __init__(self, limits: Limits, account: str) -> None:
        self._limits, self._account = limits, account
        self.reserved: Reserved | None = None
        self._used_up: AccountUsedUp | None = None

    def count(self) -> None:
        """Count this attempt; called in a hashing turn, so that no more are written than hashed."""
        try:
            self.reserved = self._limits.reserve((PASSWORDS_ACCOUNT, self._account))
        except TooManyRequests as fault:
            self._used_up = AccountUsedUp(fault.detail, wait_s=fault.wait_s)

    def refuse_if_used_up(self) -> None:
        if self._used_up:
            raise self._used_up


@contextmanager
def _given_back_where_too_many_wait(tried: Reserved, rule: Rule) -> Iterator[None]:
    # The budget of the address is not given back, so that it limits who floods the queue.
    try:
        yield
    except Unavailable:
        tried.give_back(rule)
        raise
