"""Codes of an authenticator app, held to the vectors of RFC 6238."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from checkin.domain.accounts.totp import code_of, setup_link, step_at, step_of

#: RFC 6238, appendix B (SHA-1), and RFC 4226, appendix D: the last six of its digits
SECRET = b"12345678901234567890"
VECTORS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


@pytest.mark.parametrize(("second", "code"), VECTORS.items())
def test_codes_are_those_of_the_standard(second, code):
    moment = datetime.fromtimestamp(second, UTC)

    assert code_of(SECRET, step_at(moment)) == code
    assert step_of(SECRET, code, moment) == step_at(moment)


@pytest.mark.parametrize(("late_s", "counts"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_code_counts_for_the_30_seconds_before_and_after(late_s, counts):
    moment = datetime(2025, 6, 14, 14, 30, 10, tzinfo=UTC)
    code = code_of(SECRET, step_at(moment))

    assert (step_of(SECRET, code, moment + timedelta(seconds=late_s)) is not None) is counts


@pytest.mark.parametrize("text", ["", "12345", "١٢٣٤٥٦", "abcdef", "0" * 40])
def test_what_is_no_code_is_none(text):
    assert step_of(SECRET, text, datetime.fromtimestamp(59, UTC)) is None


def test_the_qr_says_what_authenticator_apps_expect():
    assert setup_link(SECRET, "samira+x@example.org") == (
        "otpauth://totp/Marhaba:samira%2Bx%40example.org"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Marhaba"
    )
