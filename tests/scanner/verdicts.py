"""Verdicts as the server gives them."""

from __future__ import annotations

from scanner.core.scan import Scan, Verdict
from tests.scanner.decode.pictures import FATIMA

KHEMISSET = {
    "id": 1,
    "name": "Khémisset",
    "name_ar": "الخميسات",
    "arrived": 412,
    "quota": 1000,
}


def a_verdict(status="ok", reason=None, **more):
    more = {"participant": FATIMA, "delegation": KHEMISSET} | more
    return Verdict(Scan(code="M"), status, reason, "the server's words", **more)


ALREADY = a_verdict(
    "error",
    "already_redeemed",
    first_admission={"at": "2025-06-14T14:12:03Z", "gate": "Porte B"},
)
