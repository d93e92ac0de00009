"""What can be wrong between us and a mail server, in kinds that people can do something about."""

from __future__ import annotations

from enum import StrEnum

from checkin.domain.mail.rules import Answer, Step, answer_of_code


class MailFault(StrEnum):
    """Why a mail server did not take a message; `checkin.web.mail.fault_words` has sentences."""

    #: no machine has this name
    UNKNOWN_HOST = "unknown_host"
    #: the machine is there, and nothing answers at this port
    NOTHING_LISTENS = "nothing_listens"
    TIMED_OUT = "timed_out"
    #: no way to the machine, or the connection broke
    UNREACHED = "unreached"
    #: TLS cannot begin: at this port the server may begin otherwise
    TLS = "tls"
    #: nobody whom this machine trusts says that the server is the one that is meant
    CERTIFICATE = "certificate"
    #: encryption is required, or there is a password, and the server offers none
    NO_TLS = "no_tls"
    #: the user name or the password is refused
    SIGN_IN = "sign_in"
    #: the server lets nobody sign in here
    NO_SIGN_IN = "no_sign_in"
    #: the master key does not open the password that is kept
    SEALED_PASSWORD = "sealed_password"  # noqa: S105 - a code
    #: the server takes nothing from our sender
    SENDER = "sender"
    #: it takes nothing for this recipient
    RECIPIENT = "recipient"
    #: it does not take this message
    MESSAGE = "message"
    #: it takes nothing now, and may later
    NOT_NOW = "not_now"
    #: it greets us with a refusal, or answers what is no answer
    REFUSED = "refused"
    #: a folder on this machine cannot be written
    FOLDER = "folder"


_AT_STEP = {
    Step.TLS: MailFault.TLS,
    Step.SIGN_IN: MailFault.SIGN_IN,
    Step.SENDER: MailFault.SENDER,
    Step.RECIPIENT: MailFault.RECIPIENT,
    Step.DATA: MailFault.MESSAGE,
    Step.TEXT: MailFault.MESSAGE,
}


def fault_of(step: Step, code: int | None) -> MailFault:
    """Return the kind of a fault by the step at which it happened and the server's answer."""
    if code is None:
        return MailFault.TLS if step is Step.TLS else MailFault.UNREACHED
    if answer_of_code(code) is Answer.NOT_NOW and step is not Step.SIGN_IN:
        return MailFault.NOT_NOW
    return _AT_STEP.get(step, MailFault.REFUSED)
