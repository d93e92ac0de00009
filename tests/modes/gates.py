"""Gates that scan one badge after the other, and send again what was not answered."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import requests

from tests.modes.mode import Mode
from tests.support.api_client import a_scan
from tests.support.waiting import wait_for

#: between two people, and before a scan is sent again
_PAUSE_S, _AGAIN_S = 0.05, 0.2
_GIVE_UP_S = 120


@dataclass
class Gates:
    """What the gates have seen.

    Attributes:
        tokens: of a device at each gate.
        answered: the status and the reason of each scan, by its id.
        faults: what came in place of an answer: codes of HTTP, and names of exceptions.
    """

    mode: Mode
    tokens: Sequence[str]
    answered: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    _expected: int = 0

    @contextmanager
    def scanning(self, codes: Sequence[str]) -> Iterator[None]:
        """Scan each badge once at one of the gates; at the end of the block all are answered.

        The block begins once a few were answered.
        """
        begun, ending = len(self.answered), Event()
        self._expected = begun + len(codes)
        shares = [codes[at :: len(self.tokens)] for at in range(len(self.tokens))]
        with ThreadPoolExecutor(len(shares)) as threads:
            gates = [
                threads.submit(self._scan_all, token, share, ending)
                for token, share in zip(self.tokens, shares, strict=True)
            ]
            try:
                wait_for(
                    lambda: len(self.answered) >= begun + len(gates) or _ended(gates),
                    "the first answers",
                    timeout_s=120,
                )
                yield
            except BaseException:
                ending.set()
                raise
            for gate in gates:
                gate.result()

    def scan(self, codes: Sequence[str]) -> None:
        """Scan each badge once at one of the gates."""
        with self.scanning(codes):
            pass

    @property
    def left(self) -> int:
        """How many of the scans that were begun have no answer yet."""
        return self._expected - len(self.answered)

    def verdicts(self) -> Counter[tuple[str, str | None]]:
        """Count the answers."""
        return Counter(self.answered.values())

    def _scan_all(self, token: str, codes: Sequence[str], ending: Event) -> None:
        with requests.Session() as line:
            line.headers["Authorization"] = f"Bearer {token}"
            line.verify = str(self.mode.authority())
            line.trust_env = False
            for code in codes:
                self._scan(line, a_scan(code), ending)
                ending.wait(_PAUSE_S)

    def _scan(self, line: requests.Session, scan: dict[str, Any], ending: Event) -> None:
        until = time.monotonic() + _GIVE_UP_S
        while not ending.is_set():
            assert time.monotonic() < until, self.faults
            fault = self._sent(line, scan)
            if fault is None:
                return
            self.faults[fault] += 1
            ending.wait(_AGAIN_S)

    def _sent(self, line: requests.Session, scan: dict[str, Any]) -> str | None:
        try:
            answer = line.post(f"{self.mode.url}/api/v1/scans", json=scan, timeout=20)
        except requests.RequestException as fault:
            return type(fault).__name__
        if not answer.ok:
            return str(answer.status_code)
        told = answer.json()
        self.answered[scan["scan_id"]] = (told["status"], told["reason"])
        return None


def gates_of(mode: Mode, count: int) -> Gates:
    """Enrol a device at each of so many new gates."""
    added = [
        mode.command("device", "add", "--gate", f"Porte {number}", "--json")
        for number in range(10, 10 + count)
    ]
    return Gates(mode, [json.loads(told)["device_token"] for told in added])


def _ended(gates: Sequence[Future[None]]) -> bool:
    return any(gate.done() for gate in gates)
