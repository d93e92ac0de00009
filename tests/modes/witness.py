"""Sees what the pages of a context ask for, and what goes wrong in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    WebError,
)

from tests.modes.mode import Mode

#: what Chromium says of every page over plain HTTP, beside what it then leaves out
_OVER_PLAIN_HTTP = "The Cross-Origin-Opener-Policy header has been ignored"
_WITHIN_THE_PAGE = ("data:", "blob:", "about:")


class Witness:
    """A context whose pages may ask only below the public address, and must not fail.

    A link or a script that forgot the path behind a proxy is seen here, whatever page it is on.
    """

    def __init__(self, mode: Mode, context: BrowserContext) -> None:
        self.context = context
        self.faults: list[str] = []
        self._mode = mode
        context.set_default_timeout(15_000)
        context.on("request", self._requested)
        context.on("response", self._answered)
        context.on("console", self._said)
        context.on("weberror", self._failed)

    def __enter__(self) -> Witness:
        return self

    def __exit__(
        self, _kind: object, fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if fault:
            for page in self.context.pages:
                fault.add_note(f"{page.url}:\n{_text_of(page)}")
            fault.add_note(f"seen so far: {self.faults}")
        self.context.close()
        assert fault or not self.faults, "\n".join(self.faults)

    @contextmanager
    def during_faults(self) -> Iterator[None]:
        """Do not mind what goes wrong in a block in which the server is being broken."""
        before = list(self.faults)
        yield
        self.faults[:] = before

    def _requested(self, request: Request) -> None:
        if not (self._mode.is_public(request.url) or request.url.startswith(_WITHIN_THE_PAGE)):
            self.faults.append(f"asked for {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status} {response.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.text.startswith(_OVER_PLAIN_HTTP) and self._mode.url.startswith("http:"):
            return
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.text} ({message.location})")

    def _failed(self, error: WebError) -> None:
        self.faults.append(str(error.error))


def _text_of(page: Page) -> str:
    try:
        return page.inner_text("body", timeout=2_000)[:3000]
    except Error as fault:
        return f"(nothing: {fault.message})"
