"""The texts of the delivery page, in the page's language."""

from __future__ import annotations

from flask_babel import gettext as _

from checkin.services.mail.delivery_report import Delivery


def delivery_word(delivery: Delivery) -> str:
    """Return the name of a message's state of delivery."""
    return str(
        {
            Delivery.SENT: _("Sent"),
            Delivery.QUEUED: _("Waiting to be sent"),
            Delivery.SENDING: _("Being sent"),
            Delivery.BOUNCED: _("Came back"),
            Delivery.FAILED: _("Rejected by the mail server"),
            Delivery.UNKNOWN: _("Uncertain"),
            Delivery.NO_ADDRESS: _("No e-mail address"),
            Delivery.NO_MAIL: _("Wants no e-mails"),
            Delivery.NO_MESSAGE: _("Not planned yet"),
        }[delivery]
    )


def filter_words() -> list[tuple[str, str]]:
    """Return the filters of the list of people with their names."""
    every = [(str(one), delivery_word(one)) for one in Delivery]
    return [("unreached", _("To reach otherwise")), ("all", _("Everybody")), *every]
