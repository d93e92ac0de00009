"""The kinds of database that tests run on."""

from __future__ import annotations

import pytest

#: what a test of both databases is parametrised with
KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
