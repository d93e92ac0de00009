"""What the files of a server's installation call: our commands, and the settings that they give."""

from __future__ import annotations

import re
from collections.abc import Sequence

import click

from checkin.cli.main import cli
from checkin.settings import PREFIX, Settings
from tests.support.servers.server_process import ROOT

DEPLOY = ROOT / "deploy"


def unknown_words(arguments: Sequence[str]) -> set[str]:
    """Return the words of a command line of ours that are neither a command nor an option of it."""
    first, *others = arguments
    command = cli.commands.get(first)
    if command is None:
        return {first}
    options = {
        name
        for one in command.params
        if isinstance(one, click.Option)
        for name in (*one.opts, *one.secondary_opts)
    }
    return {word for word in others if word.startswith("--")} - options


def unknown_settings(text: str) -> set[str]:
    """Return the `CHECKIN_…` names in a text that are no settings."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    return set(re.findall(r"\bCHECKIN_[A-Z_]+", text)) - known
