import json
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from scanner.core.errors import KeyStoreClosed
from scanner.gate.gate import Wanted, needs_pairing
from scanner.server.client import Pairing
from scanner.server.device import forget, is_sealed, remember, remembered, spool_folder

SERVER = "https://192.168.1.10:8443"


pytestmark = pytest.mark.usefixtures("home")


def a_pairing(token="t1"):
    return Pairing("3", token, {"id": 7, "name": "الباب أ"}, {"timezone": "Africa/Casablanca"})


def test_a_pairing_is_remembered_by_server():
    remember(SERVER, a_pairing())

    assert remembered(SERVER) == (a_pairing(), spool_folder(SERVER, "t1"))
    assert remembered("https://other") is None


def test_a_new_pairing_sends_what_waited_under_the_old_one():
    remember(SERVER, a_pairing("t1"))
    remember(SERVER, a_pairing("t2"))

    assert remembered(SERVER) == (a_pairing("t2"), spool_folder(SERVER, "t1"))


def test_two_devices_on_one_computer_have_two_spools():
    assert spool_folder(SERVER, "t1") != spool_folder(SERVER, "t2")
    assert "t1" not in Path(spool_folder(SERVER, "t1")).name


def test_a_damaged_file_means_pairing_again(home):
    remember(SERVER, a_pairing())
    (home / "config" / "marhaba" / "scanner.json").write_text("{")

    assert remembered(SERVER) is None
    remember(SERVER, a_pairing())
    assert remembered(SERVER) is not None


class Desktop(KeyringBackend):
    """A key store such as a desktop has, and as keyring asks it; it may be locked."""

    priority = 5

    def __init__(self):
        super().__init__()
        self.kept, self.locked = {}, False

    def get_password(self, service, username):
        if self.locked:
            raise KeyringLocked
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        if self.locked:
            raise KeyringLocked
        self.kept[service, username] = password

    def delete_password(self, service, username):
        if (service, username) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, username]


@pytest.fixture
def desktop():
    usual, desktop = keyring.get_keyring(), Desktop()
    keyring.set_keyring(desktop)
    yield desktop
    keyring.set_keyring(usual)


def on_disk(home):
    return (home / "config" / "marhaba" / "scanner.json").read_text("utf-8")


def test_a_token_is_in_the_key_store_and_not_on_the_disk(home, desktop):
    remember(SERVER, a_pairing("secret-1"))

    assert remembered(SERVER) == (a_pairing("secret-1"), spool_folder(SERVER, "secret-1"))
    assert is_sealed(SERVER)
    assert "secret-1" not in on_disk(home)
    assert list(desktop.kept.values()) == ["secret-1"]


def test_the_key_store_keeps_only_the_token_of_the_last_pairing_and_none_that_was_revoked(desktop):
    for token in ("t1", "t2"):
        remember(SERVER, a_pairing(token))
    assert list(desktop.kept.values()) == ["t2"]

    forget(SERVER, "t1")
    assert remembered(SERVER) is not None

    forget(SERVER, "t2")
    assert (remembered(SERVER), desktop.kept) == (None, {})


def test_a_key_store_that_is_locked_is_told_and_nobody_pairs_again_by_mistake(desktop):
    remember(SERVER, a_pairing())
    desktop.locked = True

    with pytest.raises(KeyStoreClosed):
        remembered(SERVER)
    assert not needs_pairing(Wanted(SERVER))


@pytest.mark.parametrize("kind", ["none", "locked", "in clear"])
def test_without_a_key_store_that_encrypts_the_token_is_in_a_file_of_its_user(kind, home, desktop):
    desktop.locked = kind == "locked"
    if kind == "none":
        keyring.set_keyring(keyring.backends.fail.Keyring())
    if kind == "in clear":
        desktop.priority = 0.5

    remember(SERVER, a_pairing("secret-1"))

    file = home / "config" / "marhaba" / "scanner.json"
    assert (remembered(SERVER)[0].token, is_sealed(SERVER)) == ("secret-1", False)
    assert (file.stat().st_mode & 0o777, desktop.kept) == (0o600, {})


def test_what_an_earlier_version_stored_in_clear_is_sealed_at_the_next_start(home, desktop):
    desktop.locked = True
    remember(SERVER, a_pairing("secret-1"))
    desktop.locked = False
    known = json.loads(on_disk(home))
    known[SERVER]["event"] |= {"slug": "rabat", "name": "Rencontre régionale"}
    (home / "config" / "marhaba" / "scanner.json").write_text(json.dumps(known), "utf-8")

    pairing, _ = remembered(SERVER)

    assert pairing.token == "secret-1"
    assert remembered(SERVER)[0].event == {"slug": "rabat", "timezone": "Africa/Casablanca"}
    assert not {"secret-1", "Rencontre"} & set(on_disk(home).replace('"', " ").split())


def test_nothing_is_stored_that_says_what_an_event_is_called_in_any_script(home):
    told = {
        "slug": "rabat",
        "timezone": "Africa/Casablanca",
        "name": "Rencontre régionale",
        "name_ar": "اللقاء الجهوي",
        "whatever_a_later_server_tells": "Rencontre",
    }

    remember(SERVER, replace(a_pairing("secret-1"), event=told))

    assert remembered(SERVER)[0].event == {"slug": "rabat", "timezone": "Africa/Casablanca"}
    assert "Rencontre" not in on_disk(home)
