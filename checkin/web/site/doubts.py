"""The question of a form whether an e-mail address is mistyped, and its answer."""

from __future__ import annotations

from collections.abc import Mapping

from checkin.domain.common.mail_domains import LIKELY_MISTYPED, likely_meant
from checkin.domain.common.problems import Problem

#: the box of a form that says that the address is right; its value is the address that is meant
RIGHT = "email_right"


def doubt_of(address: str | None, values: Mapping[str, str]) -> Problem | None:
    """Return the question whether an address is mistyped; None where it looks right.

    None, too, where the form's box says of this address that it is right.
    """
    if not address or values.get(RIGHT) == address or not (meant := likely_meant(address)):
        return None
    return Problem("email", LIKELY_MISTYPED, address, (meant,))
