"""What a mail server's refusal means and what to do about it, in the page's language."""

from __future__ import annotations

from flask_babel import gettext as _

from checkin.domain.mail.faults import MailFault
from checkin.domain.mail.server import MailServer, MailSettings
from checkin.services.mail.outcomes import Outcome
from checkin.web.site.addressing.outgoing import shown_sender
from checkin.words.problems import shown


def fault_sentence(
    fault: MailFault, server: MailServer | None, *, sender: str, recipient: str = ""
) -> str:
    """Return what is wrong between us and a mail server and what to do.

    Args:
        server: None where messages become files.
        sender, recipient: of the message; "" where it is of no account.
    """
    host, port = (server.host, server.port) if server else ("", 0)
    values = {
        "host": shown(host),
        "port": str(port),
        "sender": shown(sender, 200),
        "recipient": shown(recipient or "–", 200),
    }
    return fault_words()[fault].format(**values)


def outcome_sentence(outcome: Outcome, mail: MailSettings, *, recipient: str) -> str:
    """Return why a message did not leave, and the server's own words."""
    if outcome.fault is None:
        return shown(outcome.answer, 300)
    sender = shown_sender().address
    said = fault_sentence(outcome.fault, mail.server, sender=sender, recipient=recipient)
    return f"{said} ({shown(outcome.answer, 300)})"


def fault_words() -> dict[MailFault, str]:
    """Return the sentence for each kind of fault."""
    return {
        MailFault.UNKNOWN_HOST: _(
            "No machine is called {host}. Check how the name of the mail server is written, and "
            "that this server has access to the internet."
        ),
        MailFault.NOTHING_LISTENS: _(
            "Nothing answers at port {port} of {host}. Mail servers take messages at port 587 or "
            "465, rarely at 25."
        ),
        MailFault.TIMED_OUT: _(
            "{host} did not answer in time at port {port}. Try port 587 or 465; if neither "
            "answers, this network lets no e-mail out."
        ),
        MailFault.UNREACHED: _(
            "The connection to {host} broke off. Check the port and the encryption, and that this "
            "server has access to the internet."
        ),
        MailFault.TLS: _(
            "Encryption does not begin at port {port}. “From the start” goes with port 465, "
            "“required” with port 587."
        ),
        MailFault.CERTIFICATE: _(
            "The certificate does not prove that this server is {host}. Check the name; encryption "
            "without a proof protects no password."
        ),
        MailFault.NO_TLS: _(
            "The server offers no encryption at port {port}, so neither a password nor a message "
            "was sent. Try encryption “from the start” with port 465."
        ),
        MailFault.SIGN_IN: _(
            "The server refuses the user name or the password. Some providers ask for a password "
            "that is made for programs, an “app password”, instead of your own."
        ),
        MailFault.NO_SIGN_IN: _(
            "At port {port} the server lets nobody sign in. Use port 587 or 465, or leave the user "
            "name and the password empty."
        ),
        MailFault.SEALED_PASSWORD: _(
            "The password of the mail server can no longer be opened, because the master key of "
            "this installation is another one. Type it again."
        ),
        MailFault.SENDER: _(
            "The server takes no messages from {sender}. Write the address of the account with "
            "which it is signed in to."
        ),
        MailFault.RECIPIENT: _("The server takes no messages for {recipient}."),
        MailFault.MESSAGE: _("The server did not take this message."),
        MailFault.NOT_NOW: _("The server takes nothing now. Try again in some minutes."),
        MailFault.REFUSED: _("The server refuses this machine before anything is sent."),
        MailFault.FOLDER: _("The files cannot be written into their folder on the server."),
    }
