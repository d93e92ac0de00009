"""A device's token is given to programs on a command line."""

from __future__ import annotations

import secrets

from checkin.services.gates.devices import new_token


def test_no_token_looks_like_an_option_of_a_command(monkeypatch):
    drawn = iter(["-kxudXtu1v", "--token", "Akxud-Xtu1v"])
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _bytes: next(drawn))

    assert new_token() == "Akxud-Xtu1v"
