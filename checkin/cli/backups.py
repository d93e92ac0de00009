"""Backups: one file that holds the database, and putting one back."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from checkin.cli.office import Office, complain, in_office, json_option, now, say, say_json
from checkin.cli.setup import set_up
from checkin.command_names import organiser_command
from checkin.db.migrate import current_revision
from checkin.db.models import Participant, Scan
from checkin.domain.common.epochs import EpochCause
from checkin.errors import InvalidRequest, MarhabaError, SettingsError
from checkin.services.backups.archives import (
    SHORTEST_PASSPHRASE,
    Manifest,
    check_backup,
    open_key,
    sealed_key_in,
    write_backup,
)
from checkin.services.backups.copies import before_restore
from checkin.services.backups.damage import is_damaged, keep_damaged
from checkin.services.backups.epochs import begin_epoch
from checkin.services.backups.key_sheets import key_sheet
from checkin.services.backups.restoring import put_back
from checkin.services.common.activity import note
from checkin.services.common.keys import Keys
from checkin.services.common.private_files import only_ours
from checkin.services.jobs.workers import is_any_alive
from checkin.settings import load_keys, master_key_bytes

_FILE = click.Path(dir_okay=False, path_type=Path)
_passphrase_file = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="read the passphrase from the first line of a file, instead of asking for it",
)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--without-key", is_flag=True, help="leave the master key out of it")
@click.option(
    "--key-sheet",
    type=_FILE,
    help="write the sealed key as a page with a QR, to print and lock away (.html)",
)
@_passphrase_file
@json_option
@in_office
def backup(
    office: Office,
    file: Path,
    without_key: bool,
    key_sheet: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Write a backup of everything to FILE (.zip), while the server runs.

    The master key goes into it sealed under a passphrase, which nobody can recover.
    """
    if without_key and key_sheet:
        raise click.UsageError("a sheet shows the sealed key: leave out --without-key")
    passphrase = "" if without_key else _new_passphrase(passphrase_file)
    key = None if without_key else master_key_bytes(office.settings)
    _ = office.keys  # that it is the key of this database
    manifest = write_backup(office.database, file, now=now(), master_key=key, passphrase=passphrase)
    office.write(lambda session: note(session, None, "installation.backup", now(), format="zip"))
    if key_sheet:
        _write_sheet(key_sheet, file, manifest)
    if as_json:
        told = {"file": str(file), "bytes": file.stat().st_size, "has_key": not without_key}
        say_json({**asdict(manifest), **told})
        return
    say(f"{file}: {file.stat().st_size / 2**20:.1f} MB, opened again and whole")
    if without_key:
        say("without the master key: keep master.key of home apart, or this backup opens no gate")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="do it: the present database goes")
@click.option("--check", is_flag=True, help="only look whether the backup is whole, and its key")
@click.option(
    "--sealed-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="the text of a printed key sheet in a file, instead of the key in the backup",
)
@_passphrase_file
@in_office
def restore(
    office: Office,
    file: Path,
    yes: bool,
    check: bool,
    sealed_key: Path | None,
    passphrase_file: Path | None,
) -> None:
    """Put the backup in FILE in the place of the present database; the server must be stopped.

    Devices notice it, and send again all that they have seen since the backup was made.
    """
    manifest = check_backup(file)
    say(f"{file}: of {manifest.moment:%Y-%m-%d %H:%M} UTC, Marhaba {manifest.version}, whole")
    if check:
        if sealed_key or sealed_key_in(file):
            _opened_key(file, sealed_key, passphrase_file)
            say("the passphrase opens the master key")
        return
    if not yes:
        raise click.UsageError("the present database would go: say --yes to do it")
    _refuse_while_served(office)
    _bring_key(office, file, manifest, sealed_key, passphrase_file)
    _keep_present(office)
    put_back(office.raw_database, file)
    set_up(office)
    office.write(lambda session: begin_epoch(session, EpochCause.RESTORED, now()))
    with office.database.read() as session:
        people = session.scalar(select(func.count()).select_from(Participant))
        scans = session.scalar(select(func.count()).select_from(Scan))
    say(f"put back: {people} participants, {scans} scans")
    say(
        f"start the server ({organiser_command()} run): gates send again what they have seen "
        "since; take back those that ask on Devices"
    )


def _new_passphrase(file: Path | None) -> str:
    if file is not None:
        return _first_line(file)
    return str(
        click.prompt(
            f"Passphrase for the master key ({SHORTEST_PASSPHRASE} characters or more)",
            hide_input=True,
            confirmation_prompt="Again",
            err=True,
        )
    )


def _first_line(file: Path) -> str:
    lines = file.read_text("utf-8").splitlines()
    return lines[0].strip() if lines else ""


def _write_sheet(sheet: Path, file: Path, manifest: Manifest) -> None:
    sealed = sealed_key_in(file)
    with open(sheet, "w", encoding="utf-8", opener=only_ours) as out:
        out.write(key_sheet(json.dumps(sealed, separators=(",", ":")), manifest.moment))
    say(f"{sheet}: open it in a browser and print it; the passphrase is not on it")


def _refuse_while_served(office: Office) -> None:
    try:
        if current_revision(office.raw_database) is None:
            return
        with office.raw_database.read() as session:
            is_served = is_any_alive(session, now())
    except SQLAlchemyError:
        return  # of an older schema, or damaged: that is why another one is put back
    if is_served:
        raise SettingsError(
            "the server runs: stop it first (it counts as running for some seconds after it ended)"
        )


def _bring_key(
    office: Office,
    file: Path,
    manifest: Manifest,
    sealed_key: Path | None,
    passphrase_file: Path | None,
) -> None:
    settings = office.settings
    if settings.master_key or settings.key_file.exists():
        _refuse_other_key(manifest, load_keys(settings), "the master key of this server")
        return
    key = _opened_key(file, sealed_key, passphrase_file)
    _refuse_other_key(manifest, Keys(key), "this sealed key")
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(settings.key_file, "x", encoding="ascii", opener=only_ours) as out:
        out.write(key.hex() + "\n")
        out.flush()
        os.fsync(out.fileno())
    say(f"the master key is in {settings.key_file} again")


def _refuse_other_key(manifest: Manifest, keys: Keys, which: str) -> None:
    if manifest.key_check and manifest.key_check != keys.check_of_installation:
        raise SettingsError(
            f"{which} is not the one that this backup was made with: its badges would open no "
            "gate; nothing was changed"
        )


def _opened_key(file: Path, sealed_key: Path | None, passphrase_file: Path | None) -> bytes:
    sealed = _typed_key(sealed_key) if sealed_key else sealed_key_in(file)
    if sealed is None:
        raise InvalidRequest(
            f"{file} has no master key: put master.key back from where you keep it"
        )
    told = _first_line(passphrase_file) if passphrase_file else None
    return open_key(
        sealed, told or click.prompt("Passphrase of the backup", hide_input=True, err=True)
    )


def _typed_key(file: Path) -> dict[str, Any]:
    try:
        sealed = json.loads(file.read_text("utf-8"))
    except ValueError:
        sealed = None
    if not isinstance(sealed, dict):
        raise InvalidRequest(f"{file} is not the text of a key sheet: compare it sign by sign")
    return sealed


def _keep_present(office: Office) -> None:
    home = office.settings.home
    try:
        if current_revision(office.raw_database) is None:
            return
        kept = before_restore(office.raw_database, home, now())
        say(f"the present database is kept as {kept}")
    except (SQLAlchemyError, MarhabaError, OSError):
        if not is_damaged(office.raw_database):
            raise  # a program that is missing, a full disk: the present database is whole
        _keep_damaged(office, home)


def _keep_damaged(office: Office, home: Path) -> None:
    try:
        kept = keep_damaged(office.raw_database, home, now())
    except OSError as fault:
        complain(f"the present database is damaged, cannot be copied ({fault}), and goes")
        return
    how = f"its files are kept in {kept}" if kept else "cannot be copied, and goes"
    complain(f"the present database is damaged: {how}")
