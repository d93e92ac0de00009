"""Messages are signed as Standard Webhooks has it, and repeated with growing pauses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from checkin.domain.integrations.webhooks import (
    WAITS,
    WebhookKind,
    asked_to_wait_s,
    body_of,
    chosen_kinds,
    read_secret,
    signature,
    signed_headers,
    wait_before,
    written_secret,
)

#: the example that the specification's libraries are tested with
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, SENT_AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_example_is_signed_as_published():
    assert signature(read_secret(SECRET), ID, SENT_AT, BODY) == SIGNED


def test_the_headers_carry_the_id_the_time_and_the_signature():
    sent = signed_headers(read_secret(SECRET), ID, datetime.fromtimestamp(SENT_AT, UTC), BODY)

    assert sent == {
        "Content-Type": "application/json",
        "webhook-id": ID,
        "webhook-timestamp": str(SENT_AT),
        "webhook-signature": SIGNED,
    }


@pytest.mark.parametrize(
    "changed", [(ID + "x", SENT_AT, BODY), (ID, SENT_AT + 1, BODY), (ID, SENT_AT, BODY + b" ")]
)
def test_another_id_time_or_body_is_signed_otherwise(changed):
    assert signature(read_secret(SECRET), *changed) != SIGNED


def test_a_secret_is_written_and_read():
    assert read_secret(written_secret(bytes(range(32)))) == bytes(range(32))
    with pytest.raises(ValueError, match="whsec_"):
        read_secret("whsec_no base64!")


def test_a_body_has_a_type_a_time_and_data():
    at = datetime(2025, 6, 14, 14, 30, tzinfo=UTC)

    assert json.loads(body_of(WebhookKind.ARRIVED, at, {"participant_id": 7})) == {
        "type": "participant.arrived",
        "timestamp": "2025-06-14T14:30:00.000000Z",
        "data": {"participant_id": 7},
    }


def test_pauses_grow_are_scattered_and_end():
    waits = [wait_before(attempts, None, 0) for attempts in range(1, len(WAITS) + 2)]

    assert waits == [*WAITS, None]
    assert waits[:-1] == sorted(waits[:-1])
    assert wait_before(1, None, 1) == WAITS[0] * 1.2


def test_a_receiver_may_ask_for_a_longer_pause_but_not_for_ever():
    assert wait_before(1, 90, 0) == timedelta(seconds=90)
    assert wait_before(1, 1, 0) == WAITS[0]
    assert wait_before(1, 10.0**8, 0) == timedelta(days=1)
    assert [asked_to_wait_s(text) for text in ("120", "", "Sat, 14 Jun 2025", "-1", "9" * 40)] == [
        120,
        None,
        None,
        None,
        None,
    ]


def test_only_kinds_that_there_are_can_be_chosen():
    assert chosen_kinds(["participant.arrived", "webhook.test", "x"]) == {WebhookKind.ARRIVED}
