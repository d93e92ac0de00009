"""Keep the list of people of a help desk up to date while the server answers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from scanner.core.errors import RequestRejected
from scanner.offline.help_desk import HelpDesk

#: the server's refusal of a device that holds no people, and of one that may hold none now
NO_HELP_DESK = ("not_a_help_desk", "search_not_allowed")
#: so many answers with pages are asked for in one round, so that scans and leases do not wait
_ANSWERS_IN_A_ROUND = 10


class Server(Protocol):
    """The methods of `Client` that a help desk's list needs."""

    def people_list(self) -> dict[str, Any]:
        """Return the key, and the marks of the pages."""
        ...

    def people_pages(self, marks: Sequence[str]) -> list[dict[str, Any]]:
        """Return pages by their marks."""
        ...

    def tell_shown(self, shown: Mapping[int, datetime]) -> None:
        """Tell whom this device has shown without the network."""
        ...


@dataclass
class DeskSupply:
    """Fetches the people of a help desk, and tells whom it has shown.

    Attributes:
        is_at_hub: a hub answers: it has the people itself, and what this device holds of them
            stays as the central server has given it.
    """

    server: Server
    desk: HelpDesk
    is_at_hub: Callable[[], bool] = lambda: False

    def note_status(self, counts: dict[str, Any]) -> None:
        """Note whether the server calls this device a help desk; one that is none erases its list.

        Raises:
            SpoolUnwritable: it could not be erased.
        """
        if self.is_at_hub():
            return
        is_one = (counts.get("device") or {}).get("help_desk") is True
        if not is_one and (self.desk.is_one or self.desk.holds_people):
            self.desk.wipe()
        self.desk.is_one = is_one

    def run(self) -> None:
        """Tell whom this device has shown, take the key, and fetch the pages that are lacking.

        Raises:
            ServerUnreachable: try again later. TokenRefused: the device was revoked.
            ListRefused: the list cannot be trusted; the stored one stays.
            SpoolUnwritable: something could not be stored.
        """
        if not self.desk.is_one or self.is_at_hub():
            return
        self._tell_shown()
        try:
            self._fetch(list(self.desk.take_list(self.server.people_list())))
        except RequestRejected as refusal:
            self._without_key(refusal)
        else:
            self.desk.read()

    def _fetch(self, lacking: list[str]) -> None:
        for _answer in range(_ANSWERS_IN_A_ROUND):
            pages = self.server.people_pages(lacking) if lacking else []
            self.desk.take_pages(pages)
            here = {page["mark"] for page in pages}
            if not here:
                return
            lacking = [mark for mark in lacking if mark not in here]

    def _without_key(self, refusal: RequestRejected) -> None:
        if refusal.error in NO_HELP_DESK:
            self.desk.wipe()
        else:
            self.desk.lock()  # while the doors are closed

    def _tell_shown(self) -> None:
        while shown := self.desk.shown.untold():
            with contextlib.suppress(RequestRejected):  # then the server counts none of them
                self.server.tell_shown(shown)
            self.desk.shown.tell(shown)
