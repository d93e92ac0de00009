"""Administrators' pages of operators' accounts: invite, change, disable, renew the password."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from flask import flash, redirect, request
from flask_babel import gettext as _

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
    typed_email,
)
from checkin.services.accounts.password_links import IssuedLink, issue_link, take_password_away
from checkin.services.accounts.pins import ANSWERS_AT_GATES
from checkin.services.accounts.provider_settings import kept_provider
from checkin.services.accounts.provider_sign_in import is_bound
from checkin.services.accounts.sessions import sessions_of
from checkin.services.events.visibility import house_timezone
from checkin.web.accounts.confirming import confirmed
from checkin.web.accounts.passwords import send_link
from checkin.web.accounts.role_words import role_names, role_notes
from checkin.web.site.addressing.outgoing import mail_refusals, public_address
from checkin.web.site.doubts import doubt_of
from checkin.web.site.numbers import row_number
from checkin.web.site.sessions import lifetimes
from checkin.web.site.visits import ADMINISTRATORS, Answer, Visit, pages, visited_by
from checkin.words.languages import LANGUAGES
from checkin.words.problems import problem_sentence

bp = pages(__name__)


class By(TypedDict):
    """When an account is changed and by whom: the arguments that services take."""

    now: datetime
    by: int


@bp.get("/operators")
@visited_by(ADMINISTRATORS)
def index(visit: Visit) -> Answer:
    """List the accounts, with the form that opens one."""
    return _list(visit)


@bp.post("/operators")
@confirmed
@visited_by(ADMINISTRATORS)
def invite(visit: Visit) -> Answer:
    """Open an account, e-mail its password link, and show the link once."""
    if doubt := doubt_of(typed_email(request.form.get("email", "")), request.form):
        problems = {doubt.column: problem_sentence(doubt, visit.language)}
        return _list(visit, request.form, problems, doubt.value), 400
    try:
        link = visit.write(_opened_account)
    except InvalidField as fault:
        return _list(visit, request.form, _problem(visit, fault)), 400
    return _sent(visit, link), 201


@bp.get("/operators/<int:operator_id>")
@visited_by(ADMINISTRATORS)
def show(visit: Visit, operator_id: int) -> Answer:
    """Show one account and what can be done with it."""
    return _page(visit, operator_id)


@bp.post("/operators/<int:operator_id>")
@confirmed
@visited_by(ADMINISTRATORS)
def change(visit: Visit, operator_id: int) -> Answer:
    """Correct an account."""
    try:
        visit.write(lambda v: _correct(v, operator_id))
    except InvalidField as fault:
        return _page(visit, operator_id, request.form, _problem(visit, fault)), 400
    except LastAdministrator:
        return _page(visit, operator_id, request.form, {"role": _last_administrator()}), 409
    flash(_("Saved."))
    return redirect(visit.address("operators.show", operator_id=operator_id), 303)


@bp.post("/operators/<int:operator_id>/disable")
@confirmed
@visited_by(ADMINISTRATORS)
def disable_one(visit: Visit, operator_id: int) -> Answer:
    """Disable an account."""
    try:
        visit.write(lambda v: disable(v.session, _operator(v, operator_id), **_by(v)))
    except LastAdministrator:
        return _page(visit, operator_id, None, {"disable": _last_administrator()}), 409
    return redirect(visit.address("operators.show", operator_id=operator_id), 303)


@bp.post("/operators/<int:operator_id>/enable")
@confirmed
@visited_by(ADMINISTRATORS)
def enable_one(visit: Visit, operator_id: int) -> Answer:
    """Enable a disabled account."""
    visit.write(lambda v: enable(v.session, _operator(v, operator_id), **_by(v)))
    return redirect(visit.address("operators.show", operator_id=operator_id), 303)


@bp.post("/operators/<int:operator_id>/link")
@confirmed
@visited_by(ADMINISTRATORS)
def renew_link(visit: Visit, operator_id: int) -> Answer:
    """Make a new password link: a new invitation for who never signed in, else a reset."""
    return _sent(visit, visit.write(lambda v: _renewed_link(v, operator_id))), 201


def _renewed_link(visit: Visit, operator_id: int) -> IssuedLink:
    operator = _operator(visit, operator_id)
    if operator.disabled_at is not None:
        raise Conflict("a disabled account gets no link")
    if operator.last_login_at is None:
        return issue_link(visit.session, operator, LinkPurpose.INVITATION, **_by(visit))
    return take_password_away(visit.session, operator, **_by(visit))


def _opened_account(visit: Visit) -> IssuedLink:
    new = add_operator(
        visit.session,
        email=request.form.get("email", "")[:320],
        name=request.form.get("name", "")[:200],
        role=_role(),
        delegation_id=_delegation(),
        language=_language(visit),
        **_by(visit),
    )
    return issue_link(visit.session, new.operator, LinkPurpose.INVITATION, **_by(visit))


def _correct(visit: Visit, operator_id: int) -> None:
    change_account(
        visit.session,
        _operator(visit, operator_id),
        name=request.form.get("name", "")[:200],
        role=_role(),
        delegation_id=_delegation(),
        language=_language(visit),
        **_by(visit),
    )


def _operator(visit: Visit, operator_id: int) -> Operator:
    return operator_by_id(visit.session, operator_id)


def _by(visit: Visit) -> By:
    return {"now": visit.now, "by": visit.operator.id}


def _role() -> Role:
    role = request.form.get("role", "")
    if role not in set(Role):
        raise InvalidRequest("there is no such role")
    return Role(role)


def _delegation() -> int | None:
    return request.form.get("delegation", type=row_number)


def _language(visit: Visit) -> str:
    language = request.form.get("language", "")
    return language if language in LANGUAGES else visit.language


def _problem(visit: Visit, fault: InvalidField) -> dict[str, str]:
    return {fault.problem.column: problem_sentence(fault.problem, visit.language)}


def _last_administrator() -> str:
    return str(
        _(
            "This is the last administrator: without one nobody could open accounts. "
            "Make somebody else an administrator first."
        )
    )


def _sent(visit: Visit, link: IssuedLink) -> str:
    fault, address = send_link(visit.server, link), public_address()
    return visit.show(
        "accounts/operator_link.html",
        link=link,
        address="" if address.is_only_here else link.address(address.url),
        fault=fault,
        refusals=mail_refusals(),
        back=visit.address("operators.show", operator_id=link.operator.id),
    )


def _choices(visit: Visit) -> dict[str, object]:
    return {
        "roles": role_names(),
        "notes": role_notes(),
        "delegations": delegations_to_choose(visit.session),
        "timezone": house_timezone(visit.session),
        "now": visit.now,
    }


def _list(
    visit: Visit,
    values: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    doubted: str = "",
) -> str:
    return visit.show(
        "accounts/operators.html",
        doubted=doubted,
        accounts=accounts(visit.session),
        values=values or {"language": visit.language, "role": str(Role.ORGANISER)},
        problems=problems or {},
        **_choices(visit),
    )


def _page(
    visit: Visit,
    operator_id: int,
    values: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> str:
    session, account = visit.session, account_by_id(visit.session, operator_id)
    provider = kept_provider(session)
    return visit.show(
        "accounts/operator.html",
        account=account,
        sessions=sessions_of(session, operator_id, now=visit.now, lifetimes=lifetimes()),
        is_bound=provider is not None and is_bound(session, operator_id, provider.issuer),
        answers_at_gates=account.operator.role in ANSWERS_AT_GATES,
        values=values or _values(account.operator),
        problems=problems or {},
        **_choices(visit),
    )


def _values(operator: Operator) -> dict[str, str]:
    return {
        "name": operator.name,
        "role": operator.role,
        "delegation": str(operator.delegation_id or ""),
        "language": operator.language,
    }
