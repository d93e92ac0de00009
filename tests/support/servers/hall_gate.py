"""A gate as a process of its own, told by lines what a volunteer does there.

Each line is a JSON list, as ["show", CODE], ["come", NAME, DELEGATION], ["search", TEXT],
["state"], ["end"]; each answer is a line of JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from scanner.core.errors import ScannerError
from scanner.core.scan import Verdict
from scanner.gate.gate import Gate
from scanner.gate.volunteer_requests import VolunteerRequests
from scanner.offline.clock import DeviceClock
from scanner.offline.held_list import HeldList
from scanner.offline.spool import Spool
from scanner.offline.walk_in import Newcomer
from scanner.server.client import Client

_ANSWERS_WITHIN_S = 30.0


class HallGate:
    """The scanner's parts as its window puts them together."""

    def __init__(
        self, server: str, token: str, folder: Path, authority: Path, off_s: float
    ) -> None:
        self._told: Queue[Verdict] = Queue()
        clock = DeviceClock(lambda: datetime.now(UTC) + timedelta(seconds=off_s))
        client = Client(server, token=token, clock=clock, cafile=authority)
        spool = Spool(folder, frame=clock.frame)
        self._gate = Gate(
            client=client, spool=spool, held=HeldList(folder), language="fr", type="entry"
        )
        self._station, self._courier = self._gate.open(self._hear)
        self._requests = VolunteerRequests(client, self._courier.keep, self._courier.keep_newcomer)
        self._courier.start()

    def show(self, code: str) -> dict[str, Any]:
        """Hold a badge before the camera."""
        self._station.saw(code, time.monotonic())
        with contextlib.suppress(Empty):
            while True:
                verdict = self._told.get(timeout=_ANSWERS_WITHIN_S)
                if verdict.scan.code == code:
                    return {
                        "kind": verdict.kind,
                        "reason": verdict.reason,
                        "id": verdict.scan.scan_id,
                    }
        return {"kind": "none", "reason": None, "id": None}

    def come(self, name: str, delegation: dict[str, Any]) -> dict[str, Any]:
        """Let somebody without a badge in: registered by who answers, else on a lent place."""
        newcomer = Newcomer.named(name, delegation)
        with contextlib.suppress(ScannerError):
            return self.show(self._requests.register_walk_in(newcomer, again=True))
        verdict = self._courier.admit(newcomer)
        return {"kind": verdict.kind, "reason": verdict.reason, "id": verdict.scan.scan_id}

    def search(self, text: str) -> dict[str, Any]:
        """Search for somebody, as a help desk does."""
        try:
            reply = self._gate.client.post("participants/search", {"q": text}, timeout_s=5)
        except ScannerError as fault:
            return {"found": None, "fault": fault.code}
        return {"found": len(reply["participants"])}

    def state(self) -> dict[str, Any]:
        """Return where this gate is, and what waits at it."""
        spool = self._gate.spool
        return {
            "place": self._gate.places.at_hub if self._gate.places else "",
            "waiting": spool.waiting_count() + spool.acknowledged.count_to_offer(),
            "set_aside": spool.set_aside_count(),
            "has_list": self._gate.held.is_there,
        }

    def end(self) -> dict[str, Any]:
        """Send what waits, and close."""
        self._courier.finish()
        self._gate.close()
        return {}

    def _hear(self, what: object) -> None:
        if isinstance(what, Verdict):
            self._told.put(what)


def main() -> None:
    """Do what is told until the end."""
    parser = argparse.ArgumentParser()
    for name, kind in (("server", str), ("token", str), ("folder", Path), ("authority", Path)):
        parser.add_argument(f"--{name}", type=kind, required=True)
    parser.add_argument("--off", type=float, default=0.0)
    asked = parser.parse_args()
    gate = HallGate(asked.server, asked.token, asked.folder, asked.authority, asked.off)
    for line in sys.stdin:
        what, *how = json.loads(line)
        print(json.dumps(getattr(gate, what)(*how)), flush=True)
        if what == "end":
            return


if __name__ == "__main__":
    main()
