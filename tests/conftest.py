"""Fixtures for all tests: a database of each kind, an event, a device, the API."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.compiled_templates import make_folder
from tests.support.databases.kinds import KINDS, left_to_the_proofs

# A test of a pure function needs neither the server nor a database: what a fixture is made of is
# imported by the fixture, which saves such a test file half of its time.
if TYPE_CHECKING:
    from checkin.db.engine import Database
    from checkin.db.models import Event
    from checkin.services.gates.devices import PairedDevice
    from checkin.settings import Settings
    from tests.support.api_client import Api
    from tests.support.databases.databases import Databases, PostgresDatabases, SqliteDatabases
    from tests.support.others.redis_server import RedisServer


#: new objects until the garbage collector looks at them; a run of tests begins with fewer
_RARELY = 2_000_000


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=0, help="the seed of a simulated afternoon")
    parser.addoption(
        "--seeds",
        type=lambda text: tuple(map(int, text.split("-"))),
        metavar="FROM-TO",
        help="the seeds of the simulation's proofs, the last one left out",
    )


def pytest_configure() -> None:
    """Let servers of the tests end by Ctrl-C where a shell in the background began the suite.

    Such a shell leaves SIGINT ignored for whatever it starts.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # A scanner of a test must not write into the key store of whoever runs the tests.
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    make_folder()
    gc.set_threshold(_RARELY)  # while thousands of tests are collected, nothing is to be freed


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what takes long and finds little to the proofs, before `-m` chooses."""
    for test in left_to_the_proofs(items):
        test.add_marker(pytest.mark.proof)
        test.add_marker(pytest.mark.twin)


def pytest_collection_finish() -> None:
    """Run the garbage collector rarely, and never on the imported program itself.

    It took a fifth of the time of tests that each build an application.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def pytest_unconfigure() -> None:
    """Collect garbage at the end as usual: libraries count what was freed."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory) -> SqliteDatabases:
    from tests.support.databases.databases import SqliteDatabases

    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[PostgresDatabases]:
    from tests.support.databases.databases import PostgresDatabases, postgres_cluster

    with postgres_cluster() as cluster:
        yield PostgresDatabases(cluster)


@pytest.fixture(scope="session")
def redis_of_the_session() -> Iterator[RedisServer]:
    from tests.support.others.redis_server import redis_server

    with redis_server() as server:
        yield server


@pytest.fixture
def redis(redis_of_the_session) -> RedisServer:
    """A Redis server that keeps nothing yet."""
    redis_of_the_session.empty()
    return redis_of_the_session


@pytest.fixture(params=KINDS)
def databases(request) -> Databases:
    """The databases of one kind, and of the other in the next run of the test."""
    return request.getfixturevalue(f"{request.param}_databases")


@pytest.fixture
def database_url(databases, tmp_path) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    with databases.fresh(tmp_path) as url:
        yield url


@pytest.fixture
def empty_database(databases, tmp_path) -> Iterator[Database]:
    """A database without a schema."""
    from tests.support.databases.databases import opened

    with databases.empty(tmp_path) as url, opened(url) as database:
        yield database


@pytest.fixture
def sqlite_database(sqlite_databases, tmp_path) -> Iterator[Database]:
    """A fresh SQLite database, for what only SQLite does."""
    from tests.support.databases.databases import opened

    with sqlite_databases.fresh(tmp_path) as url, opened(url) as database:
        yield database


@pytest.fixture
def postgres_database(postgres_databases, tmp_path) -> Iterator[Database]:
    """A fresh PostgreSQL database, for what only PostgreSQL does."""
    from tests.support.databases.databases import opened

    with postgres_databases.fresh(tmp_path) as url, opened(url) as database:
        yield database


@pytest.fixture
def database(database_url) -> Iterator[Database]:
    """A fresh, migrated database."""
    from tests.support.databases.databases import opened

    with opened(database_url) as database:
        yield database


@pytest.fixture
def event(database) -> Event:
    """The reference event, its doors open."""
    from tests.support import factories

    return factories.an_event(database)


@pytest.fixture
def device(database, event) -> PairedDevice:
    """A device at the first gate."""
    from tests.support import factories

    return factories.a_device(database, event)


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    """The settings of the web application, which ask nobody for a second factor.

    A module may have its own.
    """
    from checkin.settings import Settings
    from tests.support import factories

    return Settings(
        home=tmp_path,
        database_url=database_url,
        master_key=factories.MASTER_KEY.hex(),
        base_url=factories.BASE_URL,
        second_factor="optional",
    )


@pytest.fixture
def app(settings):
    """The web application on a fresh database; its jobs are done as soon as they are asked for."""
    from checkin.app import create_app
    from checkin.web.site.state import EXTENSION
    from tests.support.servers.inline_worker import do_waiting_jobs
    from tests.support.servers.many_apps import compile_once

    compile_once()
    app = create_app(settings, do_waiting_jobs)
    app.testing = True
    yield app
    app.extensions[EXTENSION].background_tasks.wait()
    app.extensions[EXTENSION].live.close()
    app.extensions[EXTENSION].database.dispose()


@pytest.fixture
def api(app, database, event) -> Api:
    """The API as a device at the first gate sees it."""
    from tests.support.api_client import Api

    return Api.enrolled(app, database, event, gate="Porte 1")
