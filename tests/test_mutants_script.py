"""`script/proof mutants`: its mutants, its output, and when it fails."""

from __future__ import annotations

import importlib.util
import sys
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAM = '''"""Says 1 == 2."""

import os

limits: tuple[int, int] = os.limits


def decide(facts, policy):
    """Decide; not now."""
    if facts.open and not facts.late:
        return max(facts.at, policy.at) >= 3
    note(policy)
    return where(facts.a == 1, facts.b is None)
'''


@pytest.fixture
def script():
    spec = importlib.util.spec_from_file_location("mutants", ROOT / "script" / "mutants.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutants"] = module
    spec.loader.exec_module(module)
    return module


def test_each_mutant_is_one_small_change_of_what_runs(script):
    told = [(one.where, one.before, one.after) for one in script.mutants("a.py", PROGRAM)]

    condition = "if facts.open and not facts.late:"
    limit = "return max(facts.at, policy.at) >= 3"
    wanted = "return where(facts.a == 1, facts.b is None)"
    assert sorted(told) == sorted(
        ("decide", before, after)
        for before, after in [
            (condition, "if facts.open or not facts.late:"),
            (condition, "if facts.open and facts.late:"),
            (limit, "return max(facts.at, policy.at) > 3"),
            (limit, "return max(facts.at, policy.at) >= 4"),
            (limit, "return min(facts.at, policy.at) >= 3"),
            (limit, "return max(policy.at) >= 3"),
            (limit, "return max(facts.at) >= 3"),
            ("note(policy)", "pass"),
            (wanted, "return where(facts.b is None)"),
            (wanted, "return where(facts.a == 1)"),
            (wanted, "return where(facts.a != 1, facts.b is None)"),
            (wanted, "return where(facts.a == 2, facts.b is None)"),
            (wanted, "return where(facts.a == 1, facts.b is not None)"),
        ]
    )


def test_a_join_keeps_its_condition_of_which_each_part_is_changed(script):
    [told] = script.mutants("a.py", "q = query.join(Gate, Gate.id == Scan.gate_id)\n")

    assert told.after == "q = query.join(Gate, Gate.id != Scan.gate_id)"


def test_whether_zip_is_strict_is_left_alone(script):
    told = script.mutants("a.py", "z = zip(a + b, strict=True)\n")

    assert [one.after for one in told] == ["z = zip(a - b, strict=True)"]


def test_a_mutant_is_the_whole_file_with_that_change(script):
    [mutant] = script.mutants("a.py", "x = 1\né = 'é'; y = a == b  # why\nz = 'a'\n")[1:]

    assert mutant.source == "x = 1\né = 'é'; y = a != b  # why\nz = 'a'\n"


def test_two_changes_that_read_the_same_have_names_of_their_own(script):
    names = [one.name for one in script.mutants("a.py", "def f():\n    g(a == b)\n    g(a == b)\n")]

    assert len(names) == len(set(names)) == 4


class NoTestNotices:
    """A copy of the checkout whose one test lets some changes pass."""

    def __init__(self, script, folder: Path, unnoticed: str) -> None:
        self.folder, self._script, self._unnoticed = folder, script, unnoticed

    def run(self, files, limit_s, *, wanted=(), watched=(), on_postgresql=False):
        text = (self.folder / "a.py").read_text()
        passed = text == SOURCE or (self._unnoticed in text and not on_postgresql)
        failed = [] if passed else ["tests::test"]
        return self._script.Told(passed, {"tests::test": 0.1}, failed, {"a.py f": ["tests::test"]})

    def collect(self, files):
        return NobodyCanSay()


class NobodyCanSay:
    """Tests that are collected already, and cannot try any mutant."""

    def failing(self, mutant, wanted, limit_s):
        return None

    def close(self):
        pass


SOURCE = "def f(a, b):\n    return a == b and a < 5\n"
SURVIVOR = "a.py f: return a == b and a < 5 → return a == b and a <= 5"


@pytest.fixture
def run(script, tmp_path, monkeypatch, capsys):
    """Run the script over one file, with a list of accepted survivors."""
    (tmp_path / "a.py").write_text(SOURCE)
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script, "LIST", tmp_path / "mutants.toml")
    monkeypatch.setattr(script, "load_libraries", lambda: None)
    monkeypatch.setattr(sys, "argv", ["mutants", "a.py"])

    def run(unnoticed: str, *accepted: str, more: str = "") -> tuple[int, str]:
        script.listed.cache_clear()
        rows = [f"[[accepted]]\nmutant = '{one}'\nreason = 'none'\n" for one in accepted]
        tests = "[tests]\n'a.py' = ['tests']\n"
        (tmp_path / "mutants.toml").write_text("".join(rows) + tests + more)
        monkeypatch.setattr(script, "a_copy", lambda _: NoTestNotices(script, tmp_path, unnoticed))
        return script.main(), capsys.readouterr().out

    return run


def test_a_survivor_that_is_not_listed_fails_it_and_is_named(run):
    code, told = run("a <= 5")

    assert (code, f"new: {SURVIVOR}" in told) == (1, True)


def test_a_survivor_with_a_reason_is_accepted_and_nothing_else_survives(run):
    code, told = run("a <= 5", SURVIVOR)

    assert (code, "4 of 4, 1 survived" in told, "new:" in told) == (0, True, False)


def test_what_the_tests_on_postgresql_notice_does_not_survive(run):
    code, told = run("a <= 5", more="[on_postgresql]\n'a.py' = ['tests']\n")

    assert (code, "4 of 4, 0 survived" in told) == (0, True)


def test_a_listed_survivor_that_a_test_notices_by_now_fails_it(run):
    code, told = run("nothing of it", SURVIVOR)

    assert (code, "no survivor any more" in told, SURVIVOR in told) == (1, True, True)


def test_the_file_is_whole_again_afterwards(run, tmp_path):
    run("a <= 5")

    assert (tmp_path / "a.py").read_text() == SOURCE


FUNCTIONS = """
class Gate:
    def opens(self):
        return self._known()

    def _known(self):
        return True


def told():
    return [each() for each in (lambda: 1,)]


AT_IMPORT = told()
"""
CALLERS = """
import time


def test_slow():
    import functions

    time.sleep(0.2)
    assert functions.Gate().opens()


def test_quick():
    import functions

    assert functions.Gate()._known()
"""


@pytest.fixture
def copy(script, tmp_path):
    """A copy of a checkout with one module and two tests of it, where tests run in a process."""
    (tmp_path / "functions.py").write_text(FUNCTIONS)
    (tmp_path / "test_functions.py").write_text(CALLERS)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:schemathesis -p no:anyio\n")
    return script.Copy(tmp_path)


@pytest.fixture
def trial(script, copy):
    with closing(script.Trial(copy, ["functions.py"], ["test_functions.py"])) as trial:
        yield trial


def test_the_first_run_tells_which_test_calls_what_and_what_an_import_calls(copy):
    told = copy.run(["test_functions.py"], 60, watched=["functions.py"])

    slow, quick = "test_functions.py::test_slow", "test_functions.py::test_quick"
    assert (told.passed, told.failed, list(told.seconds)) == (True, [], [slow, quick])
    # Since Python 3.12 a list comprehension is no function of its own (PEP 709).
    comprehension = {} if sys.version_info >= (3, 12) else {"functions.py told.<listcomp>": [""]}
    assert told.callers == comprehension | {
        "functions.py <module>": [""],
        "functions.py Gate": [""],
        "functions.py told": [""],
        "functions.py told.<lambda>": [""],
        "functions.py Gate.opens": [slow],
        "functions.py Gate._known": [slow, quick],
    }


def test_the_tests_that_call_a_function_try_its_mutants_the_last_to_notice_one_first(
    script, trial, tmp_path
):
    mutants = {one.where: one for one in script.mutants("functions.py", FUNCTIONS)}
    quick = trial._tests_of("functions.py Gate._known")
    (tmp_path / "functions.py").write_text(FUNCTIONS.replace("self._known()", "False"))

    noticed = trial.notices(script.Mutant("functions.py", "Gate.opens", "", "", FUNCTIONS))

    slow_first = trial._tests_of("functions.py Gate._known")
    assert (noticed, sorted(mutants)) == (True, ["Gate._known", "told"])
    assert [name.rpartition("_")[2] for name in quick] == ["quick", "slow"]
    assert [name.rpartition("_")[2] for name in slow_first] == ["slow", "quick"]
    assert trial._tests_of("functions.py Gate.opens") == ["test_functions.py::test_slow"]
    assert trial._tests_of("functions.py told") == slow_first  # it is called by an import


@pytest.mark.parametrize(
    ("where", "changed", "failing"),
    [
        ("Gate.opens", ("self._known()", "False"), "test_slow"),
        ("Gate._known", ("return True", "return False"), "test_quick"),
        ("Gate._known", ("return True", "return not False"), None),
        ("Gate", ("return True", "return False"), None),  # it is no function
    ],
)
def test_a_function_is_replaced_in_a_loaded_module(where, changed, failing, script, copy):
    tests = ["test_functions.py::test_quick", "test_functions.py::test_slow"]
    mutant = script.Mutant("functions.py", f"{where}#2", "", "", FUNCTIONS.replace(*changed))

    with closing(copy.collect(["test_functions.py"])) as collected:
        told = collected.failing(mutant, tests, 60)

    assert told == (failing and f"test_functions.py::{failing}")


def test_what_is_loaded_is_the_unchanged_file(script, copy, tmp_path):
    test = "from functions import Gate\n\n\ndef test_gate():\n    assert Gate().opens()\n"
    (tmp_path / "test_loaded.py").write_text(test)
    changed = FUNCTIONS.replace("return True", "return False")
    mutants = [
        script.Mutant("functions.py", "Gate._known", "", "", changed),
        script.Mutant("functions.py", "told", "", "", FUNCTIONS),
    ]

    with closing(copy.collect(["test_loaded.py"])) as collected:
        (tmp_path / "functions.py").write_text(changed)
        told = [collected.failing(one, ["test_loaded.py::test_gate"], 60) for one in mutants]

    assert told == ["test_loaded.py::test_gate", None]


def test_a_test_of_another_file_than_the_one_that_loaded_the_modules_passes(script, copy, tmp_path):
    (tmp_path / "conftest.py").write_text(
        "import pytest\n\n\n@pytest.fixture\ndef databases():\n    return 1\n"
    )
    tests = "def test_one(databases):\n    pass\n\n\ndef test_two(databases):\n    pass\n"
    (tmp_path / "test_databases.py").write_text(tests)
    files = ["test_databases.py", "test_functions.py"]

    with closing(copy.collect(files)) as collected:
        told = collected.failing(None, ["test_functions.py::test_quick"], 60)

    assert told is None


def test_a_mutant_of_a_function_that_no_test_calls_survives(script, trial):
    assert not trial.notices(script.Mutant("functions.py", "uncalled", "", "", ""))


def test_files_with_different_tests_are_tried_and_come_to_an_end(
    script, copy, tmp_path, monkeypatch
):
    import signal

    def is_stuck(_number, _frame):
        raise TimeoutError

    (tmp_path / "others.py").write_text("def one():\n    return 1\n")
    (tmp_path / "test_others.py").write_text(
        "from others import one\n\n\ndef test_one():\n    assert one() == 1\n"
    )
    monkeypatch.setattr(script, "tests_of", lambda file: [f"test_{file}"])
    monkeypatch.setattr(script, "listed", dict)
    before = signal.signal(signal.SIGALRM, is_stuck)
    signal.alarm(120)
    try:
        survived = list(script.all_survivors(copy, ["functions.py", "others.py"]))
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)

    assert [one.file for one in survived if one.file == "others.py"] == []


def test_a_child_that_takes_too_long_notices_the_change(script):
    import os
    import time

    child = os.fork()
    if child == 0:
        os.setsid()
        time.sleep(60)
        os._exit(0)

    assert not script._ended_well(child, 0.3)


def test_every_accepted_survivor_is_a_mutant_of_today_with_a_reason(script):
    listed = script.accepted()
    files = {name.split(" ")[0] for name in listed}
    names = {
        mutant.name
        for file in files
        for mutant in script.mutants(file, (ROOT / file).read_text("utf-8"))
    }

    assert set(listed) - names == set()
    assert all(len(reason) > 20 for reason in listed.values())


def test_every_file_has_tests_that_concern_it(script):
    assert [file for file in script.files_of(script.DEFAULT) if not script.tests_of(file)] == []
