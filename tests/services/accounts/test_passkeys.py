"""Passkeys: each belongs to one person and one name of the server, and an answer counts once."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from checkin.db.models import Operator, Passkey, Role
from checkin.domain.accounts.relying_party import RelyingParty
from checkin.errors import Conflict, InvalidRequest, Unauthenticated
from checkin.services.accounts.operators import add_operator
from checkin.services.accounts.passkeys import (
    MOST_PASSKEYS,
    PATIENCE,
    add_passkey,
    new_challenge,
    options_to_add,
    options_to_sign_in,
    pass_by_passkey,
    passkeys_of,
    remove_passkey,
)
from checkin.services.accounts.second_factor import turn_off
from tests.support.factories import KEYS, NOW, noted, write
from tests.support.others.soft_passkey import SoftPasskey, bytes_of, text_of
from tests.support.racing import race_outcomes

HERE = RelyingParty("marhaba.example.org", "https://marhaba.example.org")
ELSEWHERE = RelyingParty("evil.example", "https://evil.example")
LATER = NOW + timedelta(hours=1)


def an_account(database, name: str) -> Operator:
    """Add an organiser whose authenticator app is set up."""

    def work(session):
        account = {"email": f"{name}@example.org", "name": name, "role": Role.ORGANISER}
        operator = add_operator(session, **account, now=NOW).operator
        operator.totp_sealed = b"an app"
        return operator

    return write(database, work)


@pytest.fixture
def operator(database) -> Operator:
    return an_account(database, "samira")


@pytest.fixture
def passkey(database, operator) -> SoftPasskey:
    """A passkey of the operator's that was made at NOW."""
    return made(database, operator, a_passkey())


def a_passkey(party: RelyingParty = HERE, **more) -> SoftPasskey:
    return SoftPasskey(origin=party.origin, host=party.host, **more)


def made(database, operator, passkey, *, party=HERE, asked_at=NOW, now=NOW) -> SoftPasskey:
    challenge = new_challenge(asked_at)

    def work(session):
        me = session.get_one(Operator, operator.id)
        options = options_to_add(session, me, KEYS, party, challenge)
        answer = passkey.made(options)
        add_passkey(session, me, party, challenge, answer, device="Firefox · Linux", now=now)

    write(database, work)
    return passkey


def asked(database, operator, *, at=LATER, party=HERE):
    """Return a challenge, and what the browser is asked."""
    challenge = new_challenge(at)
    with database.read() as session:
        return challenge, options_to_sign_in(session, operator, party, challenge)


def passes(database, operator, challenge, answer, *, party=HERE, now=None) -> None:
    def work(session):
        me = session.get_one(Operator, operator.id)
        pass_by_passkey(session, me, party, challenge, answer, now=now or challenge.made_at)

    write(database, work)


def test_an_operator_signs_in_with_the_passkey_that_they_made(database, operator, passkey):
    challenge, options = asked(database, operator)

    passes(database, operator, challenge, passkey.signed(options))

    assert "operator.passkey_added" in noted(database, "operator")
    known = json.loads(options)["allowCredentials"]
    assert [bytes_of(one["id"]) for one in known] == [passkey.credential_id]


def test_an_answer_is_accepted_once_even_by_two_at_once(database, operator, passkey):
    challenge, options = asked(database, operator)
    answer = passkey.signed(options)

    race = race_outcomes(4, lambda _at: passes(database, operator, challenge, answer))

    assert [type(one) for one in race if one is not None] == [Unauthenticated] * 3


def test_an_answer_that_came_too_late_is_refused(database, operator, passkey):
    challenge, options = asked(database, operator)
    answer = passkey.signed(options)

    with pytest.raises(Unauthenticated):
        passes(database, operator, challenge, answer, now=challenge.made_at + PATIENCE)


def test_an_answer_to_another_page_is_refused(database, operator, passkey):
    _challenge, options = asked(database, operator)

    with pytest.raises(Unauthenticated):
        passes(database, operator, new_challenge(LATER), passkey.signed(options))


def test_the_passkey_of_another_operator_is_refused(database, operator, passkey):
    other = an_account(database, "omar")
    challenge, options = asked(database, operator)

    with pytest.raises(Unauthenticated):
        passes(database, other, challenge, passkey.signed(options))


def test_a_page_under_another_name_gets_neither_options_nor_a_sign_in(database, operator, passkey):
    challenge, options = asked(database, operator)
    _challenge, elsewhere = asked(database, operator, party=ELSEWHERE)
    phished = replace(passkey, origin=ELSEWHERE.origin)

    assert elsewhere is None
    for party in (HERE, ELSEWHERE):
        with pytest.raises(Unauthenticated):
            passes(database, operator, challenge, phished.signed(options), party=party)


def test_a_counter_that_went_back_shows_a_copied_passkey(database, operator):
    passkey = made(database, operator, a_passkey(count=5))
    copied = replace(passkey, count=2)
    challenge, options = asked(database, operator)

    with pytest.raises(Unauthenticated):
        passes(database, operator, challenge, copied.signed(options))


def test_a_passkey_stands_beside_the_app_and_ends_with_it(database, operator, passkey):
    challenge, options = asked(database, operator)

    write(database, lambda s: turn_off(s, s.get_one(Operator, operator.id), now=NOW))

    with pytest.raises(Unauthenticated):
        passes(database, operator, challenge, passkey.signed(options))
    with pytest.raises(Conflict):
        made(database, operator, a_passkey())
    with database.read() as session:
        assert session.scalars(select(Passkey)).all() == []


def test_a_removed_passkey_signs_nobody_in_and_others_cannot_be_removed(
    database, operator, passkey
):
    other = an_account(database, "omar")
    with database.read() as session:
        [kept] = passkeys_of(session, operator.id)

    def left_after_removal_by(who) -> int:
        write(database, lambda s: remove_passkey(s, who, kept.id, now=NOW))
        with database.read() as session:
            return len(passkeys_of(session, operator.id))

    assert [left_after_removal_by(one) for one in (other, operator)] == [1, 0]


def test_an_account_has_only_so_many_passkeys_and_each_once(database, operator, passkey):
    with pytest.raises(Conflict):
        made(database, operator, passkey)
    for _ in range(MOST_PASSKEYS - 1):
        made(database, operator, a_passkey())
    with pytest.raises(Conflict):
        made(database, operator, a_passkey())


def test_an_answer_for_another_name_makes_no_passkey(database, operator):
    with pytest.raises(InvalidRequest):
        made(database, operator, a_passkey(ELSEWHERE))
    with pytest.raises(InvalidRequest):
        made(database, operator, a_passkey(), now=NOW + PATIENCE)


def test_no_answer_is_a_fault_of_the_server(database, operator, passkey):
    """Whatever is sent instead of a browser's answer is refused, and nothing else is raised."""
    challenge, options = asked(database, operator)
    right = json.loads(passkey.signed(options))
    rng = random.Random(1)

    for answer in [*_nonsense(), *(_broken(right, rng) for _ in range(80))]:
        with pytest.raises(Unauthenticated):
            passes(database, operator, challenge, answer)
        with pytest.raises(InvalidRequest):
            _add(database, operator, challenge, answer)


def _nonsense() -> list[str]:
    return ["", "[]", "null", "[" * 19_000, "{}", '{"id": 1}', "\x00", "x" * 30_000, '"\ud800"']


def _broken(right: dict, rng: random.Random) -> str:
    parts = dict(right["response"], attestationObject=text_of(rng.randbytes(90)))
    name = rng.choice(["clientDataJSON", "authenticatorData", "signature"])
    bits = bytearray(bytes_of(parts[name]))
    for _ in range(rng.randint(1, 4)):
        bits[rng.randrange(len(bits))] ^= 1 << rng.randrange(8)
    parts[name] = text_of(bytes(bits[: rng.randint(0, len(bits))] if rng.random() < 0.5 else bits))
    return json.dumps(dict(right, response=parts))


def _add(database, operator, challenge, answer) -> None:
    def work(session):
        me = session.get_one(Operator, operator.id)
        add_passkey(session, me, HERE, challenge, answer, device="", now=challenge.made_at)

    write(database, work)
