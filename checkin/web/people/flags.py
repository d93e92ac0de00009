"""The page of an event's flags: what gates show of whoever has one, and who gets it at once."""

from __future__ import annotations

from flask import flash, redirect, request
from flask_babel import gettext as _
from flask_babel import pgettext

from checkin.db.models import Flag
from checkin.domain.common.problems import InvalidValue
from checkin.domain.people.flags import SIGNS, FlagDetails, FlagSymbol, validate_flag
from checkin.services.common.lookup import by_id
from checkin.services.events.events import categories_of, delegations_of
from checkin.services.people.flags import (
    change_flag,
    flag_many,
    listed_flags,
    new_flag,
    remove_flag,
    uses_of_flags,
)
from checkin.web.people.listed_forms import (
    NONE_REFUSED,
    ChangeByDetails,
    ReadValues,
    Refused,
    change_by_form,
)
from checkin.web.site.languages import both_names
from checkin.web.site.numbers import row_number
from checkin.web.site.visits import STAFF, Answer, EventVisit, pages, visited_by
from checkin.words.problems import problem_advice

bp = pages(__name__)

_FIELDS = ("name", "symbol", "sentence", "sentence_ar", "page")


@bp.get("/events/<slug>/flags")
@visited_by(STAFF)
def show(visit: EventVisit) -> Answer:
    """List the flags, each with a form that changes it and one that gives it to many people."""
    return _page(visit)


@bp.post("/events/<slug>/flags")
@visited_by(STAFF)
def add(visit: EventVisit) -> Answer:
    """Define a flag."""
    return _changed(visit, "new-", lambda v, new: new_flag(v.session, v.event, new, **v.who))


@bp.post("/events/<slug>/flags/<int:flag_id>")
@visited_by(STAFF)
def change(visit: EventVisit, flag_id: int) -> Answer:
    """Change what gates show of a flag."""
    return _changed(
        visit,
        f"{flag_id}-",
        lambda v, new: change_flag(v.session, v.event, flag_id, new, **v.who),
        lambda v: _values_of(by_id(v.session, v.event, Flag, flag_id)),
    )


@bp.post("/events/<slug>/flags/<int:flag_id>/people")
@visited_by(STAFF)
def many(visit: EventVisit, flag_id: int) -> Answer:
    """Give a flag to a delegation, a category or everybody, or take it from them."""
    form = request.form
    try:
        people = visit.write(
            lambda v: flag_many(
                v.session,
                v.event,
                flag_id,
                detail=form.get("detail", ""),
                delegation_id=_chosen("delegation"),
                category_id=_chosen("category"),
                taken_away=form.get("do") == "take",
                **v.who,
            )
        )
    except InvalidValue as fault:
        return _page(visit, notice=problem_advice(fault.in_column("flags"), visit.language)), 400
    flash(_("People changed: %(count)s.", count=people))
    return redirect(visit.address("flags.show"), 303)


@bp.post("/events/<slug>/flags/<int:flag_id>/remove")
@visited_by(STAFF)
def remove(visit: EventVisit, flag_id: int) -> Answer:
    """Delete a flag that nobody has."""
    try:
        visit.write(lambda v: remove_flag(v.session, v.event, flag_id, **v.who))
    except InvalidValue as fault:
        return _page(visit, notice=problem_advice(fault.in_column("flags"), visit.language)), 400
    flash(_("The flag is deleted."))
    return redirect(visit.address("flags.show"), 303)


def _chosen(name: str) -> int | None:
    """Return the number that is chosen in the form; None for all.

    Raises:
        InvalidValue: it is no number. It would be everybody who gets the flag.
    """
    text = request.form.get(name, "")
    try:
        return row_number(text) if text else None
    except ValueError:
        raise InvalidValue("unknown_choice", text) from None


def _changed(
    visit: EventVisit,
    form: str,
    change: ChangeByDetails[FlagDetails],
    read: ReadValues | None = None,
) -> Answer:
    refused = change_by_form(visit, form, _FIELDS, validate_flag, change, read)
    if refused is not None:
        return _page(visit, refused), refused.status
    return redirect(visit.address("flags.show"), 303)


def _values_of(flag: Flag) -> dict[str, str]:
    return {name: getattr(flag, name) or "" for name in _FIELDS}


def _page(visit: EventVisit, refused: Refused = NONE_REFUSED, notice: str = "") -> str:
    session, event = visit.session, visit.event
    flags, everybody = (
        listed_flags(session, event),
        [("", pgettext("delegations or categories", "all"))],
    )
    delegations = ((one.id, both_names(one)[0]) for one in delegations_of(session, event))
    categories = ((one.id, both_names(one)[0]) for one in categories_of(session, event))
    return visit.show(
        "people/flags.html",
        flags=flags,
        values={one.id: _values_of(one) for one in flags},
        uses=uses_of_flags(session, event),
        notice=notice,
        signs=SIGNS,
        symbols=_symbol_names(),
        delegations=[*everybody, *delegations],
        categories=[*everybody, *categories],
        **refused.shown(visit.language, {"symbol": _symbol_names()}),
    )


def _symbol_names() -> list[tuple[str, str]]:
    names = {
        FlagSymbol.STAR: _("Guest of honour"),
        FlagSymbol.WHEELCHAIR: _("Wheelchair"),
        FlagSymbol.CALL: _("Call somebody"),
        FlagSymbol.SEAT: _("Zone or row"),
        FlagSymbol.MARK: _("Other"),
    }
    return [(symbol.value, f"{SIGNS[symbol]} {name}") for symbol, name in names.items()]
