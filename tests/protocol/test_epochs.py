"""What devices and the server tell of epochs reads back, and nothing else does."""

from __future__ import annotations

from uuid import UUID

import pytest

from checkin.protocol.epochs import Counter, Seen, counter_in, is_epoch, seen_in

EPOCH = "0123456789abcdef" * 2
COUNTER = Counter(51, UUID("c0ffee00-0000-4000-8000-000000000051"))


@pytest.mark.parametrize("seen", [Seen(EPOCH), Seen(EPOCH, COUNTER)])
def test_what_was_seen_reads_back(seen):
    assert seen_in(seen.text()) == seen


@pytest.mark.parametrize(
    "text",
    [
        "",
        EPOCH[:-1],
        EPOCH.upper(),
        f" {EPOCH}",
        f"{EPOCH} 51",
        f"{EPOCH} x {COUNTER.scan_id}",
        f"{EPOCH} -1 {COUNTER.scan_id}",
        f"{EPOCH} ٥١ {COUNTER.scan_id}",
        f"{EPOCH} {10**18} {COUNTER.scan_id}",
    ],
)
def test_anything_else_is_nothing_seen(text):
    assert seen_in(text) is None


def test_a_counter_reads_back():
    assert counter_in(COUNTER.text()) == COUNTER
    assert (counter_in(""), counter_in("51"), counter_in("51 x")) == (None, None, None)


def test_an_epoch_is_32_digits():
    assert (is_epoch(EPOCH), is_epoch(""), is_epoch("g" * 32)) == (True, False, False)
