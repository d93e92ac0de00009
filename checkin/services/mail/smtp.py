"""Send messages over SMTP, step by step, so that a fault says at which step it happened."""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.policy import SMTP

from checkin.domain.mail.faults import MailFault, fault_of
from checkin.domain.mail.rules import Fate, Step, fate_of
from checkin.domain.mail.server import MailServer, Tls
from checkin.services.mail.outcomes import LEFT, Letter, Outcome, Permission

#: for each answer; a server that needs longer is taken for dead
TIMEOUT_S = 30
#: Servers end long connections, often without a warning (Postfix after 100 messages to a busy
#: destination, Exim after 1,000): ours ends first, between two messages.
MESSAGES_PER_CONNECTION = 100
_OK = (250, 251)


class _Fault(Exception):
    """The SMTP dialogue failed at a step; `code` is the server's answer, None without one."""

    def __init__(
        self, step: Step, code: int | None, words: str, fault: MailFault | None = None
    ) -> None:
        super().__init__(words)
        fault = fault or fault_of(step, code)
        self.outcome = Outcome(fate_of(step, code), words[:300], fault)
        self.line_is_lost = code in (None, 421)


class SmtpTransport:
    """Sends messages over one SMTP connection, which is opened again when it was lost."""

    def __init__(
        self,
        to: MailServer,
        *,
        timeout_s: float = TIMEOUT_S,
        messages_per_connection: int = MESSAGES_PER_CONNECTION,
    ) -> None:
        self._to = to
        self._timeout_s = timeout_s
        self._most = messages_per_connection
        self._server: smtplib.SMTP | None = None
        self._sent = 0

    def send(self, letter: Letter, may_hand_over: Permission) -> Outcome:
        """Send one message over the open connection, or over a new one."""
        try:
            server = self._connected()
            _offer_envelope(server, letter)
            if not may_hand_over():
                return LEFT
            self._sent += 1
            return _hand_over(server, letter)
        except _Fault as fault:
            if fault.line_is_lost or fault.outcome.fate is Fate.HALTED:
                self._drop()
            return fault.outcome

    def close(self) -> None:
        """End the session with the mail server, and close the connection."""
        if self._server is not None:
            try:
                self._server.quit()
            except (OSError, smtplib.SMTPException):
                self._server.close()
            self._server = None

    def _connected(self) -> smtplib.SMTP:
        if self._server is not None and self._sent < self._most and _is_alive(self._server):
            return self._server
        self.close()
        self._server, self._sent = self._open(), 0
        return self._server

    def _open(self) -> smtplib.SMTP:
        server = self._greeted()
        try:
            if not self._to.tls_from_start:
                self._start_tls(server)
            self._sign_in(server)
        except BaseException:
            server.close()
            raise
        return server

    def _greeted(self) -> smtplib.SMTP:
        step = Step.TLS if self._to.tls_from_start else Step.CONNECT
        with _said_at(Step.CONNECT, tls_at=step):
            if self._to.tls_from_start:
                context = ssl.create_default_context()
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    self._to.host, self._to.port, timeout=self._timeout_s, context=context
                )
            else:
                server = smtplib.SMTP(self._to.host, self._to.port, timeout=self._timeout_s)
        try:
            with _said_at(Step.CONNECT):
                server.ehlo_or_helo_if_needed()
        except _Fault:
            server.close()
            raise
        return server

    def _start_tls(self, server: smtplib.SMTP) -> None:
        if self._to.tls is Tls.REFUSED:
            return
        if not server.has_extn("starttls"):
            if self._to.tls is Tls.REQUIRED:
                raise _no_tls("the server offers no TLS, and it is required")
            return
        with _said_at(Step.TLS):
            code, words = server.starttls(context=ssl.create_default_context())
            if code != 220:
                raise _Fault(Step.TLS, code, _text(code, words))
            server.ehlo()

    def _sign_in(self, server: smtplib.SMTP) -> None:
        if not self._to.user:
            return
        if self._to.password is None:
            words = "the password that is kept was sealed with another master key"
            raise _Fault(Step.SIGN_IN, None, words, MailFault.SEALED_PASSWORD)
        if not isinstance(server.sock, ssl.SSLSocket):
            raise _no_tls("the server offers no TLS: the password was not sent")
        with _said_at(Step.SIGN_IN):
            _log_in(server, self._to.user, self._to.password)

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def _log_in(server: smtplib.SMTP, user: str, password: str) -> None:
    if (user + password).isascii():
        server.login(user, password)
        return
    # smtplib writes ASCII only; PLAIN is UTF-8 (RFC 4616).
    text = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    server.ehlo_or_helo_if_needed()
    code, words = server.docmd("AUTH", f"PLAIN {text}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, words)


def _no_tls(words: str) -> _Fault:
    return _Fault(Step.TLS, None, words, MailFault.NO_TLS)


def _is_alive(server: smtplib.SMTP) -> bool:
    try:
        return server.rset()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


def _offer_envelope(server: smtplib.SMTP, letter: Letter) -> None:
    eight_bit = ["BODY=8BITMIME"] if server.has_extn("8bitmime") else []
    for step, offer, address, options in (
        (Step.SENDER, server.mail, letter.bounces_to, eight_bit),
        (Step.RECIPIENT, server.rcpt, letter.recipient, []),
    ):
        with _said_at(step):
            code, words = offer(address, options)
        if code not in _OK:
            raise _Fault(step, None if code < 400 else code, _text(code, words))


def _hand_over(server: smtplib.SMTP, letter: Letter) -> Outcome:
    """Send the message's data. smtplib's `data` would hide where a broken connection failed."""
    with _said_at(Step.DATA):
        code, words = server.docmd("DATA")
    if code != 354:
        raise _Fault(Step.DATA, code if code >= 400 else None, _text(code, words))
    with _said_at(Step.TEXT):
        server.send(_on_the_wire(letter, eight_bit=server.has_extn("8bitmime")))
        code, words = server.getreply()
    if code // 100 == 2:
        return Outcome(Fate.SENT, _text(code, words)[:300])
    raise _Fault(Step.TEXT, code if code >= 400 else None, _text(code, words))


def _on_the_wire(letter: Letter, *, eight_bit: bool) -> bytes:
    policy = SMTP if eight_bit else SMTP.clone(cte_type="7bit")
    text = re.sub(rb"(?m)^\.", b"..", letter.message.as_bytes(policy=policy))
    return text + (b".\r\n" if text.endswith(b"\r\n") else b"\r\n.\r\n")


@contextmanager
def _said_at(step: Step, *, tls_at: Step = Step.TLS) -> Iterator[None]:
    """Turn exceptions of smtplib at a step into a `_Fault`."""
    try:
        yield
    except smtplib.SMTPResponseException as fault:
        code = fault.smtp_code if fault.smtp_code >= 400 else None
        raise _Fault(step, code, _words(fault)) from None
    except ssl.SSLError as fault:
        at = tls_at if step is Step.CONNECT else step
        raise _Fault(at, None, f"TLS: {_words(fault)}", _kind(fault, step)) from None
    except (OSError, smtplib.SMTPException) as fault:
        raise _Fault(step, None, _no_answer(step) + _words(fault), _kind(fault, step)) from None


def _kind(fault: Exception, step: Step) -> MailFault:
    # smtplib tells of an answer that does not come as of a connection that was closed.
    if isinstance(fault.__context__, TimeoutError):
        return MailFault.TIMED_OUT
    kinds: dict[type[Exception], MailFault] = {
        ssl.SSLCertVerificationError: MailFault.CERTIFICATE,
        ssl.SSLError: MailFault.TLS,
        socket.gaierror: MailFault.UNKNOWN_HOST,
        ConnectionRefusedError: MailFault.NOTHING_LISTENS,
        TimeoutError: MailFault.TIMED_OUT,
        smtplib.SMTPServerDisconnected: MailFault.UNREACHED,
    }
    found = (kind for of, kind in kinds.items() if isinstance(fault, of))
    return next(found, MailFault.NO_SIGN_IN if step is Step.SIGN_IN else MailFault.UNREACHED)


def _no_answer(step: Step) -> str:
    return "no answer after the message was sent: " if step is Step.TEXT else ""


def _text(code: int, words: bytes) -> str:
    return f"{code} {words.decode(errors='replace')}"


def _words(fault: Exception) -> str:
    # Never the whole exception of a login: some servers repeat the credentials in it.
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        return f"{fault.smtp_code} the server refused the user name or password"
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{fault.smtp_code} {_plain(fault.smtp_error)}"[:300]
    return f"{type(fault).__name__}: {fault}"[:300]


def _plain(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words
