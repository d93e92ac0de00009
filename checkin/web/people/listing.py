"""The list of people of an event, or of one delegation: filters, order, columns and its pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from checkin.db.models import Delegation
from checkin.domain.people.bulk_changes import BulkChange
from checkin.domain.people.selection import (
    ANY_BUS,
    NO_BUS,
    USUAL_COLUMNS,
    USUAL_COLUMNS_OF_ONE,
    Column,
    Selection,
    Sort,
    Standing,
    selection_in,
)
from checkin.errors import InvalidRequest
from checkin.services.events.events import categories_of, delegations_of
from checkin.services.people.buses import buses_of
from checkin.services.selection.people import Asked, people_page
from checkin.services.selection.sought import sealed_text, text_sealed
from checkin.web.mail.delivery_words import delivery_word, filter_words
from checkin.web.site.addressing.addresses import asked_turn
from checkin.web.site.cookies import cookie_name
from checkin.web.site.languages import both_names
from checkin.web.site.permissions import may_use
from checkin.web.site.visits import EventVisit

#: in an address: what is searched for, sealed
_SOUGHT = "sought"
#: in the browser: the columns that somebody has chosen there
_COOKIE, _KEPT_S = "people-columns", 365 * 24 * 3600
#: what only those see who register people
_OF_REGISTRARS = frozenset({Column.PHONE, Column.EMAIL, Column.DELIVERY})
Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice by which the list is filtered: its name in the address, its label, its options."""

    name: str
    label: str
    options: Options


def listed_people(visit: EventVisit, delegation: Delegation | None = None) -> dict[str, Any]:
    """Return what the list's template shows.

    Args:
        delegation: only its people, on its own page.
    """
    chosen, columns = asked_selection(visit, delegation), columns_shown(visit, delegation)
    asked = Asked(selection=chosen, turn=asked_turn(), columns=columns, seen_at=visit.seen_at)
    is_registrar = _is_registrar(visit)
    return {
        "page": people_page(visit.session, visit.event, asked),
        "selection": chosen,
        "alone": delegation.id if delegation is not None else None,
        "columns": columns,
        "column_words": [(one, word) for one, word in column_words() if _may_see(visit, one)],
        "filters": _filters(visit, delegation),
        "given": address_of(visit, chosen),
        "address_of": partial(address_of, visit),
        "is_filtered": _is_filtered(chosen, delegation or visit.own_delegation),
        "sort_words": sort_words(delegation is not None),
        "by_name": Sort.NAME,
        "by_column": _SORT_OF,
        "word": delivery_word,
        "may_change": is_registrar,
        "changes": change_words(visit),
    }


def asked_selection(visit: EventVisit, delegation: Delegation | None = None) -> Selection:
    """Return the selection of the address, of people whom the operator may see."""
    chosen = selection_in({**request.args.to_dict(), "q": asked_text(visit)})
    own = delegation.id if delegation is not None else visit.own_delegation
    return chosen if own is None else replace(chosen, delegation=own)


def asked_text(visit: EventVisit) -> str:
    """Return what the address says is searched for; "" if nothing is.

    Raises:
        InvalidRequest: it was sealed elsewhere. Everybody would be the wrong answer.
    """
    sealed = request.args.get(_SOUGHT)
    if not sealed:
        return request.args.get("q", "")  # of an address that was kept before texts were sealed
    text = text_sealed(visit.keys, visit.event.slug, sealed)
    if text is None:
        raise InvalidRequest("this address does not say whom to search for: search once more")
    return text


def address_of(visit: EventVisit, chosen: Selection) -> dict[str, str]:
    """Return a selection as the parameters of an address, in which no name can be read."""
    filters = replace(chosen, text="").address()
    if not chosen.text:
        return filters
    return {_SOUGHT: sealed_text(visit.keys, visit.event.slug, chosen.text), **filters}


def columns_shown(visit: EventVisit, delegation: Delegation | None = None) -> Sequence[Column]:
    """Return the columns that were chosen in this browser, else the usual ones."""
    kept = request.cookies.get(cookie_name(_COOKIE))
    usual = USUAL_COLUMNS if delegation is None else USUAL_COLUMNS_OF_ONE
    chosen = usual if kept is None else _columns(kept.split("."))
    return [
        one
        for one in chosen
        if _may_see(visit, one) and not (delegation is not None and one is Column.DELEGATION)
    ]


def keep_columns(answer: Response, chosen: Iterable[str]) -> None:
    """Keep in this browser which columns its lists show."""
    answer.set_cookie(
        cookie_name(_COOKIE),
        ".".join(_columns(chosen)),
        max_age=_KEPT_S,
        path=request.script_root or "/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def column_words() -> list[tuple[Column, str]]:
    """Return every column with what stands over it, in the order in which lists show them."""
    return [
        (Column.NUMBER, _("Number")),
        (Column.DELEGATION, _("Delegation")),
        (Column.CATEGORY, _("Category")),
        (Column.STANDING, _("Registration")),
        (Column.ARRIVED, _("Arrived at")),
        (Column.PHONE, _("Phone")),
        (Column.EMAIL, _("E-mail")),
        (Column.DELIVERY, _("Message")),
        (Column.BUS, _("Bus")),
        (Column.FLAGS, _("Flags")),
    ]


#: the order that a column's heading leads to
_SORT_OF = {
    Column.NUMBER: Sort.NUMBER,
    Column.DELEGATION: Sort.DELEGATION,
    Column.CATEGORY: Sort.CATEGORY,
    Column.ARRIVED: Sort.ARRIVED,
}


def change_words(visit: EventVisit) -> list[tuple[BulkChange, str]]:
    """Return what may be done with all people of a list, with its words."""
    words = [
        (BulkChange.CATEGORY, _("Change the category…")),
        (BulkChange.RESEND, _("Send the badges again…")),
        (BulkChange.PRINT, _("Print the badges…")),
        (BulkChange.CANCEL, _("Cancel…")),
    ]
    return words if visit.by_coordinator else [(BulkChange.MOVE, _("Move…")), *words]


def sort_words(is_of_one: bool) -> list[tuple[Sort, str]]:
    """Return what a list may be ordered by, with its words.

    Args:
        is_of_one: it is the list of one delegation.
    """
    words = [
        (Sort.NAME, _("Name")),
        (Sort.DELEGATION, _("Delegation")),
        (Sort.CATEGORY, _("Category")),
        (Sort.NUMBER, _("Number")),
        (Sort.ARRIVED, _("Arrived at")),
    ]
    return [one for one in words if not (is_of_one and one[0] is Sort.DELEGATION)]


def _filters(visit: EventVisit, delegation: Delegation | None) -> list[Filter]:
    everybody = ("", _("All"))
    found = []
    if delegation is None and visit.own_delegation is None:
        delegations = delegations_of(visit.session, visit.event)
        found.append(Filter("delegation", _("Delegation"), [everybody, *_named(delegations)]))
    categories = categories_of(visit.session, visit.event)
    found.append(Filter("category", _("Category"), [everybody, *_named(categories)]))
    found.append(Filter("status", _("Registration"), [everybody, *_standings(visit)]))
    found.append(
        Filter(
            "arrived",
            _("Arrival"),
            [everybody, ("yes", _("Arrived")), ("no", _("Not arrived"))],
        )
    )
    if _is_registrar(visit):
        deliveries = [one for one in filter_words() if one[0] != "all"]
        found.append(Filter("delivered", _("Badge by e-mail"), [everybody, *deliveries]))
    found.append(Filter("bus", _("Bus"), [everybody, *_buses(visit, delegation)]))
    found.append(
        Filter("flagged", _("Flags"), [everybody, ("yes", _("With a flag")), ("no", _("Without"))])
    )
    return found


def _standings(visit: EventVisit) -> Options:
    words = [
        (Standing.CONFIRMED, _("Confirmed")),
        (Standing.RESERVE, _("Reserve list")),
        (Standing.CANCELED, _("Canceled")),
        (Standing.BLOCKED, _("Blocked")),
    ]
    if not visit.by_coordinator:
        words.append((Standing.TO_CHECK, _("To be checked")))
    return [(str(one), word) for one, word in words]


def _buses(visit: EventVisit, delegation: Delegation | None) -> Options:
    own = delegation.id if delegation is not None else visit.own_delegation
    buses = [(str(bus.id), bus.name) for bus in buses_of(visit.session, visit.event.id, own)]
    return [(ANY_BUS, _("In a bus")), (NO_BUS, _("Without a bus")), *buses]


def _named(things: Iterable[Any]) -> Options:
    return [(str(thing.id), both_names(thing)[0]) for thing in things]


def _is_filtered(chosen: Selection, own: object) -> bool:
    whole = Selection(delegation=chosen.delegation) if own is not None else Selection()
    return chosen.unordered() != whole


def _columns(chosen: Iterable[str]) -> list[Column]:
    wanted = set(chosen)
    return [one for one, _word in column_words() if one in wanted]


def _may_see(visit: EventVisit, column: Column) -> bool:
    return column not in _OF_REGISTRARS or _is_registrar(visit)


def _is_registrar(visit: EventVisit) -> bool:
    return may_use(visit.operator, "participants.edit")
