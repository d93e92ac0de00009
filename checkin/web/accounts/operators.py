"""People with an account, for administrators: invite, change, disable, give a new password."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from checkin.db.engine import in_transaction
from checkin.db.models import LinkPurpose, Operator, Role
from checkin.errors import Conflict, InvalidRequest, LastAdministrator
from checkin.services.accounts.operators import (
    InvalidField,
    account_by_id,
    accounts,
    add_operator,
    change_account,
    delegations_to_choose,
    disable,
    enable,
    operator_by_id,
)
from checkin.services.accounts.password_links import IssuedLink, issue_link, take_password_away
from checkin.services.accounts.pins import ANSWERS_AT_GATES
from checkin.services.accounts.sessions import sessions_of
from checkin.services.events.visibility import house_timezone
from checkin.web.accounts.passwords import send_link
from checkin.web.accounts.role_words import role_names, role_notes
from checkin.web.site.errors import register_page_errors
from checkin.web.site.languages import page_language
from checkin.web.site.outgoing import mail_refusals, public_address
from checkin.web.site.sessions import current_operator, lifetimes
from checkin.web.site.state import database, marhaba
from checkin.words.languages import LANGUAGES
from checkin.words.problems import problem_sentence

bp = Blueprint("operators", __name__)
register_page_errors(bp)

T = TypeVar("T")


@bp.get("/operators")
def index() -> ResponseReturnValue:
    """List the accounts, with the form that opens one."""
    return _list()


@bp.post("/operators")
def invite() -> ResponseReturnValue:
    """Open an account, mail its link and show it, this once."""
    try:
        link = _write(_opened_account)
    except InvalidField as fault:
        return _list(request.form, _problem(fault)), 400
    return _sent(link), 201


@bp.get("/operators/<int:operator_id>")
def show(operator_id: int) -> ResponseReturnValue:
    """Show one account and what can be done with it."""
    return _page(operator_id)


@bp.post("/operators/<int:operator_id>")
def change(operator_id: int) -> ResponseReturnValue:
    """Correct an account."""
    try:
        _write(lambda session: _corrected(session, operator_id))
    except InvalidField as fault:
        return _page(operator_id, request.form, _problem(fault)), 400
    except LastAdministrator:
        return _page(operator_id, request.form, {"role": _last_administrator()}), 409
    flash(_("Saved."))
    return redirect(url_for("operators.show", operator_id=operator_id), 303)


@bp.post("/operators/<int:operator_id>/disable")
def disable_one(operator_id: int) -> ResponseReturnValue:
    """Let an operator in no more."""
    try:
        _on_account(operator_id, disable)
    except LastAdministrator:
        return _page(operator_id, None, {"disable": _last_administrator()}), 409
    return redirect(url_for("operators.show", operator_id=operator_id), 303)


@bp.post("/operators/<int:operator_id>/enable")
def enable_one(operator_id: int) -> ResponseReturnValue:
    """Let an operator in again."""
    _on_account(operator_id, enable)
    return redirect(url_for("operators.show", operator_id=operator_id), 303)


@bp.post("/operators/<int:operator_id>/link")
def renew_link(operator_id: int) -> ResponseReturnValue:
    """Invite anew whoever never came; take the password of others away. Both give a link."""

    def work(session: Session) -> IssuedLink:
        operator, now = operator_by_id(session, operator_id), datetime.now(UTC)
        if operator.disabled_at is not None:
            raise Conflict("a disabled account gets no link")
        if operator.last_login_at is None:
            return issue_link(session, operator, LinkPurpose.INVITATION, now=now, by=_me())
        return take_password_away(session, operator, now=now, by=_me())

    return _sent(_write(work)), 201


def _opened_account(session: Session) -> IssuedLink:
    now = datetime.now(UTC)
    new = add_operator(
        session,
        email=request.form.get("email", "")[:320],
        name=request.form.get("name", "")[:200],
        role=_role(),
        delegation_id=_delegation(),
        language=_language(),
        now=now,
        by=_me(),
    )
    return issue_link(session, new.operator, LinkPurpose.INVITATION, now=now, by=_me())


def _corrected(session: Session, operator_id: int) -> bool:
    return change_account(
        session,
        operator_by_id(session, operator_id),
        name=request.form.get("name", "")[:200],
        role=_role(),
        delegation_id=_delegation(),
        language=_language(),
        now=datetime.now(UTC),
        by=_me(),
    )


def _on_account(operator_id: int, act: Callable[..., None]) -> None:
    now = datetime.now(UTC)
    _write(lambda s: act(s, operator_by_id(s, operator_id), now=now, by=_me()))


def _write(work: Callable[[Session], T]) -> T:
    return in_transaction(database(), work)


def _me() -> int:
    return current_operator().id


def _role() -> Role:
    role = request.form.get("role", "")
    if role not in set(Role):
        raise InvalidRequest("there is no such role")
    return Role(role)


def _delegation() -> int | None:
    return request.form.get("delegation", type=int)


def _language() -> str:
    language = request.form.get("language", "")
    return language if language in LANGUAGES else page_language()


def _problem(fault: InvalidField) -> dict[str, str]:
    return {fault.problem.column: problem_sentence(fault.problem, page_language())}


def _last_administrator() -> str:
    return str(
        _(
            "This is the last administrator: without one nobody could open accounts. "
            "Make somebody else an administrator first."
        )
    )


def _sent(link: IssuedLink) -> str:
    fault, address = send_link(marhaba(), link), public_address()
    return render_template(
        "accounts/operator_link.html",
        link=link,
        address="" if address.is_only_here else link.address(address.url),
        fault=fault,
        refusals=mail_refusals(),
        back=url_for("operators.show", operator_id=link.operator.id),
    )


def _choices() -> dict[str, object]:
    with database().read() as session:
        delegations, timezone = delegations_to_choose(session), house_timezone(session)
    return {
        "roles": role_names(),
        "notes": role_notes(),
        "delegations": delegations,
        "timezone": timezone,
        "now": datetime.now(UTC),
    }


def _list(
    values: Mapping[str, str] | None = None, problems: Mapping[str, str] | None = None
) -> str:
    with database().read() as session:
        found = accounts(session)
    return render_template(
        "accounts/operators.html",
        accounts=found,
        values=values or {"language": page_language(), "role": str(Role.ORGANISER)},
        problems=problems or {},
        **_choices(),
    )


def _page(
    operator_id: int,
    values: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> str:
    with database().read() as session:
        account = account_by_id(session, operator_id)
        now, kept = datetime.now(UTC), lifetimes()
        signed_in = sessions_of(session, operator_id, now=now, lifetimes=kept)
    return render_template(
        "accounts/operator.html",
        account=account,
        sessions=signed_in,
        answers_at_gates=account.operator.role in ANSWERS_AT_GATES,
        values=values or _values(account.operator),
        problems=problems or {},
        **_choices(),
    )


def _values(operator: Operator) -> dict[str, str]:
    return {
        "name": operator.name,
        "role": operator.role,
        "delegation": str(operator.delegation_id or ""),
        "language": operator.language,
    }
