"""What somebody has answered about the sheets of a file: the form, and what it creates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from checkin.db.models import Category, Delegation
from checkin.domain.common.names import clean_name, fold_name
from checkin.domain.common.problems import InvalidValue
from checkin.domain.people.importing.sheets import LATER, MEANINGS, SheetChoices
from checkin.domain.people.quotas import validate_delegation
from checkin.services.events.events import categories_of, delegations_of, next_category_look
from checkin.services.people.categories import CategoryDetails, new_category
from checkin.services.people.category_wishes import wished_names
from checkin.services.people.quotas import new_delegation
from checkin.web.people.importing.import_review import line_words
from checkin.web.site.languages import both_names
from checkin.web.site.visits import DelegationVisit, EventVisit
from checkin.words.problems import column_name, problem_advice

#: of a choice: create what the file names
CREATE = "+"
#: before a name that stands for a text
_NAMED = "="

Form = MultiDict[str, str]
#: a sentence for each field of the form that is wrong
Problems = dict[str, str]
#: what stands for texts, by column and folded text
Values = dict[str, dict[str, str]]


def answered_choices(form: Form, asked: Mapping[str, Any], before: SheetChoices) -> SheetChoices:
    """Return the choices of a form; what it did not ask stays as it was."""
    columns = {
        column["key"]: meaning
        for at, column in enumerate(asked["columns"])
        if (meaning := form.get(f"column-{at}")) is not None and meaning in (*MEANINGS, "")
    }
    lines = [line["number"] for line in asked["lines"] if line["reason"] != "hidden"]
    left_out = set(form.getlist("leave", type=int))
    turned = {order["column"] for order in asked["orders"]}
    return replace(
        before,
        sheets=tuple(form.getlist("sheet", type=int))
        if len(asked["sheets"]) > 1
        else before.sheets,
        columns={**before.columns, **columns},
        turned=frozenset(
            (before.turned - turned) | {one for one in turned if form.get(f"turn-{one}") == "yes"}
        ),
        with_hidden=form.get("hidden") == "with",
        entries=frozenset(number for number in lines if number not in left_out),
        values={**before.values, **_values(form, asked)},
        defaults={**before.defaults, **_defaults(form, asked)},
    )


def _values(form: Form, asked: Mapping[str, Any]) -> Values:
    found: Values = {}
    for column, at, value in _asked_values(asked):
        said = form.get(f"value-{column}-{at}", "")
        name = said.removeprefix(_NAMED) if said.startswith(_NAMED) else ""
        found.setdefault(column, {})[value["folded"]] = LATER if said == LATER else name
    return found


def _defaults(form: Form, asked: Mapping[str, Any]) -> dict[str, str]:
    said = {column: form.get(f"default-{column}") for column in asked["empty"]}
    return {
        column: one.removeprefix(_NAMED) if one.startswith(_NAMED) else one
        for column, one in said.items()
        if one is not None
    }


def _asked_values(asked: Mapping[str, Any]) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    for column, values in asked["values"].items():
        for at, value in enumerate(values):
            yield column, at, value


def create_asked_for(
    visit: EventVisit, form: Form, asked: Mapping[str, Any], *, alone: bool
) -> tuple[Values, Problems]:
    """Create the categories and delegations that a form asks for, in the order of the file.

    Args:
        alone: the list is of one delegation: its coordinator creates nothing.

    Returns:
        The names that stand for the texts, and what is wrong with which fields.
    """
    created: Values = {}
    problems: Problems = {}
    if alone:
        return created, problems
    for column, at, value in _asked_values(asked):
        if form.get(f"value-{column}-{at}") != CREATE:
            continue
        try:
            if column == "category":
                name = _category_named(visit, value["text"])
            else:
                name = _delegation_named(visit, value["text"], form.get(f"quota-{at}", ""))
        except InvalidValue as fault:
            problems[f"value-{column}-{at}"] = problem_advice(
                fault.in_column(column), visit.language
            )
        else:
            created.setdefault(column, {})[value["folded"]] = name
    return created, problems


def _category_named(visit: EventVisit, text: str) -> str:
    known = categories_of(visit.session, visit.event)
    if same := _same(known, text):
        return same
    details = CategoryDetails(clean_name(text), None, next_category_look(known))
    return new_category(visit.session, visit.event, details, **visit.who).name


def _delegation_named(visit: EventVisit, text: str, quota: str) -> str:
    if same := _same(delegations_of(visit.session, visit.event), text):
        return same
    details = validate_delegation({"name": text, "quota": quota})
    if isinstance(details, list):
        first = details[0]
        raise InvalidValue(first.code, first.value, *first.hints)
    new_delegation(visit.session, visit.event, details, **visit.who)
    return details.name


def _same(known: Sequence[Category] | Sequence[Delegation], text: str) -> str:
    folded = fold_name(text)
    names = ((one.name, (one.name, one.name_ar or "")) for one in known)
    return next((name for name, both in names if folded in map(fold_name, both)), "")


def shown_questions(
    visit: EventVisit,
    asked: Mapping[str, Any],
    choices: SheetChoices,
    problems: Problems | None = None,
    sent: Form | None = None,
) -> dict[str, Any]:
    """Return what the page of the questions shows."""
    return {
        "asked": asked,
        "choices": choices,
        "problems": problems or {},
        "sent": sent or {},
        "meanings": _meanings(visit),
        "offered": {
            "category": _offered(categories_of(visit.session, visit.event)),
            "delegation": _offered(delegations_of(visit.session, visit.event)),
        },
        "line_words": line_words(),
        "faults": [_fault(fault, visit.language) for fault in asked["faults"]],
        "wished": _wished(visit),
        "later": LATER,
        "create": CREATE,
    }


def _wished(visit: EventVisit) -> set[str]:
    """Return the categories that were asked for already, folded."""
    if isinstance(visit, DelegationVisit):
        return wished_names(visit.session, visit.delegation)
    return set()


def _offered(known: Sequence[Category] | Sequence[Delegation]) -> list[tuple[str, str]]:
    return [(_NAMED + one.name, both_names(one)[0]) for one in known]


def _meanings(visit: EventVisit) -> list[tuple[str, str]]:
    halves = {
        "first_name": _("First name"),
        "last_name": _("Family name"),
        "first_name_ar": _("First name in Arabic"),
        "last_name_ar": _("Family name in Arabic"),
    }
    order = ("name", *halves, "name_ar")
    others = [one for one in MEANINGS if one not in order]
    if isinstance(visit, DelegationVisit):
        others.remove("delegation")
        others.append("delegation")
    named = {"name": _("Whole name"), "name_ar": _("Whole name in Arabic")} | halves
    return [(one, named.get(one) or column_name(one, visit.language)) for one in (*order, *others)]


def _fault(fault: str, language: str) -> str:
    code, _colon, meaning = fault.partition(":")
    if code == "two_columns":
        halves = {"first_name": _("First name"), "last_name": _("Family name")}
        named = halves.get(meaning.removesuffix("_ar")) or column_name(meaning, language)
        return str(_("Two columns mean the same: %(name)s. Choose one of them.", name=named))
    return {
        "no_sheet": str(_("Choose at least one sheet.")),
        "no_name": str(_("Say which column has the names.")),
        "too_many_rows": str(_("The list is too long: at most 20,000 rows at once.")),
    }[code]
