"""`security.txt` names whom to tell about a weakness, where the installation says so."""

from __future__ import annotations

import re

import pytest

from checkin.errors import SettingsError
from checkin.settings import load_settings

PATH = "/.well-known/security.txt"


@pytest.fixture
def databases(sqlite_databases):
    """No database is asked."""
    return sqlite_databases


@pytest.fixture
def contact():
    return "mailto:security@example.org"


@pytest.fixture
def settings(settings, contact):
    return settings.model_copy(update={"security_contact": contact})


def test_the_contact_of_the_installation_is_told_to_strangers(app):
    answer = app.test_client().get(PATH)
    told = dict(line.split(": ", 1) for line in answer.text.splitlines())

    assert answer.content_type == "text/plain; charset=utf-8"
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT00:00:00Z", told.pop("Expires"))
    assert told.pop("Canonical").endswith(PATH)
    assert told == {
        "Contact": "mailto:security@example.org",
        "Preferred-Languages": "fr, ar, en",
    }


@pytest.mark.parametrize("contact", [""])
def test_without_a_contact_there_is_no_file(app):
    assert app.test_client().get(PATH).status_code == 404


@pytest.mark.parametrize(
    "contact", ["security@example.org", "mailto:x", "https://", "mailto:a@b\nX: y"]
)
def test_what_is_no_contact_is_refused_with_the_name_of_the_setting(tmp_path, contact):
    with pytest.raises(SettingsError, match="CHECKIN_SECURITY_CONTACT: must look like"):
        load_settings({"CHECKIN_SECURITY_CONTACT": contact}, tmp_path / "none")
