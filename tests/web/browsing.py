"""A person with a browser: follows forms, keeps cookies."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask

from checkin.db.engine import Database
from checkin.db.models import Operator, Role
from checkin.services.accounts.operators import add_operator
from tests.support.factories import NOW, write

PASSWORD = "une phrase facile"
_MARK = re.compile(r'name="shown" value="([^"]*)"')
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def an_operator(database: Database, role: Role, *, delegation_id: int | None = None) -> Operator:
    """Add an operator called after their role."""
    return write(
        database,
        lambda session: (
            add_operator(
                session,
                email=f"{role}@example.org",
                name=f"Poste {role}",
                role=role,
                password=PASSWORD,
                delegation_id=delegation_id,
                now=NOW,
            ).operator
        ),
    )


class Browsing:
    """One browser.

    Args:
        address: where it is in the internet.
    """

    def __init__(self, app: Flask, address: str = "127.0.0.1") -> None:
        self._client = app.test_client()
        self._client.environ_base["REMOTE_ADDR"] = address

    def through_proxy(self, scheme: str) -> None:
        """Go on through a proxy that speaks http or https with this browser."""
        self._client.environ_base["HTTP_X_FORWARDED_PROTO"] = scheme
        self._client.environ_base["HTTP_REFERER"] = f"{scheme}://localhost/"

    def open(self, path: str, **more: Any) -> Any:
        return self._client.get(path, **more)

    def read(self, path: str) -> str:
        response = self.open(path)
        assert response.status_code == 200, (path, response.status_code)
        return response.text

    def send(self, form_page: str, action: str | None = None, **fields: Any) -> Any:
        """Open a page, fill in its form, send it to `action`."""
        token = self.token(form_page)
        return self.send_without_token(action or form_page, csrf_token=token, **fields)

    def token(self, form_page: str) -> str:
        """Open a page and return what its forms send along."""
        found = _TOKEN.search(self.open(form_page).text)
        assert found, f"{form_page} has no form"
        return found[1]

    def send_without_token(self, action: str, **fields: Any) -> Any:
        return self._client.post(action, data=fields)

    def send_body(self, action: str, body: bytes, kind: str) -> Any:
        return self._client.post(action, data=body, content_type=kind)

    def sign_in(self, email: str, password: str, *, then: str = "") -> Any:
        return self.send("/login" + then, email=email, password=password)

    def cookie(self, name: str) -> Any:
        return self._client.get_cookie(name)

    def take_cookie(self, name: str, value: str) -> None:
        self._client.set_cookie(name, value)

    def session(self) -> dict[str, Any]:
        with self._client.session_transaction() as session:
            return dict(session)


def mark_in(page: str, *, form: int = 0) -> str:
    """Return what a form of a page, counted from 0, carries of the values that it shows."""
    return _MARK.findall(page)[form]


def follow(browsing: Browsing, answer: Any) -> Any:
    """Open the page that a form leads to."""
    assert answer.status_code == 303, answer.text
    return browsing.open(answer.location)
