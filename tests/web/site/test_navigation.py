"""Each navigation marks the one link that leads to the page that is shown."""

from __future__ import annotations

import re

import pytest

from checkin.web.site.navigation import _BEHIND, leads_here


@pytest.mark.parametrize(
    ("address", "marked"),
    [
        ("/events/rabat-2025/board", ["Tableau en direct"]),
        ("/events/rabat-2025/participants/new", ["Participants"]),
        ("/events/rabat-2025/quotas", ["Réglages", "Délégations et quotas"]),
        ("/events/rabat-2025/export", ["Réglages", "Exporter"]),
        ("/events/rabat-2025/devices", ["Appareils", "Portes et appareils"]),
    ],
)
def test_the_page_that_is_shown_is_marked(organiser, delegation, address, marked):
    page = organiser.read(address)

    languages = {"Français", "العربية", "English"}
    found = re.findall(r'aria-current="[a-z]+"[^>]*>([^<]+)<', page)
    assert [name for name in found if name not in languages] == marked


def test_every_link_and_page_of_the_navigations_exists(app):
    known = {rule.endpoint for rule in app.url_map.iter_rules()} | set(app.blueprints)
    named = {page for links in _BEHIND.values() for pages in links.values() for page in pages}
    links = {link for links in _BEHIND.values() for link in links}

    assert named | links <= known


def test_an_unknown_address_is_behind_no_link(app):
    with app.test_request_context("/nowhere"):
        assert not any(leads_here("event", link) for link in _BEHIND["event"])
