"""The contract holds on both kinds of database."""

from __future__ import annotations

import pytest

from tests.support.databases.databases import Databases
from tests.support.databases.kinds import KINDS


@pytest.fixture(params=KINDS)
def databases(request) -> Databases:
    """The databases of one kind, and of the other in the next run of the test."""
    return request.getfixturevalue(f"{request.param}_databases")
