"""Validate delegations and quotas from forms or sheets, and plan what each row would do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from checkin.domain.common.contacts import normalise_phone
from checkin.domain.common.form_marks import changed_since
from checkin.domain.common.forms import Form
from checkin.domain.common.names import clean_name, fold_name
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.domain.events.details import whole_number
from checkin.domain.people.importing.headings import column_named, folded_headings
from checkin.domain.people.importing.unreadable import UnreadableFile

MAX_QUOTA = 100_000
#: no country has more; a longer list is one of people
MAX_DELEGATIONS = 300
COLUMNS = ("name", "name_ar", "quota", "kept", "coordinator_phone")
_HEADINGS = folded_headings(
    {
        "name": "délégation | délégations | nom | nom de la délégation | province | préfecture | "
        "province/préfecture | delegation | delegations | name",
        "name_ar": "délégation en arabe | nom en arabe | nom arabe | arabic name | "
        "name in arabic | delegation in arabic | الوفد | وفد | الاسم | الاسم بالعربية | "
        "الوفد بالعربية | الإقليم | إقليم | العمالة أو الإقليم",
        "quota": "quota | quotas | places | nombre de places | nb de places | nb places | "
        "effectif | nombre | seats | number of places | المقاعد | عدد المقاعد | الحصة | العدد | "
        "الكوطا",
        "kept": "places gardées | places hors ligne | places gardées pour les portes hors ligne | "
        "offline places | places kept | places kept for gates without network | "
        "أماكن دون اتصال | أماكن محفوظة | أماكن محفوظة للأبواب دون اتصال",
        "coordinator_phone": "téléphone | tél | gsm | téléphone du coordinateur | "
        "téléphone de la coordination | phone | coordinator's phone | phone of its coordinators | "
        "الهاتف | هاتف | هاتف المنسق | هاتف المنسّق | هاتف التنسيق",
    }
)
_NO_FRACTION = re.compile(r"[.,]00?$")
#: a number as people write it who part its thousands: 1.000 is a thousand places, not one
_THOUSANDS = re.compile(r"(?<=\d)[.,'’٬](?=\d{3}(\D|$))")
_PERCENT = re.compile(r"\s*[%٪]$")


@dataclass(frozen=True, slots=True)
class KeptPlaces:
    """How many of a quota's places are kept for gates without the network.

    Where neither a number nor per cent of the quota is given, `checkin.domain.scanning.leases.pool`
    says how many these gates may give away.
    """

    places: int | None = None
    percent: int | None = None

    def __str__(self) -> str:
        """Return it as people write it: ``20``, ``5 %``, or nothing."""
        if self.percent is not None:
            return f"{self.percent} %"
        return "" if self.places is None else str(self.places)

    def of(self, quota: int) -> int | None:
        """Return how many places of a quota are kept; None where nobody has said."""
        return self.places if self.percent is None else quota * self.percent // 100


NOT_SAID = KeptPlaces()


@dataclass(frozen=True, slots=True)
class DelegationDetails:
    """A valid delegation.

    Attributes:
        coordinator_phone: at which gates may reach its coordinators, E.164.
    """

    name: str
    name_ar: str | None
    quota: int
    kept: KeptPlaces = NOT_SAID
    coordinator_phone: str | None = None


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """One row of a sheet, or of the form that corrects it; texts by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KnownDelegation:
    """A delegation that exists already.

    Attributes:
        taken: how many places of its quota are registered, or used by people who are not.
        lent: how many more gates may give away now.
    """

    id: int
    name: str
    name_ar: str | None
    quota: int
    taken: int
    kept: KeptPlaces = NOT_SAID
    lent: int = 0
    coordinator_phone: str | None = None

    @property
    def least(self) -> int:
        """The least that the quota may be."""
        return self.taken + self.lent


class QuotaAction(StrEnum):
    """What a row of a quota sheet would do."""

    ADD = "add"
    CHANGE = "change"
    SKIP = "skip"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class PlannedQuota:
    """A row of a quota sheet with what it would do.

    Attributes:
        known: the existing delegation that the row names, if there is one.
        details: the delegation's new details; None if the row is refused.
    """

    row: QuotaRow
    action: QuotaAction
    problems: tuple[Problem, ...] = ()
    known: KnownDelegation | None = None
    details: DelegationDetails | None = None


def quota_column(heading: str) -> str | None:
    """Return the column of a quota sheet that a heading names, None if it is not recognised."""
    return column_named(heading, _HEADINGS)


def quota_columns(headings: Sequence[str]) -> Mapping[int, str]:
    """Return the column at each position of a quota sheet's rows.

    Raises:
        UnreadableFile: ``missing_columns`` without names or quotas, ``duplicated_columns``.
    """
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        column = quota_column(heading)
        if column in found:
            raise UnreadableFile("duplicated_columns", headings[found[column]], heading)
        if column:
            found[column] = at
    missing = [] if {"name", "name_ar"} & set(found) else ["Délégation / الوفد / Delegation"]
    missing += [] if "quota" in found else ["Places / المقاعد / Places"]
    if missing:
        named = ", ".join(heading for heading in headings if heading) or "–"
        raise UnreadableFile("missing_columns", " + ".join(missing), named)
    return {at: column for column, at in found.items()}


def validate_delegation(raw: Mapping[str, str]) -> DelegationDetails | list[Problem]:
    """Return the delegation that ``raw`` describes, or everything that is wrong with it.

    A name in one script is enough.
    """
    form = Form(raw)
    name_ar = form.read("name_ar", lambda text: clean_name(text) if text else None)
    name = form.read("name", lambda text: clean_name(text or name_ar or ""))
    quota = form.read("quota", _quota)
    kept = form.read("kept", lambda text: _kept(text, MAX_QUOTA if quota is None else quota))
    phone = form.read("coordinator_phone", lambda text: normalise_phone(text) if text else None)
    name_ar = None if name == name_ar else name_ar
    return form.problems or DelegationDetails(name, name_ar, quota, kept, phone)


def plan_quotas(
    rows: Sequence[QuotaRow], known: Sequence[KnownDelegation]
) -> Sequence[PlannedQuota]:
    """Decide what each row would do: add a delegation, change one, nothing, or be refused."""
    by_name = {fold_name(n): one for one in known for n in (one.name, one.name_ar) if n}
    first_row: dict[str, int] = {}
    return [_plan(row, by_name, first_row) for row in rows]


def _plan(
    row: QuotaRow, by_name: Mapping[str, KnownDelegation], first_row: dict[str, int]
) -> PlannedQuota:
    details = validate_delegation(row.cells)
    if isinstance(details, list):
        return PlannedQuota(row, QuotaAction.REFUSE, tuple(details))
    names = [fold_name(name) for name in (details.name, details.name_ar) if name]
    if repeated := next((first_row[name] for name in names if name in first_row), None):
        problem = Problem("name", "repeated_delegation", details.name, (str(repeated),))
        return PlannedQuota(row, QuotaAction.REFUSE, (problem,))
    first_row.update(dict.fromkeys(names, row.number))
    found = [by_name[name] for name in names if name in by_name]
    if len({one.id for one in found}) > 1:
        problem = Problem("name_ar", "name_taken", details.name_ar or "", (found[1].name,))
        return PlannedQuota(row, QuotaAction.REFUSE, (problem,))
    if not found:
        return PlannedQuota(row, QuotaAction.ADD, details=details)
    return _change(row, found[0], details)


def _change(row: QuotaRow, known: KnownDelegation, details: DelegationDetails) -> PlannedQuota:
    # A sheet tells quotas; how a delegation's name is spelt stays as it was, unless it lacks one.
    kept = known.kept if details.kept == NOT_SAID else details.kept
    wanted = replace(
        details,
        name=known.name,
        name_ar=known.name_ar or details.name_ar,
        kept=kept,
        coordinator_phone=details.coordinator_phone or known.coordinator_phone,
    )
    if problem := too_few(details.quota, known):
        return PlannedQuota(row, QuotaAction.REFUSE, (problem,), known)
    was = DelegationDetails(
        known.name, known.name_ar, known.quota, known.kept, known.coordinator_phone
    )
    return PlannedQuota(
        row, QuotaAction.SKIP if wanted == was else QuotaAction.CHANGE, (), known, wanted
    )


def shown_of(planned: PlannedQuota) -> Mapping[str, str]:
    """Return what a row overwrites, as the page shows it beside the row: to be marked."""
    known = planned.known
    if known is None:
        return {"delegation": ""}
    return {"delegation": str(known.id), **_in_columns(known)}


def unseen(planned: PlannedQuota, mark: str) -> Mapping[str, str]:
    """Return what a row would overwrite that was not shown beside it: the values now, by column.

    The column `name` says that the row adds or changes another delegation than was shown.

    Args:
        mark: of what was shown, `form_mark` of `shown_of`; "" if nothing was.
    """
    if planned.action not in (QuotaAction.ADD, QuotaAction.CHANGE) or planned.details is None:
        return {}
    changed = changed_since(mark, shown_of(planned))
    if "delegation" in changed:
        return {"name": changed["delegation"]}
    wanted = _in_columns(planned.details)
    return {column: text for column, text in changed.items() if wanted[column] != text}


def _in_columns(of: KnownDelegation | DelegationDetails) -> dict[str, str]:
    """Return what rows overwrite of a delegation, by column."""
    return {
        "quota": str(of.quota),
        "kept": str(of.kept),
        "coordinator_phone": of.coordinator_phone or "",
    }


def too_few(quota: int, known: KnownDelegation) -> Problem | None:
    """Return the problem of a quota that is lowered below the places that are taken already.

    More places than the quota has may be taken: from the moment on at which the reserve list is let
    in, its people use those that others did not come for. The quota may grow all the same.
    """
    if quota >= known.least or quota >= known.quota:
        return None
    return Problem("quota", "quota_below_places", str(quota), (str(known.least),))


def _quota(text: str) -> int:
    if not text:
        raise InvalidValue("missing_text", text)
    return whole_number(_THOUSANDS.sub("", _NO_FRACTION.sub("", text)), 0, MAX_QUOTA)


def _kept(text: str, quota: int) -> KeptPlaces:
    if not text:
        return NOT_SAID
    number = _PERCENT.sub("", text)
    if number != text:
        return KeptPlaces(percent=whole_number(number, 0, 100))
    return KeptPlaces(places=whole_number(_THOUSANDS.sub("", _NO_FRACTION.sub("", text)), 0, quota))
