"""What is answered without asking the application, to any number of senders at no cost."""

from __future__ import annotations

import json
from dataclasses import dataclass

from checkin.web.asgi.environ import Scope

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Marhaba</title>
<p lang="fr">{fr}</p>
<p lang="ar" dir="rtl">{ar}</p>
<p>{en}</p>
"""


@dataclass(frozen=True)
class Refusal:
    """An answer that is the same for everybody.

    Attributes:
        code: for programs, as in the API's contract; `en` is the sentence beside it.
        retry_s: after how long to try again; None where that is up to the sender.
    """

    status: int
    code: str
    fr: str
    ar: str
    en: str
    retry_s: int | None = None

    def messages(self, scope: Scope) -> tuple[dict[str, object], dict[str, object]]:
        """Return the two ASGI messages of this answer, in the shape that the asker understands."""
        for_programs = b"/api/" in scope["raw_path"]
        body = self._json() if for_programs else self._page()
        kind = b"application/json" if for_programs else b"text/html; charset=utf-8"
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (b"content-security-policy", b"default-src 'none'"),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"no-store"),
            # What is left of the body is not waited for.
            (b"connection", b"close"),
        ]
        if self.retry_s is not None:
            headers.append((b"retry-after", str(self.retry_s).encode()))
        begin = {"type": "http.response.start", "status": self.status, "headers": headers}
        return begin, {"type": "http.response.body", "body": body, "more_body": False}

    def _json(self) -> bytes:
        return json.dumps({"error": self.code, "detail": self.en}).encode()

    def _page(self) -> bytes:
        return _PAGE.format(fr=self.fr, ar=self.ar, en=self.en).encode()


TOO_SLOW = Refusal(
    408,
    "request_timeout",
    fr="L’envoi s’est arrêté ou a duré plus d’une minute\u00a0: vérifiez le réseau et recommencez.",
    ar="توقف الإرسال أو استغرق أكثر من دقيقة: تحققوا من الشبكة وأعيدوا المحاولة.",
    en="The upload stopped or took more than a minute: check the network and send it again.",
)
TORN = Refusal(
    400,
    "invalid_request",
    fr="La connexion s’est coupée avant la fin de l’envoi\u00a0: recommencez.",
    ar="انقطع الاتصال قبل نهاية الإرسال: أعيدوا المحاولة.",
    en="The connection ended before the whole request was there: send it again.",
)
TOO_BUSY = Refusal(
    503,
    "unavailable",
    fr="Le serveur est trop occupé\u00a0: attendez quelques secondes et recommencez.",
    ar="الخادم مشغول جدا: انتظروا بضع ثوان وأعيدوا المحاولة.",
    en="The server is too busy: wait a few seconds and try again.",
    retry_s=2,
)
