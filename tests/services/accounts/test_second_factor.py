"""The second factor: turned on, each code accepted once, turned off."""

from __future__ import annotations

import re

import pytest

from checkin.db.models import Activity, Operator, RecoveryCode, Role
from checkin.domain.accounts.totp import code_of, step_at
from checkin.errors import InvalidRequest, Unauthenticated
from checkin.services.accounts.operators import add_operator
from checkin.services.accounts.second_factor import (
    RECOVERY_CODES,
    add_codes,
    codes_left,
    new_secret,
    pass_second_factor,
    renew_codes,
    seal,
    turn_off,
    turn_on,
    unseal,
)
from checkin.services.common.keys import Keys
from tests.support.factories import KEYS, NOW, minutes, write
from tests.support.racing import race_outcomes

SECRET = b"12345678901234567890"


def code_at(moment) -> str:
    return code_of(SECRET, step_at(moment))


@pytest.fixture
def operator(database) -> Operator:
    return write(
        database,
        lambda s: (
            add_operator(
                s, email="samira@example.org", name="Samira", role=Role.ORGANISER, now=NOW
            ).operator
        ),
    )


def on_account(database, operator, work):
    return write(database, lambda s: work(s, s.get_one(Operator, operator.id)))


@pytest.fixture
def codes(database, operator) -> list[str]:
    """The recovery codes of an operator whose second factor was turned on at NOW."""
    return on_account(
        database, operator, lambda s, o: turn_on(s, o, KEYS, SECRET, code_at(NOW), now=NOW)
    )


def passes(database, operator, code, now):
    on_account(database, operator, lambda s, o: pass_second_factor(s, o, KEYS, code, now=now))


def is_let_in(database, operator, code, now) -> bool:
    try:
        passes(database, operator, code, now)
    except Unauthenticated:
        return False
    return True


def test_a_second_factor_is_turned_on_only_with_a_valid_code_of_the_app(database, operator):
    with pytest.raises(InvalidRequest):
        on_account(database, operator, lambda s, o: turn_on(s, o, KEYS, SECRET, "000000", now=NOW))

    with database.read() as session:
        assert session.get(Operator, operator.id).totp_sealed is None


def test_a_code_signs_in_once_and_an_older_one_never(database, operator, codes):
    later = NOW + minutes(2)

    answers = [
        is_let_in(database, operator, code_at(at), later)
        for at in (later, later, later - minutes(0.5), later + minutes(0.5))
    ]

    assert answers == [True, False, False, True]


def test_the_code_that_turned_it_on_does_not_sign_in(database, operator, codes):
    assert not is_let_in(database, operator, code_at(NOW), NOW)


def test_of_eight_concurrent_sign_ins_with_one_code_one_succeeds(database, operator, codes):
    later = NOW + minutes(2)

    outcomes = race_outcomes(8, lambda _: passes(database, operator, code_at(later), later))

    assert [one for one in outcomes if one is None] == [None]
    assert {type(one) for one in outcomes if one is not None} == {Unauthenticated}


def test_of_eight_concurrent_sign_ins_with_one_recovery_code_one_succeeds(
    database, operator, codes
):
    outcomes = race_outcomes(8, lambda _: passes(database, operator, codes[0], NOW))

    assert [one for one in outcomes if one is None] == [None]
    with database.read() as session:
        assert codes_left(session, operator.id) == RECOVERY_CODES - 1


def test_a_recovery_code_may_be_typed_with_spaces_and_in_any_case(database, operator, codes):
    first, second = codes[:2]

    assert is_let_in(database, operator, f" {first.upper().replace('-', ' ')} ", NOW)
    assert is_let_in(database, operator, second.replace("-", ""), NOW)


def test_a_recovery_code_holds_120_bits(codes):
    assert {re.fullmatch("[a-z2-7]{4}(-[a-z2-7]{4}){5}", code) is None for code in codes} == {False}
    assert len(set(codes)) == RECOVERY_CODES


def test_a_code_may_be_typed_in_arabic_digits(database, operator, codes):
    later = NOW + minutes(2)
    written = code_at(later).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    assert is_let_in(database, operator, written, later)


def test_new_recovery_codes_invalidate_the_former_ones(database, operator, codes):
    new = on_account(database, operator, lambda s, o: renew_codes(s, o, KEYS, now=NOW))

    assert not is_let_in(database, operator, codes[0], NOW)
    assert is_let_in(database, operator, new[0], NOW)


def test_neither_secret_nor_codes_are_in_the_database(database, operator, codes):
    with database.read() as session:
        sealed = session.get(Operator, operator.id).totp_sealed
        hashes = b"".join(row.code_hash for row in session.query(RecoveryCode))
    assert SECRET not in sealed
    assert not any(code.replace("-", "").encode() in hashes for code in codes)
    assert unseal(Keys(bytes(32)), operator.id, sealed) is None
    assert unseal(KEYS, operator.id + 1, sealed) is None
    assert unseal(KEYS, operator.id, sealed) == SECRET


def test_an_invalid_sealed_secret_is_treated_as_none(operator):
    assert unseal(KEYS, operator.id, b"") is None
    assert unseal(KEYS, operator.id, seal(KEYS, operator.id, new_secret())[:-1]) is None


def test_turning_off_the_second_factor_deletes_its_codes_and_is_logged(database, operator, codes):
    on_account(database, operator, lambda s, o: turn_off(s, o, now=NOW, by=None))

    with database.read() as session:
        noted = session.query(Activity).filter_by(action="operator.second_factor_off").one()
        assert codes_left(session, operator.id) == 0
    assert noted.details == {"account": operator.id}
    assert not is_let_in(database, operator, codes[0], NOW)


def test_the_codes_that_were_printed_with_the_account_stay_good_beside_those_of_the_set_up(
    database, operator
):
    [printed, *_] = on_account(database, operator, lambda s, o: add_codes(s, o, KEYS))
    assert not is_let_in(database, operator, printed, NOW)  # alone they stand for nothing

    [made, *_] = on_account(
        database, operator, lambda s, o: turn_on(s, o, KEYS, SECRET, code_at(NOW), now=NOW)
    )

    assert is_let_in(database, operator, printed, NOW)
    assert is_let_in(database, operator, made, NOW)
