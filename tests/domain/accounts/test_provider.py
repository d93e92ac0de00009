"""What is written of a provider of sign-ins, and whom it says that somebody is."""

from __future__ import annotations

import pytest

from checkin.domain.accounts.provider import Identity, Provider, Written, identity_in
from checkin.domain.accounts.provider import read_provider_form as read
from checkin.domain.common.problems import Problem

ISSUER = "https://login.example.org/realms/x"
FORM = {"issuer": ISSUER, "client_id": "marhaba", "button": "Sign in with X", "secret": "s3cret"}
PROVIDER = Provider(ISSUER, "marhaba", "Sign in with X")


def problems(before=None, *, has_secret=False, **changed):
    found = read(FORM | changed, before, has_secret=has_secret)
    return found if isinstance(found, list) else []


def test_a_provider_has_an_address_a_client_and_a_name():
    assert read(FORM, None, has_secret=False) == Written(PROVIDER, "s3cret")
    public = {key: text for key, text in FORM.items() if key != "secret"}
    assert read(public, None, has_secret=False) == Written(PROVIDER, "")
    copied = FORM | {"issuer": f"{ISSUER}/.well-known/openid-configuration"}
    assert read(copied, None, has_secret=False) == Written(PROVIDER, "s3cret")


def test_without_an_address_there_is_no_provider_any_more():
    assert read(FORM | {"issuer": " "}, PROVIDER, has_secret=True) == Written(None)
    assert read({}, PROVIDER, has_secret=True) == Written(None)


@pytest.mark.parametrize("changed", [{"issuer": "https://other.example.org"}, {"client_id": "y"}])
def test_a_secret_that_is_kept_goes_to_no_other_provider(changed):
    again = [Problem("secret", "provider_secret_again")]

    assert problems(PROVIDER, has_secret=True, secret="", **changed) == again
    assert problems(PROVIDER, has_secret=True, **changed) == []
    assert problems(PROVIDER, has_secret=False, secret="", **changed) == []


def test_a_secret_that_is_kept_stays_with_its_provider_whatever_the_button_says():
    kept = read(FORM | {"secret": "", "button": "X"}, PROVIDER, has_secret=True)

    assert kept == Written(Provider(ISSUER, "marhaba", "X"), "")
    assert problems(None, has_secret=True, secret="") == [
        Problem("secret", "provider_secret_again")
    ]


def test_a_secret_is_never_told_again():
    assert "s3cret" not in repr(read(FORM, None, has_secret=False))


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"issuer": f"{ISSUER}?x=1"}, ("issuer", "destination_written", f"{ISSUER}?x=1")),
        ({"issuer": f"{ISSUER}#x"}, ("issuer", "destination_written", f"{ISSUER}#x")),
        ({"issuer": "login.example.org"}, ("issuer", "destination_not_https", "login.example.org")),
        ({"client_id": ""}, ("client_id", "missing_client")),
        ({"client_id": "x" * 501}, ("client_id", "too_long", "x" * 501, ("500",))),
        ({"client_id": "x\ty"}, ("client_id", "control_characters", "x\ty")),
        ({"button": ""}, ("button", "missing_button")),
        ({"button": "x" * 61}, ("button", "too_long", "x" * 61, ("60",))),
        ({"secret": "x" * 501}, ("secret", "secret_signs")),
        ({"secret": "x\ty"}, ("secret", "secret_signs")),
    ],
)
def test_what_is_wrong_with_a_provider_is_said_of_its_field(changed, problem):
    assert problems(**changed) == [Problem(*problem)]


def test_an_address_has_at_most_500_signs():
    path = "x" * (500 - len(f"{ISSUER}/"))

    assert problems(issuer=f"{ISSUER}/{path}") == []
    long = f"{ISSUER}/{path}x"
    assert problems(issuer=long) == [Problem("issuer", "destination_long", long, ("500",))]
    limits = {"client_id": "x" * 500, "button": "x" * 60, "secret": "x" * 500}
    assert problems(**limits) == []


@pytest.mark.parametrize(
    ("claims", "identity"),
    [
        ({"sub": "7"}, Identity(ISSUER, "7", "", False)),
        (
            {"sub": "7", "email": "a@example.org", "email_verified": True},
            Identity(ISSUER, "7", "a@example.org", True),
        ),
        (
            {"sub": "7", "email": "a@example.org", "email_verified": "true"},
            Identity(ISSUER, "7", "a@example.org", True),
        ),
        (
            {"sub": "7", "email": 8, "email_verified": "yes"},
            Identity(ISSUER, "7", "", False),
        ),
        ({"sub": "x" * 255, "email_verified": 1}, Identity(ISSUER, "x" * 255, "", False)),
        ({"sub": "x" * 256}, None),
        ({"sub": ""}, None),
        ({"sub": 7}, None),
        ({"email": "a@example.org"}, None),
    ],
)
def test_a_token_says_who_somebody_is_by_a_number_of_its_own(claims, identity):
    assert identity_in(ISSUER, claims) == identity
