"""Known browsers, in which an operator signed in before: other people's wrong passwords do not
slow sign-ins from them down.

The browser keeps a mark: the account, a number of the browser's own, and a keyed hash over both,
the account's password hash and the issue of its browsers. The mark alone signs nobody in. A new
password makes all browsers unknown again, and so does ending all sessions. One browser keeps the
marks of a few accounts, because an office may share it.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from datetime import timedelta

from checkin.db.models import Operator
from checkin.services.common.keys import Keys

LIFETIME = timedelta(days=365)
#: accounts of one browser; the one used longest ago makes room
MOST_ACCOUNTS = 5
_MARK = re.compile(r"([1-9]\d{0,9})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22})")


def browser_known(keys: Keys, operator: Operator, kept: str) -> str | None:
    """Return the number of a browser that is known to this operator, or None if it is not.

    Args:
        kept: the marks that the browser sent; they may be forged.
    """
    for mark, operator_id, browser in _marks(kept):
        if operator_id == operator.id and hmac.compare_digest(mark, _mark(keys, operator, browser)):
            return browser
    return None


def make_known(keys: Keys, operator: Operator, kept: str) -> str:
    """Return the marks that the browser keeps from now on, so that it is known to this operator."""
    browser = browser_known(keys, operator, kept) or secrets.token_urlsafe(12)
    others = [mark for mark, operator_id, _browser in _marks(kept) if operator_id != operator.id]
    return "~".join([_mark(keys, operator, browser), *others[: MOST_ACCOUNTS - 1]])


def _marks(kept: str) -> list[tuple[str, int, str]]:
    found = [_MARK.fullmatch(part) for part in kept.split("~", MOST_ACCOUNTS)]
    return [(one[0], int(one[1]), one[2]) for one in found if one]


def _mark(keys: Keys, operator: Operator, browser: str) -> str:
    sealed = f"{operator.id}.{browser}.{operator.browsers_issue}.{operator.password_hash}"
    proof = hmac.digest(keys.known_browsers, sealed.encode(), "sha256")[:16]
    return f"{operator.id}.{browser}.{base64.urlsafe_b64encode(proof).decode().rstrip('=')}"
