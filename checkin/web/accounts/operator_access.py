"""Pages by which administrators end operators' sessions, or reset a lost second factor."""

from __future__ import annotations

from flask import flash, redirect
from flask_babel import gettext as _

from checkin.services.accounts.operators import operator_by_id
from checkin.services.accounts.second_factor import turn_off
from checkin.services.accounts.sessions import end_session, end_sessions
from checkin.services.common.activity import note
from checkin.web.accounts.confirming import confirmed
from checkin.web.site.visits import ADMINISTRATORS, Answer, Visit, pages, visited_by

bp = pages(__name__)


@bp.post("/operators/<int:operator_id>/second-factor/reset")
@confirmed
@visited_by(ADMINISTRATORS)
def reset_second_factor(visit: Visit, operator_id: int) -> Answer:
    """Reset the second factor of an operator who has lost their telephone and their codes."""
    visit.write(lambda v: _turn_off(v, operator_id))
    flash(_("Two-step sign-in is off, and all sessions of this account have ended."))
    return _redirect_to_operator(visit, operator_id)


@bp.post("/operators/<int:operator_id>/sessions/<int:session_id>/end")
@confirmed
@visited_by(ADMINISTRATORS)
def end_one(visit: Visit, operator_id: int, session_id: int) -> Answer:
    """End one session of an operator."""
    visit.write(lambda v: _end(v, operator_id, session_id))
    return _redirect_to_operator(visit, operator_id)


@bp.post("/operators/<int:operator_id>/sessions/end")
@confirmed
@visited_by(ADMINISTRATORS)
def end_all(visit: Visit, operator_id: int) -> Answer:
    """End all sessions of an operator."""
    visit.write(lambda v: _end(v, operator_id, None))
    return _redirect_to_operator(visit, operator_id)


def _turn_off(visit: Visit, operator_id: int) -> None:
    operator = operator_by_id(visit.session, operator_id)
    turn_off(visit.session, operator, now=visit.now, by=visit.operator.id)


def _end(visit: Visit, operator_id: int, session_id: int | None) -> None:
    session, operator = visit.session, operator_by_id(visit.session, operator_id)
    if session_id is None:
        end_sessions(session, operator.id)
    else:
        end_session(session, operator.id, session_id)
    now, me = visit.now, visit.operator.id
    note(session, None, "operator.sessions_ended", now, operator_id=me, account=operator.id)


def _redirect_to_operator(visit: Visit, operator_id: int) -> Answer:
    return redirect(visit.address("operators.show", operator_id=operator_id), 303)
