"""Settings know their source, and refuse an invalid address."""

from __future__ import annotations

import pytest

from checkin.domain.network.public_address import AddressSource, Given
from checkin.errors import SettingsError
from checkin.settings import Settings, load_settings


@pytest.fixture
def dotenv(tmp_path):
    file = tmp_path / ".env"
    file.write_text(
        "CHECKIN_BASE_URL=https://file.example.org/\nCHECKIN_MAIL_FROM=file@example.org\n"
    )
    return file


def test_a_setting_says_whether_it_came_from_the_environment_or_the_file(dotenv):
    settings = load_settings({"CHECKIN_BASE_URL": "https://env.example.org/m/"}, dotenv)

    assert settings.given("base_url") == Given(
        "https://env.example.org/m", AddressSource.ENVIRONMENT
    )
    assert settings.given("mail_from") == Given("file@example.org", AddressSource.DOTENV)


def test_what_nobody_set_is_given_by_nobody(tmp_path):
    settings = load_settings({}, tmp_path / "none")

    assert (settings.given("base_url"), settings.given("mail_from")) == (None, None)
    assert settings.base_url is None


def test_the_file_of_another_folder_is_named_by_a_variable(dotenv, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path.parent)

    settings = load_settings({"MARHABA_DOTENV": str(dotenv)})

    assert settings.base_url == "https://file.example.org"


def test_settings_made_in_a_program_count_as_the_environments():
    assert Settings(base_url="https://m.example.org").given("base_url") == Given(
        "https://m.example.org", AddressSource.ENVIRONMENT
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("BASE_URL", "marhaba.example.org", "begins neither with http:// nor with https://"),
        ("BASE_URL", "http://a.org:99999", "is not a number from 1 to 65535"),
        ("BASE_URL", "http://u:p@a.org", "a name or a password (before @) has no place"),
        ("MAIL_FROM", "Marhaba", "is no sender; write Name <address@example.org>"),
    ],
)
def test_an_address_that_will_not_do_is_named_with_its_setting(tmp_path, name, value, sentence):
    with pytest.raises(SettingsError) as refused:
        load_settings({f"CHECKIN_{name}": value}, tmp_path / "none")

    assert refused.value.detail.startswith(f"CHECKIN_{name}: ")
    assert sentence in refused.value.detail
    assert "\u2068" not in refused.value.detail


def test_a_password_for_a_mail_server_is_never_set_to_go_in_plain_text() -> None:
    plain = {"CHECKIN_MAIL_TLS": "refused", "CHECKIN_MAIL_URL": "smtp://me:secret@localhost:25"}

    with pytest.raises(SettingsError, match=r"^CHECKIN_MAIL_TLS=refused would send the password"):
        load_settings(plain)
