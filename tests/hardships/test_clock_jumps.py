"""The clock of a gate's laptop jumps by a day, forwards and backwards, while it scans and while it
is off: everybody is let in, and the log has the times at which they came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.hardships.conftest import Begin, Hall
from tests.hardships.history import bring_everything
from tests.support.faked_time import WallClock, needs_faketime
from tests.support.waiting import wait_for

DAY = timedelta(hours=24)
#: of a measurement over HTTP on a machine that does other things, too
NEARLY = timedelta(seconds=5)


@pytest.fixture
def clock(tmp_path: Path) -> WallClock:
    return WallClock(tmp_path)


def shown(hall: Hall, times: dict[str, datetime], code: str) -> tuple[str, bool]:
    """Hold a badge up, note when, and return its status and whether it was decided offline."""
    verdict = hall.laptop.show(code)
    times[code] = datetime.now(UTC)
    return verdict["status"], verdict["offline"]


def times_in_log(hall: Hall) -> dict[str, datetime]:
    """Return when each badge was let in, by the server's clock."""
    found = hall.history.rows("SELECT participant_id, corrected_at FROM scan WHERE status = 'ok'")
    at = {who: datetime.fromisoformat(text).replace(tzinfo=UTC) for who, text in found}
    return {code: at[who] for code, who in hall.history.who.items() if who in at}


@needs_faketime
@pytest.mark.parametrize("first", [DAY, -DAY], ids=["forwards first", "backwards first"])
def test_everybody_is_let_in_and_the_log_has_the_times(
    begin: Begin, clock: WallClock, first: timedelta
) -> None:
    hall = begin(40, environ=clock.environ)
    codes, times = iter(hall.codes), {}
    hall.hold_list()

    def show() -> tuple[str, bool]:
        return shown(hall, times, next(codes))

    shows_until_online(hall, times, codes)
    clock.set(first)
    shows_until_online(hall, times, codes)
    hall.server.kill()
    offline = [show()]
    clock.set(-first)
    offline.append(show())
    hall.laptop.kill()
    hall.laptop.start()  # with a clock that is off by a day, and nobody to ask
    offline.append(show())
    hall.server.start()
    wait_for(lambda: hall.laptop.waiting() == 0, "what waits", 120)
    hall.laptop.kill()
    clock.set(first)
    hall.laptop.start()
    shows_until_online(hall, times, codes)
    bring_everything(hall.laptop)

    assert set(offline) == {("ok", True)}
    assert hall.history.has_counted(times)
    assert hall.history.lost(hall.laptop.verdicts) == []
    off = {code: abs(at - times[code]) for code, at in times_in_log(hall).items()}
    assert max(off.values()) < NEARLY, off


def shows_until_online(hall: Hall, times: dict[str, datetime], codes: Iterator[str]) -> None:
    """Show badges until the server has answered for one: a busy machine may be slow to."""
    is_offline = True
    while is_offline:
        status, is_offline = shown(hall, times, next(codes))
        assert status == "ok"
