from pathlib import Path

import pytest

from scanner.server.client import Pairing
from scanner.server.device import remember, remembered, spool_folder

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
