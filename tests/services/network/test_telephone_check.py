"""Only another device confirms the server's address."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address

import pytest

from checkin.services.network.telephone_check import (
    CHECK_LIFETIME,
    Browser,
    Opening,
    check_link,
    opened_elsewhere,
    opening_of,
    record_opening,
)
from tests.support.factories import KEYS, NOW, write

URL = "http://192.168.1.20:8000/m"
OWN = [ip_address(text) for text in ("127.0.0.1", "::1", "192.168.1.20")]
LAPTOP = Browser("192.168.1.7", "Firefox", session_id=5)
TELEPHONE = Browser("192.168.1.44", "Android")


@pytest.fixture
def databases(sqlite_databases):
    """One row is kept as every setting is, which is tested on both."""
    return sqlite_databases


@pytest.fixture
def link():
    return check_link(KEYS, URL, LAPTOP, NOW)


def opened(database, link, by=TELEPHONE, *, url=URL, later=timedelta(minutes=1)):
    secret = link.rpartition("/")[2]
    now = NOW + later
    opening = opening_of(KEYS, url, secret, by, own=OWN, now=now)
    if opening is not Opening.ELSEWHERE:
        return opening
    return write(database, lambda session: record_opening(session, url, secret, now))


def when(database, url=URL):
    with database.read() as session:
        return opened_elsewhere(session, url)


def test_opening_the_link_on_a_telephone_confirms_the_address(database, link):
    before = when(database)

    assert opened(database, link) is Opening.ELSEWHERE
    assert (before, when(database)) == (None, NOW + timedelta(minutes=1))
    assert link.startswith(f"{URL}/t/")


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (LAPTOP, "the same browser"),
        (replace(LAPTOP, session_id=None), "a private window of it"),
        (replace(TELEPHONE, session_id=5), "the same session, over another network"),
        (Browser("127.0.0.1", "Chrome"), "this machine"),
        (Browser("192.168.1.20", "Chrome"), "this machine, by its own address"),
        (Browser("::ffff:192.168.1.20", "Chrome"), "the same, as IPv6 writes it"),
    ],
)
def test_the_same_browser_and_this_machine_do_not_confirm_the_address(database, link, by, why):
    assert opened(database, link, by) is Opening.SAME, why
    assert when(database) is None


@pytest.mark.parametrize(
    ("by", "why"),
    [
        (Browser("192.168.1.7", "Android"), "behind the same router"),
        (Browser("192.168.1.44", "Firefox"), "the same browser on another machine"),
        (replace(TELEPHONE, session_id=6), "another session"),
        (Browser("127.0.0.1", "Android", by_proxy=True), "behind a proxy on this machine"),
    ],
)
def test_another_device_confirms_the_address(database, link, by, why):
    assert opened(database, link, by) is Opening.ELSEWHERE, why


def test_behind_an_untrusted_proxy_the_browser_that_shows_the_link_does_not_count(database):
    behind = Browser("127.0.0.1", "Firefox", session_id=5, by_proxy=True)
    link = check_link(KEYS, URL, behind, NOW)

    assert opened(database, link, replace(behind, session_id=None)) is Opening.SAME
    assert opened(database, link, replace(behind, session_id=None, agent="Android")) is (
        Opening.ELSEWHERE
    )


@pytest.mark.parametrize(
    "spoilt",
    [
        {"later": CHECK_LIFETIME + timedelta(seconds=1)},
        {"url": "http://192.168.1.20:9000"},
    ],
)
def test_an_expired_link_or_one_of_another_address_is_not_found(database, link, spoilt):
    assert opened(database, link, **spoilt) is Opening.NOWHERE
    assert when(database) is None


def test_a_forged_link_is_not_found(database, link):
    other = "a" if link[-3] != "a" else "b"

    for forged in (f"{link[:-3]}{other}{link[-2:]}", link[:-8], "/t/nobodys", "/t/é"):
        assert opened(database, forged) is Opening.NOWHERE


def test_a_link_counts_once(database, link):
    opened(database, link)

    assert opened(database, link, Browser("192.168.1.45", "iPhone")) is Opening.NOWHERE


def test_a_changed_address_is_not_confirmed_by_the_check_of_the_old_one(database, link):
    opened(database, link)

    assert when(database, "https://marhaba.example.org") is None
