"""The real application on SQLite, its clock turned by the simulation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

import checkin.services.known_devices
import checkin.web.api.contract
import checkin.web.json_bodies
from tests import factories

START = factories.NOW


@dataclass
class Time:
    """True time, which is the server's."""

    now: datetime = START

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    @property
    def elapsed_s(self) -> float:
        """Return seconds since the start."""
        return (self.now - START).total_seconds()


@dataclass
class Application:
    """The application that all seeds share; each has an event of its own."""

    app: Flask
    database: Any
    time: Time = field(default_factory=Time)

    def turn_clocks(self, patch: pytest.MonkeyPatch) -> None:
        """Make the application live in the simulation's time."""
        time = self.time

        class SimulatedDatetime(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
                return time.now

        for module in (checkin.web.api.contract, checkin.web.json_bodies):
            patch.setattr(module, "datetime", SimulatedDatetime)
        monotonic = SimpleNamespace(monotonic=lambda: time.elapsed_s)
        patch.setattr(checkin.services.known_devices, "time", monotonic)
