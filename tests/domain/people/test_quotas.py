"""Delegations with their quotas, from a form or a sheet: what each row would do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checkin.domain.common.form_marks import form_mark
from checkin.domain.common.problems import Problem
from checkin.domain.people.importing.unreadable import UnreadableFile
from checkin.domain.people.quotas import (
    COLUMNS,
    DelegationDetails,
    KeptPlaces,
    KnownDelegation,
    PlannedQuota,
    QuotaAction,
    QuotaRow,
    plan_quotas,
    quota_column,
    quota_columns,
    shown_of,
    too_few,
    unseen,
    validate_delegation,
)

KHEMISSET = KnownDelegation(1, "Khémisset", "الخميسات", quota=1000, taken=600)
TIFLET = KnownDelegation(2, "Tiflet", None, quota=50, taken=50)


def row(number, name, quota, name_ar=""):
    return QuotaRow(number, {"name": name, "name_ar": name_ar, "quota": quota})


def planned(*rows):
    return list(plan_quotas(rows, [KHEMISSET, TIFLET]))


@pytest.mark.parametrize(
    ("raw", "details"),
    [
        ({"name": "Tiflet", "quota": "50"}, ("Tiflet", None, 50)),
        ({"name": "Tiflet", "name_ar": "تيفلت", "quota": "0"}, ("Tiflet", "تيفلت", 0)),
        ({"name_ar": "تيفلت", "quota": "100000"}, ("تيفلت", None, 100_000)),
        ({"name": "تيفلت", "name_ar": "تيفلت", "quota": "٥٠"}, ("تيفلت", None, 50)),
        ({"name": "Tiflet", "quota": "50.0"}, ("Tiflet", None, 50)),
        ({"name": "Tiflet", "quota": "1 000,00"}, ("Tiflet", None, 1000)),
        ({"name": "Tiflet", "quota": "1.000"}, ("Tiflet", None, 1000)),
        ({"name": "Tiflet", "quota": "2,000"}, ("Tiflet", None, 2000)),
        ({"name": "Tiflet", "quota": "١٬٠٠٠"}, ("Tiflet", None, 1000)),
    ],
)
def test_a_delegation_is_a_name_in_either_script_and_a_quota(raw, details):
    assert validate_delegation(raw) == DelegationDetails(*details)


@pytest.mark.parametrize(
    ("text", "kept", "of_50"),
    [
        ("", KeptPlaces(), None),
        ("0", KeptPlaces(places=0), 0),
        ("20", KeptPlaces(places=20), 20),
        ("٢٠", KeptPlaces(places=20), 20),
        ("5 %", KeptPlaces(percent=5), 2),
        ("100 %", KeptPlaces(percent=100), 50),
        ("٥٪", KeptPlaces(percent=5), 2),
    ],
)
def test_places_are_kept_as_a_number_or_per_cent_of_the_quota(text, kept, of_50):
    found = validate_delegation({"name": "Tiflet", "quota": "50", "kept": text})

    assert found == DelegationDetails("Tiflet", None, 50, kept)
    assert kept.of(50) == of_50
    assert validate_delegation({"name": "Tiflet", "quota": "50", "kept": str(kept)}) == found


@pytest.mark.parametrize(
    ("text", "limit"), [("51", "0-50"), ("-1", "0-50"), ("101 %", "0-100"), ("half", "0-50")]
)
def test_more_places_than_there_are_cannot_be_kept(text, limit):
    assert validate_delegation({"name": "Tiflet", "quota": "50", "kept": text}) == [
        Problem("kept", "invalid_number", text.removesuffix(" %"), (limit,))
    ]


def test_a_sheet_that_says_nothing_of_kept_places_leaves_them():
    known = replace(TIFLET, kept=KeptPlaces(places=4))

    [same] = plan_quotas([row(2, "Tiflet", "50")], [known])
    [other] = plan_quotas([QuotaRow(2, {"name": "Tiflet", "quota": "50", "kept": "6"})], [known])

    assert (same.action, other.action) == (QuotaAction.SKIP, QuotaAction.CHANGE)
    assert other.details == DelegationDetails("Tiflet", None, 50, KeptPlaces(places=6))


def test_a_quota_is_not_below_what_gates_may_still_give_away():
    known = replace(TIFLET, taken=30, lent=10)

    assert too_few(40, known) is None
    assert too_few(39, known) == Problem("quota", "quota_below_places", "39", ("40",))


def test_a_delegation_may_have_the_telephone_of_its_coordinators():
    raw = {"name": "Tiflet", "quota": "50", "coordinator_phone": "0612345678"}

    assert validate_delegation(raw) == DelegationDetails(
        "Tiflet", None, 50, coordinator_phone="+212612345678"
    )


def test_a_sheet_without_telephones_leaves_them():
    known = replace(TIFLET, coordinator_phone="+212612345678")

    [same] = plan_quotas([row(2, "Tiflet", "50")], [known])

    assert (same.action, same.details.coordinator_phone) == (QuotaAction.SKIP, "+212612345678")


def test_everything_wrong_with_a_delegation_is_said_at_once():
    assert validate_delegation({"name_ar": "12", "quota": "100001"}) == [
        Problem("name_ar", "no_letters", "12"),
        Problem("name", "missing_name"),
        Problem("quota", "invalid_number", "100001", ("0-100000",)),
    ]
    assert validate_delegation({"name": "Tiflet"}) == [Problem("quota", "missing_text")]


def test_a_row_adds_changes_skips_or_is_refused():
    rows = [
        row(2, "Rommani", "20"),
        row(3, "KHEMISSET", "1200"),
        row(4, "Tiflet", "50"),
        row(5, "", "7"),
    ]

    assert planned(*rows) == [
        PlannedQuota(rows[0], QuotaAction.ADD, (), None, DelegationDetails("Rommani", None, 20)),
        PlannedQuota(
            *(rows[1], QuotaAction.CHANGE, (), KHEMISSET),
            DelegationDetails("Khémisset", "الخميسات", 1200),
        ),
        PlannedQuota(rows[2], QuotaAction.SKIP, (), TIFLET, DelegationDetails("Tiflet", None, 50)),
        PlannedQuota(rows[3], QuotaAction.REFUSE, (Problem("name", "missing_name"),)),
    ]


def test_a_delegation_is_found_in_either_script_and_keeps_its_spelling():
    arabic, both = row(2, "الخميسات", "1000"), row(3, "TIFLET", "50", "تيفلت")

    [found, completed] = planned(arabic, both)

    assert (found.action, found.known) == (QuotaAction.SKIP, KHEMISSET)
    assert found.details == DelegationDetails("Khémisset", "الخميسات", 1000)
    assert (completed.action, completed.known) == (QuotaAction.CHANGE, TIFLET)
    assert completed.details == DelegationDetails("Tiflet", "تيفلت", 50)


def test_a_delegation_is_named_once_and_by_its_own_names():
    again, two = row(3, "tiflet", "60"), row(4, "Khémisset", "1000", "Tiflet")
    other = QuotaRow(5, {"name": "Rommani", "name_ar": "الخميسات", "quota": "30"})

    refused = planned(row(2, "Tiflet", "60"), again)[1]
    contradicting = planned(two)[0]
    arabic_twice = planned(row(2, "الخميسات", "1000"), other)[1]

    assert refused == PlannedQuota(
        again, QuotaAction.REFUSE, (Problem("name", "repeated_delegation", "tiflet", ("2",)),)
    )
    assert contradicting == PlannedQuota(
        two, QuotaAction.REFUSE, (Problem("name_ar", "name_taken", "Tiflet", ("Tiflet",)),)
    )
    assert arabic_twice.problems == (Problem("name", "repeated_delegation", "Rommani", ("2",)),)


@pytest.mark.parametrize(
    ("quota", "refused"), [(600, False), (599, True), (1000, False), (0, True)]
)
def test_a_quota_is_not_below_the_places_that_are_taken(quota, refused):
    problem = Problem("quota", "quota_below_places", str(quota), ("600",))
    wanted = row(2, "Khémisset", str(quota))

    assert too_few(quota, KHEMISSET) == (problem if refused else None)
    plan = planned(wanted)[0]
    assert (plan.action == QuotaAction.REFUSE, plan.known) == (refused, KHEMISSET)
    assert plan.problems == ((problem,) if refused else ())


def test_a_quota_that_was_exceeded_already_may_stay_or_grow():
    exceeded = KnownDelegation(3, "Rommani", None, quota=5, taken=9)

    assert (too_few(5, exceeded), too_few(8, exceeded)) == (None, None)
    assert too_few(4, exceeded) == Problem("quota", "quota_below_places", "4", ("9",))


@pytest.mark.parametrize(
    "quota", ["-1", "100001", "1000000", "9999999999", "12.5", "1e3", "½", "²", "mille", "٣٫٥"]
)
def test_what_is_no_number_of_places_is_refused_with_the_limits(quota):
    assert validate_delegation({"name": "Tiflet", "quota": quota}) == [
        Problem("quota", "invalid_number", quota, ("0-100000",))
    ]


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (["Délégation", "", "Places"], {0: "name", 2: "quota"}),
        (["Quota", "الوفد"], {0: "quota", 1: "name_ar"}),
        (["Province", "الإقليم", "N°", "المقاعد"], {0: "name", 1: "name_ar", 3: "quota"}),
    ],
)
def test_the_columns_of_a_quota_sheet_are_found_by_their_headings(headings, columns):
    assert quota_columns(headings) == columns


def test_a_corrected_sheet_has_the_columns_that_a_heading_may_name():
    headings = ("Délégation", "الوفد", "Places", "Places gardées", "Téléphone")

    assert tuple(map(quota_column, headings)) == COLUMNS


@pytest.mark.parametrize(
    ("headings", "reason", "facts"),
    [
        (["Province", "Places", "Délégation"], "duplicated_columns", ("Province", "Délégation")),
        (["Province"], "missing_columns", ("Places / المقاعد / Places", "Province")),
        (
            ["Places", "", "N°"],
            "missing_columns",
            ("Délégation / الوفد / Delegation", "Places, N°"),
        ),
        (
            [""],
            "missing_columns",
            ("Délégation / الوفد / Delegation + Places / المقاعد / Places", "–"),
        ),
    ],
)
def test_a_sheet_without_these_columns_is_refused(headings, reason, facts):
    with pytest.raises(UnreadableFile) as refused:
        quota_columns(headings)

    assert (refused.value.reason, refused.value.facts) == (reason, facts)


def only(row, known):
    [one] = plan_quotas([row], known)
    return one


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ([TIFLET], [TIFLET], {}),
        ([TIFLET], [replace(TIFLET, taken=20)], {}),
        ([TIFLET], [replace(TIFLET, quota=55)], {"quota": "55"}),
        ([TIFLET], [replace(TIFLET, quota=60)], {}),  # both want the same
        ([TIFLET], [replace(TIFLET, kept=KeptPlaces(3))], {}),  # the row does not say
        ([TIFLET], [], {"name": ""}),  # deleted: the row would add it again
        ([], [TIFLET], {"name": "2"}),  # added meanwhile
        ([], [replace(TIFLET, quota=60)], {}),  # added meanwhile, just as the row wants it
        ([], [], {}),
        ([TIFLET], [replace(TIFLET, name="Tifelt")], {"name": ""}),
    ],
)
def test_what_a_row_would_overwrite_that_nobody_has_seen_is_found(before, now, told):
    row = QuotaRow(4, {"name": "Tiflet", "quota": "60"})
    mark = form_mark(shown_of(only(row, before)))

    assert unseen(only(row, now), mark) == told


def test_a_row_without_a_mark_is_not_compared():
    assert unseen(only(QuotaRow(4, {"name": "Tiflet", "quota": "60"}), [TIFLET]), "") == {}
