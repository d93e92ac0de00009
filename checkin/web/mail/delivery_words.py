"""The texts of the delivery page, in the page's language."""

from __future__ import annotations

from flask_babel import gettext as _

from checkin.services.mail.delivery_report import Delivery
from checkin.web.site.languages import page_language
from checkin.words.export_columns import said


def delivery_word(delivery: Delivery) -> str:
    """Return the name of a message's state of delivery."""
    return str(said("delivery", str(delivery), page_language()))


def filter_words() -> list[tuple[str, str]]:
    """Return the filters of the list of people with their names."""
    every = [(str(one), delivery_word(one)) for one in Delivery]
    return [("unreached", _("To reach otherwise")), ("all", _("Everybody")), *every]
