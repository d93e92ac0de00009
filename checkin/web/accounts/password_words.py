"""What is wrong with a chosen password, as a sentence of the page."""

from __future__ import annotations

from flask_babel import gettext as _

from checkin.domain.accounts.passwords import MAX_LENGTH, MIN_LENGTH, Weakness
from checkin.errors import WeakPassword


def weakness_sentence(fault: WeakPassword) -> str:
    """Say why a password is refused, and what to do."""
    length = _(
        "Characters of a password: %(least)s to %(most)s. A short sentence is easy to remember.",
        least=MIN_LENGTH,
        most=MAX_LENGTH,
    )
    sentences = {
        Weakness.SHORT: length,
        Weakness.LONG: length,
        Weakness.PERSONAL: _("This is mostly your name or your e-mail. Choose something else."),
        Weakness.LEAKED: _(
            "This password was published after a break-in on another site. Choose something else."
        ),
        Weakness.GIVEN: _("This is the password that you were given. Choose your own."),
        Weakness.COMMON: _("This is easily guessed. Put a few words together that only you know."),
    }
    return str(sentences[Weakness(fault.weakness)])


def different_sentence() -> str:
    """Say that the password was not typed the same twice."""
    return str(_("The two are not the same. Type the password once more."))
