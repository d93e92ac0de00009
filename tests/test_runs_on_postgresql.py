"""Part of what runs on both databases runs on PostgreSQL in `script/test`; the proofs run all."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

from tests.support.databases.kinds import left_to_the_proofs

FILE = "tests/services/people/test_x.py"


def collected(*names):
    """Tests as pytest collects them."""
    return [
        SimpleNamespace(nodeid=name, keywords={"postgres": True} if "postgres" in name else {})
        for name in names
    ]


def left(*names):
    """The names of those that are left to the proofs."""
    return [test.nodeid for test in left_to_the_proofs(collected(*names))]


def twins(function, rows=("",)):
    """The names of a function's runs on both databases."""
    return [f"{function}[{kind}{row}]" for row in rows for kind in ("sqlite", "postgres")]


def test_one_function_in_three_is_run_on_postgresql_whichever_others_there_are():
    functions = [f"{FILE}::test_{n}" for n in range(300)]

    alone = [name for function in functions for name in left(*twins(function))]

    assert left(*(name for function in functions for name in twins(function))) == alone
    assert 180 < len(alone) < 220
    assert all("postgres" in name for name in alone)


def test_of_a_table_the_first_two_rows_are_run_on_postgresql():
    chosen = next(f for f in (f"{FILE}::test_{n}" for n in range(99)) if not left(*twins(f)))

    assert left(*twins(chosen, ["-a", "-b", "-c", "-d"])) == [
        f"{chosen}[postgres-c]",
        f"{chosen}[postgres-d]",
    ]


def test_script_proof_runs_what_is_left(pytestconfig):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "0",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    file = "tests/services/people/test_corrections.py"

    def listed(*options):
        done = subprocess.run(
            [*command, *options, file],
            capture_output=True,
            check=True,
            text=True,
            cwd=pytestconfig.rootpath,
        )
        return {line for line in done.stdout.splitlines() if "::" in line}

    here, later = listed("-m", "not proof"), listed("-m", "proof", "-m", "twin")
    assert here | later == listed()
    assert not here & later
    assert later
    assert all("postgres" in name for name in later)


def test_races_and_several_nodes_and_what_runs_on_postgresql_alone_are_never_left():
    names = [f"{FILE}::test_{n}[postgres]" for n in range(50)]
    races = [name for n in range(50) for name in twins(f"tests/web/test_race_forms.py::test_{n}")]
    nodes = [name for n in range(50) for name in twins(f"tests/web/test_nodes.py::test_{n}")]
    engine = [name for n in range(50) for name in twins(f"tests/db/test_engine.py::test_{n}")]

    assert left(*names, *races, *nodes, *engine) == []
