"""The settings of an installation, read and validated from `CHECKIN_*` variables and `.env`."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)
from sqlalchemy.orm import Session

from checkin.command_names import organiser_command
from checkin.db.connecting import CONNECTIONS, LEAST_CONNECTIONS
from checkin.db.engine import Database
from checkin.db.sealing import handed_on_key
from checkin.domain.common.problems import InvalidValue, Problem
from checkin.domain.mail.bounce_mailbox import BounceMailbox
from checkin.domain.mail.server import PER_DAY, Destination, MailGiven, MailSettings, Tls
from checkin.domain.network.addresses import one_line, public_url, sender_address
from checkin.domain.network.destinations import NOTHING_ELSE, OutgoingAllowed, outgoing_allowed
from checkin.domain.network.proxies import Network, trusted_networks
from checkin.errors import SettingsError
from checkin.services.accounts.sessions import Lifetimes
from checkin.services.badges.wallets import WalletFiles
from checkin.services.common.keys import MASTER_KEY_BYTES, Keys
from checkin.services.common.security_log import STANDARD_ERROR
from checkin.services.mail.mailbox.mailbox_settings import bounce_mailbox
from checkin.services.mail.sender import DOMAIN_SPACING_MS, Sender
from checkin.services.mail.server_settings import mail_destination, mail_settings
from checkin.services.network.outgoing import Caller
from checkin.services.network.public_address import (
    AddressSource,
    Given,
    PublicAddress,
    SenderAddress,
    address_warning,
    public_address,
    sender_of_mail,
)
from checkin.words.languages import DEFAULT_LANGUAGE, LanguageTag

PREFIX = "CHECKIN_"
#: names the `.env` of the folder in which `run` was started, for the server's own process
DOTENV_VARIABLE = "MARHABA_DOTENV"
_DATABASES = ("sqlite", "postgresql+psycopg")
_MAIL = ("file", "smtp", "smtps")
_LIMITS = ("redis", "rediss", "unix")


class Settings(BaseModel):
    """The settings of an installation.

    Attributes:
        home: the folder of files that are not in the repository.
        database_url: `sqlite:///FILE` or `postgresql+psycopg://…`.
        database_direct_url: the address past a pooler, for LISTEN and migrations.
        database_connections: what a process opens to PostgreSQL at most.
        mail_url: `file:DIR` writes .eml files; `smtp://` and
            `smtps://user:password@host:port` send. Where it is empty, the page decides.
        mail_tls: whether `smtp://` is encrypted: required, opportunistic (where the server offers
            it, and always for a password), or refused.
        mail_from: the sender of e-mails, where not the page says it: see `sender_address`.
        mail_per_day: messages in any 24 hours (see `checkin.domain.mail.server`).
        mail_per_minute: messages in a minute, of all events together; no limit by default.
        mail_domain_spacing_ms: between two messages to the same domain.
        bounces_to: the address for reports of undeliverable messages; `name+…@domain` must
            reach it too.
        bounces_url: the mailbox of that address, `imaps://user:password@host/FOLDER`.
        base_url: the address under which people reach this server, where neither the page nor
            the network says it: see `public_address`.
        limits_url: a Redis that counts what is limited, for several nodes: `redis://host:port/0`,
            `rediss://…` or `unix:///path`; else PostgreSQL counts, and with SQLite the process.
        trusted_proxies: the networks of the proxies whose X-Forwarded-* headers count; none by
            default.
        outgoing_allowed: networks and names of machines that the server may call, at webhooks and
            lists that people have named, beside https to the public internet; by http, too.
        hourly_copies: whether the worker copies the database into home every hour.
        mdns: whether `run` announces the server as marhaba.local on the local network.
        master_key: 64 hexadecimal digits; without it the key file in `home` is used.
        event: the short name of the event that commands are about, where there are several.
        metrics_token: opens `/metrics` to other machines than this one, as a bearer token.
        security_contact: where a weakness is reported, told in `/.well-known/security.txt`:
            `mailto:…`, `https://…` or `tel:…`.
        security_log: where security events are written: `stderr`, the socket of a syslog such as
            `/dev/log`, or `udp://host:514`.
        language: fr, ar or en, where nothing says better.
        session_idle_minutes: how long an operator stays signed in without doing anything.
        session_hours: how long an operator stays signed in at most.
        second_factor: who must have one: optional (nobody), administrators, or organisers
            (administrators, too).
        worker_memory_mb: what one job may take, in MiB; past that it fails, and nothing else does.
        printer: the print queue for badges at the desk; the system's default where empty.
        print_design: what a desk prints unless told otherwise: card, sheet or a6.
        apple_wallet: a folder with certificate.pem, key.pem and wwdr.pem; without it no passes.
        google_wallet: the JSON key of a service account; without it no links to Google Wallet.
        google_wallet_issuer: the issuer's number in Google's wallet console.
        google_wallet_sensitive: whether sensitive events offer Google Wallet, too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    home: Path = Path("var")
    database_url: str = ""
    database_direct_url: str = ""
    database_connections: int = Field(default=CONNECTIONS, ge=LEAST_CONNECTIONS)
    mail_url: str = ""
    mail_tls: Tls = Tls.OPPORTUNISTIC
    mail_from: str | None = None
    mail_per_day: int = Field(default=PER_DAY, ge=1)
    mail_per_minute: int | None = Field(default=None, ge=1)
    mail_domain_spacing_ms: int = Field(default=DOMAIN_SPACING_MS, ge=0)
    bounces_to: str = ""
    bounces_url: str = ""
    base_url: str | None = None
    limits_url: str = ""
    trusted_proxies: tuple[Network, ...] = ()
    outgoing_allowed: OutgoingAllowed = NOTHING_ELSE
    hourly_copies: bool = True
    mdns: bool = True
    master_key: str | None = None
    event: str = ""
    metrics_token: str = ""
    security_contact: str = ""
    security_log: str = STANDARD_ERROR
    language: LanguageTag = DEFAULT_LANGUAGE
    session_idle_minutes: int = Field(default=240, ge=1, le=525_600)
    session_hours: int = Field(default=16, ge=1, le=8_760)
    second_factor: Literal["optional", "administrators", "organisers"] = "administrators"
    worker_memory_mb: int = Field(default=1024, ge=128)
    printer: str = ""
    print_design: Literal["card", "sheet", "a6"] = "card"
    apple_wallet: Path | None = None
    google_wallet: Path | None = None
    google_wallet_issuer: str = ""
    google_wallet_sensitive: bool = False
    _sources: Mapping[str, AddressSource] = PrivateAttr(default_factory=dict)

    @field_validator("database_url", "database_direct_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and urlsplit(url).scheme not in _DATABASES:
            raise ValueError(f"must begin with {' or '.join(f'{name}://' for name in _DATABASES)}")
        return url

    @field_validator("mail_url")
    @classmethod
    def _known_mail(cls, url: str) -> str:
        if url and urlsplit(url).scheme not in _MAIL:
            raise ValueError("must begin with file:, smtp:// or smtps://")
        return url

    @field_validator("limits_url")
    @classmethod
    def _known_limits(cls, url: str) -> str:
        if url and urlsplit(url).scheme not in _LIMITS:
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return url

    @field_validator("security_log")
    @classmethod
    def _known_log(cls, target: str) -> str:
        is_remote = urlsplit(target).scheme == "udp" and urlsplit(target).hostname
        if target != STANDARD_ERROR and not target.startswith("/") and not is_remote:
            raise ValueError("must be stderr, a socket such as /dev/log, or udp://host:514")
        return target

    @field_validator("bounces_to")
    @classmethod
    def _plain_address(cls, address: str) -> str:
        if address and not re.fullmatch(r"[^@\s<>+]+@[A-Za-z0-9.-]+", address):
            raise ValueError("must look like bounces@example.org")
        return address

    @field_validator("bounces_url")
    @classmethod
    def _known_mailbox(cls, url: str) -> str:
        if url and urlsplit(url).scheme not in ("imap", "imaps"):
            raise ValueError("must begin with imaps:// or imap://")
        return url

    @field_validator("base_url")
    @classmethod
    def _an_address(cls, url: str | None) -> str | None:
        return _valid("base_url", public_url, url)

    @field_validator("mail_from")
    @classmethod
    def _a_sender(cls, sender: str | None) -> str | None:
        return _valid("mail_from", sender_address, sender)

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _in_cidr(cls, given: object) -> object:
        return trusted_networks(given) if isinstance(given, str) else given

    @field_validator("outgoing_allowed", mode="before")
    @classmethod
    def _networks_and_names(cls, given: object) -> object:
        return outgoing_allowed(given) if isinstance(given, str) else given

    @field_validator("master_key")
    @classmethod
    def _whole_key(cls, text: str | None) -> str | None:
        if text is not None and len(_from_hex(text)) != MASTER_KEY_BYTES:
            raise ValueError(f"must be {2 * MASTER_KEY_BYTES} hexadecimal digits")
        return text

    @field_validator("metrics_token")
    @classmethod
    def _hard_to_guess(cls, token: str) -> str:
        if token and not re.fullmatch(r"[!-~]{16,}", token):
            raise ValueError("must be 16 letters, digits and signs or more, without spaces")
        return token

    @field_validator("security_contact")
    @classmethod
    def _a_contact(cls, address: str) -> str:
        if address and not re.fullmatch(r"(mailto:[^@\s]+@|https://|tel:\+?)[!-~]+", address):
            raise ValueError("must look like mailto:security@example.org, https://… or tel:+212…")
        return address

    @field_validator("printer")
    @classmethod
    def _a_queue(cls, name: str) -> str:
        if name.startswith("-") or not all(c.isalnum() or c in "-_." for c in name):
            raise ValueError("must be the name of a print queue, as `lpstat -e` lists them")
        return name

    @model_validator(mode="after")
    def _no_password_in_plain_text(self) -> Settings:
        has_password = urlsplit(self.mail_url).password is not None
        if self.mail_tls is Tls.REFUSED and has_password:
            raise ValueError(f"{PREFIX}MAIL_TLS=refused would send the password in plain text")
        return self

    @property
    def database(self) -> str:
        """The database's address; a file in `home` unless another was set."""
        return self.database_url or f"sqlite:///{self.home.resolve() / 'marhaba.db'}"

    def given(self, name: str) -> Given | None:
        """Return the value of a setting in the environment or `.env`, and which of them has it."""
        value = getattr(self, name)
        if value in (None, "") or name not in self.model_fields_set:
            return None
        return Given(str(value), self._sources.get(name, AddressSource.ENVIRONMENT))

    @property
    def mail_given(self) -> MailGiven:
        """What the environment and `.env` say of the mail server."""
        return MailGiven(
            folder=self.home.resolve() / "outbox",
            url=self.given("mail_url"),
            tls=self.given("mail_tls"),
            per_minute=self.given("mail_per_minute"),
            per_day=self.given("mail_per_day"),
        )

    def mail(self, session: Session) -> MailSettings:
        """Return how e-mails leave, and where each of that is set."""
        return mail_settings(session, self.mail_given)

    def mail_destination(self, session: Session, keys: Keys) -> Destination:
        """Return where messages go: files in `home` unless a server was set."""
        return mail_destination(session, keys, self.mail_given)

    def bounce_mailbox(self, session: Session, keys: Keys) -> BounceMailbox | None:
        """Return the mailbox that is read for e-mails that came back; None where there is none."""
        return bounce_mailbox(session, keys, self.given("bounces_url"))

    def public_address(self, session: Session) -> PublicAddress:
        """Return the address at which people and other machines reach this server."""
        return public_address(session, self.given("base_url"))

    def address_warning(self, session: Session) -> Problem | None:
        """Return a warning if the public address contradicts what this server does, else None."""
        url, is_behind_proxy = self.public_address(session).url, bool(self.trusted_proxies)
        return address_warning(session, url, is_behind_proxy=is_behind_proxy)

    def sender_address(self, session: Session) -> SenderAddress:
        """Return the sender of e-mails, and where it is set."""
        is_sent = self.mail(session).is_sent
        return sender_of_mail(session, self.given("mail_from"), is_sent=is_sent)

    def mail_sender(self, session: Session) -> Sender:
        """Return the sender for a message that is sent.

        Raises:
            OnlyThisMachine: only this machine understands the message's links, or the address.
        """
        sender, address = self.sender_address(session), self.public_address(session)
        return self._sender(sender.for_others(), address.for_others(), self.mail(session))

    def shown_sender(self, session: Session) -> Sender:
        """Return the sender for a message that is only shown on a page, such as a preview."""
        sender, address = self.sender_address(session), self.public_address(session)
        return self._sender(sender.text, address.url, self.mail(session))

    def _sender(self, address: str, base_url: str, mail: MailSettings) -> Sender:
        return Sender(
            address=address,
            base_url=base_url,
            bounces_to=self.bounces_to,
            per_day=mail.per_day,
            per_minute=mail.per_minute,
            # Files have no server that could find us too fast.
            domain_spacing_ms=self.mail_domain_spacing_ms if mail.is_sent else 0,
        )

    @property
    def lifetimes(self) -> Lifetimes:
        """How long operators stay signed in."""
        idle = timedelta(minutes=self.session_idle_minutes)
        return Lifetimes(idle=idle, whole=timedelta(hours=self.session_hours))

    @property
    def wallet_files(self) -> WalletFiles:
        """The files of the wallets' keys."""
        return WalletFiles(
            apple=self.apple_wallet,
            google=self.google_wallet,
            google_issuer=self.google_wallet_issuer,
            google_for_sensitive=self.google_wallet_sensitive,
        )

    @property
    def caller(self) -> Caller:
        """What calls the addresses of others that people have named."""
        return Caller(self.outgoing_allowed)

    @property
    def key_file(self) -> Path:
        """The file that holds the master key when no variable does."""
        return self.home / "master.key"


def load_settings(environ: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Settings:
    """Read the settings; a variable of the environment overrides the same one in `.env`.

    Raises:
        SettingsError: a variable is unknown or malformed; the sentence names it.
    """
    environ = os.environ if environ is None else environ
    lines = dotenv_values(dotenv or environ.get(DOTENV_VARIABLE) or ".env")
    in_file = _known_variables({name: value for name, value in lines.items() if value})
    in_environment = _known_variables(environ)
    ours = in_file | in_environment
    _refuse_unknown(ours)
    try:
        settings = Settings.model_validate({n: value for n, value in ours.items() if value != ""})
    except ValidationError as fault:
        first = fault.errors()[0]
        of = "".join(f"{PREFIX}{str(part).upper()}: " for part in first["loc"][:1])
        raise SettingsError(of + first["msg"].removeprefix("Value error, ")) from None
    settings._sources = dict.fromkeys(in_file.keys() - in_environment.keys(), AddressSource.DOTENV)
    return settings


def open_database(settings: Settings, connections: int = 0) -> Database:
    """Return the database of this installation; the caller closes it.

    Args:
        connections: how many it opens to PostgreSQL at most; 0 for as many as the settings say.
    """
    return Database(
        settings.database,
        direct_url=settings.database_direct_url,
        connections=connections or settings.database_connections,
        key=handed_on_key(),
    )


def load_keys(settings: Settings) -> Keys:
    """Return the keys of this installation.

    Raises:
        SettingsError: there is no key, or its file cannot be read or is not a key.
    """
    return Keys(master_key_bytes(settings))


def master_key_bytes(settings: Settings) -> bytes:
    """Return the master key itself, to be sealed into a backup.

    Raises:
        SettingsError: as `load_keys`.
    """
    if settings.master_key:
        return _from_hex(settings.master_key)
    try:
        key = _from_hex(settings.key_file.read_text("ascii").strip())
    except FileNotFoundError:
        raise SettingsError(
            f"no master key: run `{organiser_command()} init`, restore {settings.key_file} from "
            "its backup, or set CHECKIN_MASTER_KEY"
        ) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{settings.key_file} cannot be read: {fault}") from None
    if len(key) != MASTER_KEY_BYTES:
        raise SettingsError(f"{settings.key_file} is not a key: restore it from its backup")
    return key


def create_key_file(settings: Settings) -> None:
    """Create the file of the master key, unless it exists; only its owner may read it."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        number = os.open(settings.key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(os.urandom(MASTER_KEY_BYTES).hex() + "\n")


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _known_variables(given: Mapping[str, str]) -> dict[str, str]:
    return {name[len(PREFIX) :].lower(): v for name, v in given.items() if name.startswith(PREFIX)}


def _valid(column: str, written: Callable[[str], str], text: str | None) -> str | None:
    try:
        return None if text is None else written(text)
    except InvalidValue as fault:
        raise ValueError(one_line(fault.in_column(column)).partition(": ")[2]) from None


def _refuse_unknown(given: Mapping[str, str]) -> None:
    known = set(Settings.model_fields)
    for name in sorted(set(given) - known):
        near = difflib.get_close_matches(name, known, 1)
        hint = f"; did you mean {PREFIX}{near[0].upper()}?" if near else ""
        names = ", ".join(PREFIX + field.upper() for field in Settings.model_fields)
        raise SettingsError(f"{PREFIX}{name.upper()} is not a setting{hint} (settings: {names})")
