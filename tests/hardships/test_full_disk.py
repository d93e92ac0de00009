"""A gate whose disk is full lets nobody pass whom it cannot keep, says so, and goes on when there
is room again."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hardships.conftest import Begin
from tests.hardships.history import bring_everything, the_figures_are_the_log_s
from tests.support.others.network_camera import NetworkCamera

_BYTES = 2 * 2**20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes; skip where none may be mounted."""
    folder = tmp_path / "laptop"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={_BYTES}", "tmpfs", str(folder)]
    mounted = subprocess.run(command, check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no disk may be mounted: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Let others' files take whatever room is left."""
    ballast = disk / "film.mkv"
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    return ballast


@pytest.mark.parametrize("is_online", [True, False], ids=["online", "offline"])
def test_it_keeps_what_it_accepts_and_goes_on_when_there_is_room(
    begin: Begin, small_disk: Path, camera: NetworkCamera, *, is_online: bool
) -> None:
    hall = begin(30)
    before, full, after = hall.codes[:3], hall.codes[3:10], hall.codes[10:13]
    hall.hold_list()
    laptop = hall.laptop
    if not is_online:
        hall.server.kill()

    shown = [laptop.show(code)["status"] for code in before]
    ballast = fill(small_disk)
    told = [laptop.show(code) for code in full]
    ballast.unlink()
    again = [laptop.show(code)["status"] for code in after]
    if not is_online:
        hall.server.start()
    bring_everything(laptop)

    assert (shown, again) == (["ok"] * 3, ["ok"] * 3)
    refused = [one for one in told if one["status"] != "ok"]
    assert refused, "the disk was never full"
    assert all("NON enregistré" in one["message"] for one in refused)
    # The last badge may still have been before the camera when there was room again.
    assert {*before, *after} <= laptop.accepted()
    assert hall.history.has_counted(laptop.accepted())
    assert hall.history.lost(laptop.verdicts) == []
    the_figures_are_the_log_s(hall.server, hall.token, len(laptop.accepted()))
