"""Security events are lines of their own, without personal data, once they are committed."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from checkin.db.models import Role
from checkin.domain.accounts.security_events import ACTIONS, FACTS, KINDS, security_line
from checkin.errors import SettingsError, TooManyRequests
from checkin.services.accounts.operators import add_operator
from checkin.services.common import security_log
from checkin.services.common.security_log import STANDARD_ERROR, open_security_log, tell
from checkin.services.gates.devices import revoke_device
from checkin.services.limits.in_memory import MemoryCounters
from checkin.services.limits.limits import Limits
from checkin.services.limits.rules import PINS
from tests.support.factories import NOW, write

PAGE = Path(__file__).parents[3] / "docs" / "security-log.md"


@pytest.fixture(autouse=True)
def _as_in_a_server():
    open_security_log(STANDARD_ERROR)


def lines(caplog) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == "marhaba.security"]


def test_an_action_is_told_by_numbers_once_it_is_committed(database, event, device, caplog):
    caplog.clear()

    write(database, lambda s: revoke_device(s, event, device.id, now=NOW, operator_id=None))

    assert lines(caplog) == [f"event=device.revoke event_id={event.id} device={device.id}"]


def test_an_action_that_is_rolled_back_is_not_told(sqlite_database, caplog):
    def work(session):
        add_operator(
            session, email="a@example.org", name="Amina", role=Role.VIEWER, password=None, now=NOW
        )
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(sqlite_database, work)

    assert lines(caplog) == []


def test_names_and_addresses_are_left_out_of_lines():
    said = security_line("device.add", {"name": "Poste de Samira", "gate": "Porte 1", "device": 7})

    assert said == "event=device.add device=7"


def test_no_value_can_look_like_another_pair():
    hostile = 'none" event=operator.sign_in\noperator=1'

    assert security_line("form.refused", {"cause": hostile}) == (
        'event=form.refused cause="none\\" event=operator.sign_in\\noperator=1"'
    )


def test_a_budget_that_is_used_up_is_told_with_its_rule(caplog):
    limits = Limits(MemoryCounters(), b"key")
    for _ in range(PINS.budgets[0].most):
        limits.reserve((PINS, "7"))
    with pytest.raises(TooManyRequests):
        limits.reserve((PINS, "7"))

    assert lines(caplog) == ['event=budget.exceeded rule="wrong PINs by device"']


def test_a_flood_is_cut_off_and_counted_in_the_next_minute(capsys, monkeypatch):
    for _ in range(security_log.MOST_A_MINUTE + 7):
        tell("request.refused", status=401)
    tell("form.refused", cause="expired")
    told = capsys.readouterr().err.splitlines()
    assert len(told) == security_log.MOST_A_MINUTE + 1
    assert re.fullmatch(r"\S+Z marhaba.security event=request.refused status=401", told[0])

    monkeypatch.setattr(security_log, "_MINUTE_S", 0.0)
    tell("request.refused", status=401)
    assert capsys.readouterr().err.endswith(" event=request.refused status=401 left_out=7\n")


def test_a_syslog_gets_the_lines(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as syslog:
        syslog.bind(str(tmp_path / "log"))
        syslog.settimeout(10)
        open_security_log(str(tmp_path / "log"))
        tell("scan.pin_failed", device=7)

        line = syslog.recv(1000).rstrip(b"\0").decode()

    authpriv_warning = 10 * 8 + 4
    assert line == f"<{authpriv_warning}>marhaba.security: event=scan.pin_failed device=7"


def test_a_syslog_that_is_not_there_is_named(tmp_path):
    with pytest.raises(
        SettingsError, match=r"^CHECKIN_SECURITY_LOG: .*/none is no syslog's socket$"
    ):
        open_security_log(str(tmp_path / "none"))


def test_a_command_on_a_terminal_writes_no_line_between_its_own(capsys):
    open_security_log(STANDARD_ERROR, to_terminal=False)

    tell("form.refused", cause="expired")

    assert capsys.readouterr().err == ""


def test_the_page_of_the_log_tells_every_event_and_pair():
    page = PAGE.read_text("utf-8")

    missing = [
        one for one in (*ACTIONS, *(kind + "…" for kind in KINDS), *FACTS) if f"`{one}`" not in page
    ]
    assert missing == []
