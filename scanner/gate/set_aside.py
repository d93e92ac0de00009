"""`--set-aside`: list the scans that a server rejected for good, without asking any server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from scanner.core.errors import NotPaired, SeveralServers
from scanner.offline.spool import Spool
from scanner.server.device import known_spools, spool_folder
from scanner.server.http_link import server_address


def set_aside_lines(folder: Path) -> Iterator[str]:
    """Yield a JSON line for each scan that was set aside in a spool, oldest first.

    Raises:
        SpoolUnwritable: the spool does not open.
    """
    with closing(Spool(folder)) as spool:
        for one in spool.set_aside_list():
            yield json.dumps({**one.scan.kept(), "error": one.error})


def spool_asked_for(server: str | None, token: str | None) -> Path:
    """Return the spool folder of a server, or of the only known server where none was named.

    Raises:
        NotPaired: this computer has never been paired, or not with that server.
        SeveralServers: it has been paired with several, and none was named.
    """
    if server and token:
        return spool_folder(server_address(server), token)
    known = known_spools()
    if server:
        known = {name: known[name] for name in known if name == server_address(server)}
    if not known:
        raise NotPaired
    if len(known) > 1:
        raise SeveralServers(servers=", ".join(sorted(known)))
    [folder] = known.values()
    return folder
