"""What an administrator ends for others: their sessions, a second factor they have lost."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.services.accounts.operators import operator_by_id
from checkin.services.accounts.second_factor import turn_off
from checkin.services.accounts.sessions import end_session, end_sessions
from checkin.services.common.activity import note
from checkin.web.site.errors import register_page_errors
from checkin.web.site.sessions import current_operator
from checkin.web.site.state import database

bp = Blueprint("operator_access", __name__)
register_page_errors(bp)


@bp.post("/operators/<int:operator_id>/second-factor/reset")
def reset_second_factor(operator_id: int) -> ResponseReturnValue:
    """Take away the second factor of whoever has lost their telephone and their codes."""
    me, now = current_operator(), datetime.now(UTC)

    def work(session: Session) -> None:
        turn_off(session, operator_by_id(session, operator_id), now=now, by=me.id)

    in_transaction(database(), work)
    flash(_("The second factor is off, and all sessions of this account have ended."))
    return _back(operator_id)


@bp.post("/operators/<int:operator_id>/sessions/<int:session_id>/end")
def end_one(operator_id: int, session_id: int) -> ResponseReturnValue:
    """Sign an operator out in one place."""
    return _ended(operator_id, session_id)


@bp.post("/operators/<int:operator_id>/sessions/end")
def end_all(operator_id: int) -> ResponseReturnValue:
    """Sign an operator out everywhere."""
    return _ended(operator_id, None)


def _ended(operator_id: int, session_id: int | None) -> ResponseReturnValue:
    me, now = current_operator(), datetime.now(UTC)

    def work(session: Session) -> None:
        operator = operator_by_id(session, operator_id)
        if session_id is None:
            end_sessions(session, operator.id)
        else:
            end_session(session, operator.id, session_id)
        about = {"account": operator.id}
        note(session, None, "operator.sessions_ended", now, operator_id=me.id, **about)

    in_transaction(database(), work)
    return _back(operator_id)


def _back(operator_id: int) -> ResponseReturnValue:
    return redirect(url_for("operators.show", operator_id=operator_id), 303)
