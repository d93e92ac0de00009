"""Do the heavy work that pages ask for, in a process beside the server or on another machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from checkin.cli.office import Office, in_office, say, warn_if_root
from checkin.cli.records import erase_again
from checkin.cli.running.kept_process import kept_running
from checkin.services.badges.refs import fill_refs
from checkin.services.common.private_files import hide_folder
from checkin.services.people.names import fill_name_terms
from checkin.words.compiled import compile_all
from checkin.worker.process import Worker, new_name
from checkin.worker.processes import die_with_parent

#: the process that has started a worker and ends with it, and the worker's name: the next of this
#: name takes up what it leaves
_STARTED_BY = "MARHABA_WORKER"


@click.command()
@in_office
def worker(office: Office) -> None:
    """Do what pages ask for that takes long, such as badges as PDF. `run` starts one by itself."""
    parent, _, name = os.environ.get(_STARTED_BY, "").partition(" ")
    if parent:
        die_with_parent(int(parent))
    fill_refs(office.database, office.keys)  # no key, no worker
    fill_name_terms(office.database)
    erase_again(office)
    office.database.dispose()  # it was there to be looked at: the worker opens its own
    compile_all()
    if not name:
        warn_if_root()
        hide_folder(office.settings.home)
        say("the worker waits for jobs; stop with Ctrl-C")
    Worker(office.settings, name).run()


@contextmanager
def worker_beside() -> Iterator[None]:
    """Keep a worker process running in the `with` block: one that dies is started again."""
    with kept_running(["worker"], "the worker", {_STARTED_BY: f"{os.getpid()} {new_name()}"}):
        yield
