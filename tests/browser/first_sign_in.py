"""The first sign-in of the first administrator, with what `init` printed."""

from __future__ import annotations

from base64 import b32decode
from datetime import UTC, datetime

from playwright.sync_api import Page

from checkin.domain.accounts.totp import code_of, step_at

EMAIL = "admin@example.org"
OWN_PASSWORD = "trois ânes sous la pluie"


def first_sign_in(page: Page, password: str) -> None:
    """Sign in on the page that shows the form, and do what is asked for first.

    Ends at the overview, after four forms: sign-in, own password, the app's code, recovery codes.
    """
    page.fill("#email", EMAIL)
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.fill("#new-password", OWN_PASSWORD)
    page.fill("#again", OWN_PASSWORD)
    page.press("#again", "Enter")
    page.fill("#code", code_now(shown_secret(page)))
    page.press("#code", "Enter")
    page.wait_for_selector(".recovery-codes")
    page.click("main a.button")


def shown_secret(page: Page) -> bytes:
    """Return the secret that the page shows for an authenticator app."""
    return b32decode(page.text_content("details code") or "")


def code_now(secret: bytes, later: int = 0) -> str:
    """Return the code that an app shows now, or some 30 seconds later."""
    return code_of(secret, step_at(datetime.now(UTC)) + later)
