"""Every badge has a name without its code: those of earlier versions get it from the program."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select, update

from checkin.db.models import Badge
from checkin.services.badges import refs
from checkin.services.badges.issue import reissue_badge
from checkin.services.badges.refs import fill_refs
from checkin.services.common.keys import Keys
from tests.support import factories
from tests.support.factories import KEYS, NOW, write
from tests.support.racing import race


def kept(database):
    """Return the ref of each badge by its id."""
    with database.read() as session:
        rows = session.execute(select(Badge.id, Badge.ref).order_by(Badge.id))
        return {row.id: row.ref for row in rows}


@pytest.fixture
def earlier(database, event, monkeypatch):
    """Five badges without refs, as an earlier version left them, and what they have to get."""
    factories.badges(database, event, 5)
    given = kept(database)
    write(database, lambda s: s.execute(update(Badge).values(ref=None)))
    monkeypatch.setattr(refs, "BATCH", 2)
    return given


def test_a_badge_has_its_ref_from_its_issue_on(database, event):
    person = factories.a_participant(database, event)
    again = write(
        database,
        lambda s: reissue_badge(
            s, event, person.participant_id, keys=KEYS, reason="perdu", now=NOW
        ),
    )

    assert kept(database) == {
        person.badge_id: factories.ref_of(factories.code_of(event, person.badge_id)),
        again.badge_id: factories.ref_of(factories.code_of(event, again.badge_id, again.issue)),
    }


def test_badges_of_an_earlier_version_get_their_refs_once(database, earlier):
    assert (fill_refs(database, KEYS), fill_refs(database, KEYS)) == (5, 0)
    assert kept(database) == earlier


def test_filling_goes_on_where_it_was_interrupted(database, earlier, monkeypatch):
    real, calls = refs.tag_bytes, iter(range(3))

    def interrupted(token):
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return real(token)

    monkeypatch.setattr(refs, "tag_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fill_refs(database, KEYS)
    monkeypatch.setattr(refs, "tag_bytes", real)

    assert fill_refs(database, KEYS) == 3
    assert kept(database) == earlier


def test_several_processes_that_fill_at_once_write_the_same(database, earlier):
    race(4, lambda _: fill_refs(database, KEYS))

    assert kept(database) == earlier


def test_a_badge_that_was_made_with_another_key_is_left_as_it_is(database, earlier):
    assert fill_refs(database, Keys(uuid4().bytes * 2)) == 0
    assert set(kept(database).values()) == {None}
