from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import badge_tag, open_entry
from scanner.core.errors import ListRefused
from scanner.offline.held_list import HeldList
from scanner.offline.list_checks import is_stale
from tests.scanner.decode.pictures import a_code
from tests.scanner.offline.lists import NOON, a_list, content

ONE, TWO = a_code(1), a_code(2)
TAG = badge_tag(parse_code(ONE))


@pytest.fixture
def held(tmp_path):
    held = HeldList(tmp_path, event="rabat")
    yield held
    held.close()


def told(held, code):
    """Return the content of the list's entry of this badge."""
    token = parse_code(code)
    entry = held.entry(badge_tag(token))
    return entry and open_entry(token, entry)


def refused(held, body):
    with pytest.raises(ListRefused) as refusal:
        held.take(body)
    return str(refusal.value.details["objection"])


def test_a_list_is_kept_sealed_and_its_file_is_the_user_s_alone(held, tmp_path):
    held.take(a_list([(ONE, content(1))], cursor=5), etag="rabat-5-0")

    assert told(held, ONE) == content(1)
    assert (held.held().cursor, held.etag(), held.confirmed_at()) == (5, "rabat-5-0", NOON)
    files = list(tmp_path.iterdir())
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert b"Amina" not in b"".join(file.read_bytes() for file in files)


def test_a_delta_adds_to_the_list_and_buries_the_revoked(held):
    held.take(a_list([(ONE, content(1)), (TWO, content(2))], cursor=5))
    held.take(a_list([(TWO, content(2, blocked=True))], [ONE], cursor=6, since=5))

    assert (told(held, ONE), told(held, TWO)["blocked"]) == (None, True)
    assert held.tombstone(TAG) == "revoked"


def test_tombstones_come_before_entries(held):
    held.take(a_list([(ONE, content(1))], [ONE], cursor=5))

    assert (told(held, ONE), held.tombstone(TAG)) == (content(1), None)


def test_a_whole_list_replaces_everything(held):
    held.take(a_list([(ONE, content(1))], [TWO], cursor=5))
    held.take(a_list([(TWO, content(2))], cursor=6, at=NOON + timedelta(minutes=1)))

    assert (told(held, ONE), told(held, TWO)) == (None, content(2))


def with_head(**told):
    body = a_list(cursor=9)
    return body | {"head": body["head"] | told}


@pytest.mark.parametrize(
    ("body", "objection"),
    [
        (a_list(cursor=4), "older"),
        (a_list(cursor=9, since=7), "gap"),
        (a_list(cursor=9, event="other"), "other_event"),
        (a_list(cursor=9, key=Ed25519PrivateKey.generate()), "other_key"),
        (a_list(cursor=9) | {"signature": "AA"}, "forged"),
        (a_list(cursor=9) | {"tombstones": [{"tag": TAG, "reason": "revoked"}]}, "forged"),
        ({"head": {}}, "unreadable"),
        (a_list(cursor="x"), "unreadable"),
        (a_list(cursor=9) | {"signature": "\ud800"}, "forged"),
        (with_head(cursor=float("inf")), "unreadable"),
        (with_head(event=None), "unreadable"),
        (with_head(event="half a surrogate: \ud800"), "unreadable"),
        (with_head(policy="none"), "unreadable"),
    ],
)
def test_a_list_that_is_not_to_be_trusted_changes_nothing(held, body, objection):
    held.take(a_list([(ONE, content(1))], cursor=5))
    before = held.held()

    assert refused(held, body) == objection
    assert (held.held(), told(held, ONE)) == (before, content(1))


def test_a_server_whose_clock_was_set_back_goes_on_with_newer_lists(held):
    held.take(a_list([(ONE, content(1))], cursor=5))
    an_hour_before = NOON - timedelta(hours=1)
    held.take(a_list([], [ONE], cursor=6, since=5, at=an_hour_before))

    assert (told(held, ONE), held.confirmed_at()) == (None, an_hour_before)


def test_a_whole_list_of_another_epoch_is_taken_whatever_its_cursor(held):
    held.take(a_list([(ONE, content(1))], cursor=5, epoch="a"))
    held.take(a_list([(TWO, content(2))], cursor=2, epoch="b"))

    assert (told(held, ONE), told(held, TWO)) == (None, content(2))
    assert (held.held().epoch, held.held().left) == ("b", {"a"})


@pytest.mark.parametrize(
    ("more", "objection"),
    [
        ({"cursor": 7, "since": 5, "epoch": "c"}, "gap"),
        ({"cursor": 9, "epoch": "a"}, "older"),
        ({"cursor": 4, "epoch": "b"}, "older"),
    ],
    ids=["a delta of another epoch", "an epoch that was left", "an older one of this epoch"],
)
def test_an_epoch_makes_no_older_list_newer(held, more, objection):
    held.take(a_list(cursor=3, epoch="a"))
    held.take(a_list(cursor=5, epoch="b"))

    assert refused(held, a_list(**more)) == objection


def test_a_server_that_knows_no_epochs_is_believed_by_its_cursor(held):
    held.take(a_list(cursor=5, epoch="a"))
    held.take(a_list([(ONE, content(1))], cursor=6, since=5))

    assert (told(held, ONE), held.held().epoch) == (content(1), "a")


def test_the_first_list_must_be_of_the_event_that_was_paired(held):
    assert refused(held, a_list(event="other")) == "other_event"


def test_a_wiped_list_leaves_nothing_in_its_file(held, tmp_path):
    body = a_list([(ONE, content(1))])
    held.take(body)
    held.wipe()

    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert not held.is_there
    assert [
        secret for secret in (TAG, body["entries"][0]["sealed"]) if secret.encode() in left
    ] == []


def test_a_list_older_than_half_an_hour_is_stale():
    ages = [timedelta(minutes=29), timedelta(minutes=30), timedelta(minutes=30, seconds=1)]

    assert [is_stale(NOON, NOON + age) for age in ages] == [False, False, True]
