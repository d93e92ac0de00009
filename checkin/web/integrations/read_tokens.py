"""The page of an event's read tokens: which other programs may read what, and until when."""

from __future__ import annotations

from flask import flash, redirect, request
from flask_babel import gettext as _

from checkin.domain.common.problems import InvalidValue
from checkin.domain.integrations.read_tokens import (
    LIFETIMES,
    LONGEST_NAME,
    USUAL_LIFETIME,
    Scope,
    chosen_scopes,
    read_scopes,
)
from checkin.services.integrations.read_tokens import add_token, revoke_token, tokens_of
from checkin.web.site.addressing.outgoing import public_address
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by
from checkin.words.problems import problem_advice

bp = pages(__name__)


@bp.get("/events/<slug>/read-tokens")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """List the tokens with what they read, until when, and their last use."""
    return _page(visit)


@bp.post("/events/<slug>/read-tokens")
@visited_by(STAFF)
def add(visit: EventVisit) -> Answer:
    """Make a token, and show it once."""
    form = request.form
    name, scopes = form.get("name", ""), chosen_scopes(form.getlist("scope"))
    lifetime = form.get("lifetime", USUAL_LIFETIME)
    field = "scope"
    try:
        if not scopes:
            raise InvalidValue("nothing_chosen", "")
        field = "lifetime"
        if lifetime not in LIFETIMES:
            raise InvalidValue("unknown_choice", lifetime)
        field = "name"
        token = visit.write(
            lambda v: add_token(v.session, v.event, name, scopes, LIFETIMES[lifetime], **v.who)[1]
        )
    except InvalidValue as fault:
        problems = {field: problem_advice(fault.in_column("name"), visit.language)}
        said = {"name": name, "lifetime": lifetime}
        return _page(visit, said=said, problems=problems, chosen=scopes), 400
    return _page(visit, token=token)


@bp.post("/events/<slug>/read-tokens/<int:token_id>/revoke")
@visited_by(STAFF)
def revoke(visit: EventVisit, token_id: int) -> Answer:
    """End a token at once."""
    visit.write(lambda v: revoke_token(v.session, v.event, token_id, **v.who))
    flash(_("The token is revoked: it reads nothing any more."))
    return redirect(visit.address("read_tokens.show"), 303)


def _scope_words() -> dict[Scope, str]:
    return {
        Scope.COUNTS: _("Counts: how many are registered, have arrived, are inside; nobody's name"),
        Scope.ARRIVALS: _("Arrivals by number: when and at which gate; nobody's name"),
        Scope.PEOPLE: _("People: names, delegation, category and status"),
        Scope.CONTACTS: _("People with their e-mail and phone"),
    }


def _lifetime_words() -> list[tuple[str, str]]:
    return [
        ("day", _("1 day")),
        ("week", _("1 week")),
        ("month", _("1 month")),
        ("quarter", _("3 months")),
        ("year", _("1 year")),
    ]


def _page(
    visit: EventVisit,
    *,
    said: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    chosen: tuple[Scope, ...] = (),
    token: str = "",
) -> str:
    words = _scope_words()
    tokens = tokens_of(visit.session, visit.event)
    return visit.show(
        "integrations/read_tokens.html",
        tokens=[(one, [words[s] for s in Scope if s in read_scopes(one.scopes)]) for one in tokens],
        scopes=list(words.items()),
        lifetimes=_lifetime_words(),
        said=said or {"lifetime": USUAL_LIFETIME},
        problems=problems or {},
        chosen=chosen,
        new_token=token,
        address=public_address().url,
        now=visit.now,
        longest_name=LONGEST_NAME,
    )
