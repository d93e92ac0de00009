"""Log failed sign-ins in the activity log: the account and the network, never what was typed.

Attackers cause these entries, so their number per hour and their age are bounded; an attacker who
reaches the bound has long been slowed down by the limits on attempts (docs/accounts.md).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from checkin.db.engine import Database, in_transaction
from checkin.db.models import Activity
from checkin.services.accounts.operators import operator_by_email
from checkin.services.common.activity import note

WRONG_PASSWORD, WRONG_CODE = "operator.sign_in_failed", "operator.code_failed"
REFUSED_BY_PROVIDER = "operator.provider_failed"
FAILURES = (WRONG_PASSWORD, WRONG_CODE, REFUSED_BY_PROVIDER)
_HOUR = timedelta(hours=1)
#: lines an hour about one account, and about all e-mails together that have none
PER_ACCOUNT, WITHOUT_ACCOUNT = 20, 60
KEPT = timedelta(days=90)


def note_wrong_password(database: Database, email: str, network: str, now: datetime) -> None:
    """Log that a sign-in with this e-mail address failed, whether or not it has an account.

    To be called after the response, for every failure: it takes longer where an account exists, and
    the time of a response must not reveal that.
    """
    with database.read() as session:
        found = operator_by_email(session, email)
        account = found.id if found else None
    _note(database, WRONG_PASSWORD, account, network, now)


def note_wrong_code(database: Database, account: int, network: str, now: datetime) -> None:
    """Log that a right password was followed by a wrong second-factor code."""
    _note(database, WRONG_CODE, account, network, now)


def note_refused(database: Database, account: int | None, network: str, now: datetime) -> None:
    """Log that somebody came back from the provider of sign-ins, and was not signed in."""
    _note(database, REFUSED_BY_PROVIDER, account, network, now)


def _note(
    database: Database, action: str, account: int | None, network: str, now: datetime
) -> None:
    with database.read() as session:  # most of a flood takes no lock that a scan waits for
        if _is_enough(session, account, now):
            return
    in_transaction(database, lambda session: _write(session, action, account, network, now))


def _is_enough(session: Session, account: int | None, now: datetime) -> bool:
    recent = select(Activity.details).where(*_of_accounts(), Activity.at > now - _HOUR)
    same = sum(told.get("account") == account for told in session.scalars(recent))
    most = WITHOUT_ACCOUNT if account is None else PER_ACCOUNT
    return int(same) >= most


def _write(session: Session, action: str, account: int | None, network: str, now: datetime) -> None:
    session.execute(delete(Activity).where(*_of_accounts(), Activity.at < now - KEPT))
    whose = {} if account is None else {"account": account}
    note(session, None, action, now, network=network, **whose)


def _of_accounts() -> tuple[ColumnElement[bool], ...]:
    return Activity.event_id.is_(None), Activity.action.in_(FAILURES)
