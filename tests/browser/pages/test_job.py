"""The page of a job follows it by itself, from its wait for a worker to its files."""

from __future__ import annotations

import pytest

from tests.browser.accessibility import serious_findings
from tests.support import factories
from tests.support.servers.working import working
from tests.worker.kinds import TEST_KINDS

pytestmark = pytest.mark.browser

EVENT = "/events/rabat-2025"


@pytest.fixture
def asked(organiser_page, server, database, event, delegation):
    """The page of a job that nobody does yet: the badges of two delegations."""
    for name in ("Khémisset", "Salé"):
        there = factories.a_delegation(database, event, name)
        factories.badges(database, event, 2, delegation=there)
    organiser_page.goto(f"{server.url}{EVENT}/badges?lang=fr")
    organiser_page.click("form[action$='badges.pdf'] button")
    organiser_page.wait_for_url("**/jobs/*")
    return organiser_page


def test_a_job_that_waits_says_that_no_worker_runs_and_later_shows_its_files(asked, settings):
    assert "qui fait les longs travaux ne tourne pas" in asked.text_content("#state")

    with working(settings):
        asked.wait_for_selector(".files a", timeout=60_000)

    assert asked.locator(".files a").count() == 2
    assert serious_findings(asked) == []
    with asked.expect_download() as download:
        asked.click("a[href$='files.zip']")
    assert download.value.path().read_bytes()[:2] == b"PK"


def test_the_bar_moves_and_the_button_ends_the_job(asked, settings):
    slow = {**TEST_KINDS, "badge_sheets": TEST_KINDS["slowly"]}
    with working(settings, kinds=slow):
        asked.wait_for_selector("#state progress[value]:not([value='0'])", timeout=60_000)
        assert serious_findings(asked) == []
        asked.click("form[action$='/cancel'] button")
        asked.wait_for_selector("#state:not([data-going])", timeout=60_000)

    assert "Tâche annulée" in asked.text_content("#state")
