"""A certificate for this machine as it is now, for whoever serves something else beside `run`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from checkin.cli.venue_network import check_host, names_besides
from checkin.services.network.certificates.leaf import leaf_for
from checkin.services.network.certificates.machine import machine_names


def self_signed(folder: Path, host: str) -> tuple[Path, Path]:
    """Return certificate and key, which are one file, signed now by the authority in `folder`.

    Raises:
        SettingsError: no certificate of our own can be about `host`.
    """
    check_host(host)
    leaf = leaf_for(folder, machine_names(*names_besides(host)), datetime.now(UTC))
    return leaf.file, leaf.file
