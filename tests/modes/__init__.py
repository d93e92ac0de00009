"""The whole first day, in every way in which people run Marhaba."""

import pytest

# The story is told outside of test files: what failed shall say both sides all the same.
pytest.register_assert_rewrite("tests.modes.story", "tests.modes.witness", "tests.modes.mode")
