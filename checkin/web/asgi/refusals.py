"""Refusals that are sent without running the application, and so cost almost nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass

from checkin.web.asgi.environ import Scope
from checkin.words.catalogues import msgid, say
from checkin.words.languages import LANGUAGES

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Marhaba</title>
{told}
"""
_TOLD = '<p lang="{tag}" dir="{direction}">{sentence}</p>'


@dataclass(frozen=True)
class Refusal:
    """A refusal, which is the same response for everybody.

    Attributes:
        code: for programs, as in the API's contract.
        sentence: in English, for programs beside the code; people read it in every language.
        retry_s: after how many seconds to try again; None where that is up to the client.
    """

    status: int
    code: str
    sentence: str
    retry_s: int | None = None

    def messages(self, scope: Scope) -> tuple[dict[str, object], dict[str, object]]:
        """Return the two ASGI messages of this refusal: JSON for programs, a page for people."""
        for_programs = b"/api/" in scope["raw_path"]
        body = self._json() if for_programs else self._page()
        kind = b"application/json" if for_programs else b"text/html; charset=utf-8"
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
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
        return json.dumps({"error": self.code, "detail": self.sentence}).encode()

    def _page(self) -> bytes:
        told = (
            _TOLD.format(
                tag=language.tag,
                direction=language.direction,
                sentence=say("pages", language.tag, self.sentence),
            )
            for language in LANGUAGES.values()
        )
        return _PAGE.format(told="\n".join(told)).encode()


TOO_SLOW = Refusal(
    408,
    "request_timeout",
    sentence=msgid(
        "The upload stopped or took more than a minute: check the network and upload it again."
    ),
)
TORN = Refusal(
    400,
    "invalid_request",
    sentence=msgid("The connection ended before the whole request was there: send it again."),
)
TOO_BUSY = Refusal(
    503,
    "unavailable",
    sentence=msgid("The server is too busy: wait a few seconds and try again."),
    retry_s=2,
)
