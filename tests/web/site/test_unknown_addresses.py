"""Unknown addresses get an error page, signed in or not."""

from __future__ import annotations

import pytest

SAID = {
    "fr": "vous n’y avez pas accès",
    "ar": "هذه الصفحة غير موجودة",
    "en": "There is no such page",
}


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize("address", ["/nowhere", "/events/rabat-2025/nowhere", "/static/no.css"])
def test_an_unknown_address_is_told_in_the_readers_language(app, event, address, language):
    response = app.test_client().get(f"{address}?lang={language}")

    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert SAID[language] in response.text
    assert "Marhaba" in response.text


def test_a_form_without_its_form_is_told_so(organiser, event):
    response = organiser.open("/events/rabat-2025/stop/lift?lang=en")

    assert response.status_code == 405
    assert "only takes what a form sends" in response.text


@pytest.mark.parametrize("number", ["9" * 19, "9" * 5000])
def test_a_number_that_no_row_has_is_an_unknown_address(organiser, api, event, number):
    page = f"/events/rabat-2025/participants/{number}"
    listed = organiser.open(f"/events/rabat-2025/participants?delegation={number}")
    replaced = api.ask("POST", f"/participants/{number}/badge", json={})

    assert (organiser.open(page).status_code, replaced.status_code) == (404, 404)
    assert listed.status_code == 200


def test_an_unknown_address_of_the_api_is_json(app, event):
    response = app.test_client().get("/api/v1/nowhere")

    assert (response.status_code, response.json["error"]) == (404, "not_found")
