"""What the signature of an answer covers; the browser's half is `signed-answers.test.js`."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from checkin.protocol.gate_list import public_key_text
from checkin.protocol.signed_answers import SignedAnswer, is_nonce, new_nonce

ANSWER = SignedAnswer("n" * 16, 401, "a" * 32, b"{}")
KEY = Ed25519PrivateKey.generate()


def test_the_signed_lines():
    assert ANSWER.content().decode().split("\n") == [
        "marhaba answer",
        "n" * 16,
        "401",
        "a" * 32,
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    ]


def test_a_signature_is_of_this_answer_alone():
    key, signature = public_key_text(KEY), ANSWER.sign(KEY)

    assert ANSWER.is_genuine(key, signature)
    for other in (
        replace(ANSWER, nonce="m" * 16),
        replace(ANSWER, status=404),
        replace(ANSWER, epoch="b" * 32),
        replace(ANSWER, body=b'{"wipe": true}'),
    ):
        assert not other.is_genuine(key, signature)
    assert not ANSWER.is_genuine(public_key_text(Ed25519PrivateKey.generate()), signature)


@pytest.mark.parametrize("signature", ["", "%%%", "AAAA", "é"])
def test_what_is_no_signature_proves_nothing(signature):
    assert not ANSWER.is_genuine(public_key_text(KEY), signature)
    assert not ANSWER.is_genuine("", ANSWER.sign(KEY))


def test_nonces_have_a_form_and_do_not_repeat():
    assert is_nonce(new_nonce())
    assert new_nonce() != new_nonce()
    assert not any(map(is_nonce, ("", "short", "x" * 65, "with spaces in it all", "é" * 16)))
