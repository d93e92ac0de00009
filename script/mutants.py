"""Change the program one small thing at a time, and see whether the tests that concern it notice.

    script/proof mutants                                    # everything of DEFAULT
    script/proof mutants checkin/services/people/places.py  # these files or folders

Each mutant is written into a copy of the checkout, never into the checkout. The tests of a file are
those that `script/mutants.toml` lists for it or its folder, else those of its room; on SQLite, and
without the races. They run once with nothing changed, which tells who calls what: a mutant of a
function is tried with the tests that call it, those first that noticed others. Where the function
can be replaced in modules that are loaded, that is quick. What passes is tried again from the
beginning, and on PostgreSQL for files whose tests there are listed. A mutant that passes all that
survives: it is an unnoticed fault, unless the list says why it is none. Exit code 1: a new
survivor, or a line of the list that no longer names one.
"""

from __future__ import annotations

import argparse
import ast
import compileall
import gc
import importlib
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any, NoReturn, TextIO, TypeGuard

import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).parents[1]
LIST = ROOT / "script" / "mutants.toml"
DEFAULT = ("checkin/domain", "checkin/services/scanning", "checkin/services/people/places.py")
#: a mutant may run for ever; the tests of an unchanged file take this many times less
PATIENCE, LEAST_S, UNCHANGED_S = 5, 30, 900

_SWAPS: dict[type[ast.AST], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.And: "or",
    ast.Or: "and",
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "//",
    ast.FloorDiv: "*",
}
_SIGNS: dict[type[ast.AST], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.And: "and",
    ast.Or: "or",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """One change of one file.

    Attributes:
        where: the function or class, with its number among changes that read the same there.
        before, after: what the changed piece of source says, on one line.
        source: the whole file, changed.
    """

    file: str
    where: str
    before: str
    after: str
    source: str

    @property
    def name(self) -> str:
        """The name in the list of accepted survivors; changes elsewhere do not alter it."""
        return f"{self.file} {self.where}: {self.before} → {self.after}"


class Source:
    """The text of a file, of which a part can be replaced."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self._text = file, text.encode()
        self._starts = [0]
        for line in self._text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def begin(self, node: ast.expr | ast.stmt) -> int:
        """Return the offset in bytes at which a syntax node begins."""
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        """Return the offset in bytes at which a syntax node ends."""
        return self._starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)

    def text(self, begin: int, end: int) -> str:
        """Return the text between two offsets."""
        return self._text[begin:end].decode()

    def around(self, begin: int, end: int, *middles: str) -> tuple[str, ...]:
        """Return the lines around a place, with each of these texts in it, in single spaces."""
        first = self._text.rfind(b"\n", 0, begin) + 1
        last = self._text.find(b"\n", end)
        return tuple(
            " ".join((self.text(first, begin) + middle + self.text(end, last)).split())
            for middle in middles
        )

    def changed(self, begin: int, end: int, new: str) -> str:
        """Return the whole text with the part between two offsets replaced."""
        return (self._text[:begin] + new.encode() + self._text[end:]).decode()


#: start and end offset in the file's bytes, and the replacement
Change = tuple[int, int, str]


def mutants(file: str, text: str) -> list[Mutant]:
    """Return every mutant of a file, in the order of its text."""
    source, tree = Source(file, text), ast.parse(text)
    found: list[Mutant] = []
    seen: dict[tuple[str, str, str], int] = {}
    for where, node in _located(tree.body, ""):
        for begin, end, new in _changes(source, node):
            changed = source.changed(begin, end, new)
            if not _is_python(changed):  # a bracket lost its other half
                continue
            before, after = source.around(begin, end, source.text(begin, end), new)
            count = seen[where, before, after] = seen.get((where, before, after), 0) + 1
            place = f"{where}#{count}" if count > 1 else where
            found.append(Mutant(file, place, before, after, changed))
    return found


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _located(nodes: Iterable[ast.AST], where: str) -> Iterator[tuple[str, ast.AST]]:
    """Yield every syntax node that is executed, with the function or class that contains it."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield from _located(node.body, f"{where}.{node.name}".lstrip("."))
        elif not _is_silent(node):
            yield where or "module", node
            children = node.args if _is_zip(node) else ast.iter_child_nodes(node)
            annotation = getattr(node, "annotation", None)
            yield from _located((one for one in children if one is not annotation), where)


def _is_zip(node: ast.AST) -> TypeGuard[ast.Call]:
    """Say whether a node is a call of zip, whose `strict` only guards what is so already."""
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "zip"


def _is_silent(node: ast.AST) -> bool:
    """Say whether a node decides nothing: docstrings, imports, parameters."""
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return docstring or isinstance(node, ast.Import | ast.ImportFrom | ast.arguments)


def _changes(source: Source, node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            yield from _swapped(source, left, operator, right)
        case ast.BoolOp(op=operator, values=values):
            for left, right in pairwise(values):
                yield from _swapped(source, left, operator, right)
        case ast.BinOp(left=left, op=operator, right=right):
            yield from _swapped(source, left, operator, right)
        case ast.UnaryOp(op=ast.Not()):
            yield source.begin(node), source.begin(node) + len("not"), ""
        case ast.Constant(value=bool() as value):
            yield source.begin(node), source.end(node), str(not value)
        case ast.Constant(value=int() as value):
            yield source.begin(node), source.end(node), str(value + 1)
        case ast.Name(id=name) if name in _NAMES:
            yield source.begin(node), source.end(node), _NAMES[name]
        case ast.Call(func=ast.Attribute(attr="join" | "outerjoin")):
            # A join without its condition joins by the foreign key, which is what nearly all of
            # ours say in words. Whether the condition is right, its own mutants tell.
            return
        case ast.Call(args=arguments) if len(arguments) > 1:
            yield from _without_each(source, arguments)
        case ast.Tuple(elts=[_, _, *_] as elements, ctx=ast.Load()):
            yield from _without_each(source, elements)
        case ast.Expr(value=ast.Call()) | ast.AugAssign():
            yield source.begin(node), source.end(node), "pass"


def _swapped(
    source: Source, left: ast.expr, operator: ast.AST, right: ast.expr
) -> Iterator[Change]:
    new = _SWAPS.get(type(operator))
    if new is None:
        return
    begin, end = source.end(left), source.begin(right)
    old = _SIGNS[type(operator)]
    yield begin, end, source.text(begin, end).replace(old, new, 1)


def _without_each(source: Source, parts: Sequence[ast.expr]) -> Iterator[Change]:
    """Yield the source with one part left out: a condition of several, or a value of a list."""
    for part, after in pairwise(parts):
        yield source.begin(part), source.begin(after), ""
    yield source.end(parts[-2]), source.end(parts[-1]), ""


@cache
def listed() -> dict[str, Any]:
    """Return what `mutants.toml` says: `tests` of files, and `accepted` survivors."""
    return tomllib.loads(LIST.read_text("utf-8"))


def tests_of(file: str) -> list[str]:
    """Return the tests that concern a file: those listed for it or its folder, else its room's."""
    lists, folder = listed().get("tests", {}), Path(file).parent
    return lists.get(file) or lists.get(str(folder)) or _tests_of_room(folder)


def _tests_of_room(folder: Path) -> list[str]:
    room = ROOT / "tests" / folder.relative_to("checkin")
    paths = (path for path in room.glob("test_*.py") if not path.name.startswith("test_race_"))
    return sorted(str(path.relative_to(ROOT)) for path in paths)


@dataclass
class Told:
    """What a run of tests told.

    Attributes:
        passed: all of them passed.
        seconds: how long each test took, by its name.
        failed: the names of those that failed.
        callers: the tests that called each function, by "file function", of the watched files; ""
            stands for a call outside of all tests, such as one of a module that is being imported.
    """

    passed: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    callers: dict[str, list[str]] = field(default_factory=dict)


_ON_SQLITE = ["-k", "not postgres"]
_PHASE_OF_A_TEST = pytest.CallInfo.from_call.__func__.__code__  # type: ignore[attr-defined]


class Observer:
    """A plugin of pytest that runs the wanted tests in the wanted order, and notes what they do.

    Args:
        wanted: names of tests; none of them: every test, as it comes.
        watched: the files whose calls are noted, by their paths.
    """

    def __init__(self, wanted: Sequence[str], watched: Mapping[str, str]) -> None:
        self.told = Told()
        self._order = {name: at for at, name in enumerate(wanted)}
        self._watched, self._test = watched, ""
        if watched:
            threading.settrace(self._called)
            sys.settrace(self._called)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the wanted tests, in their order."""
        if self._order:
            wanted = [item for item in items if item.nodeid in self._order]
            items[:] = sorted(wanted, key=lambda item: self._order[item.nodeid])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Note which test runs."""
        self._test = item.nodeid
        try:
            return (yield)
        finally:
            self._test = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how long a test took, and whether it failed."""
        spent = self.told.seconds.get(report.nodeid, 0)
        self.told.seconds[report.nodeid] = spent + report.duration
        if report.failed:
            self.told.failed.append(report.nodeid)

    def _called(self, frame: FrameType, _event: str, _argument: object) -> None:
        file = self._watched.get(frame.f_code.co_filename)
        if file is None:
            return
        function = frame.f_code.co_qualname.replace(".<locals>", "")
        callers = self.told.callers.setdefault(f"{file} {function}", [])
        if self._test not in callers:
            callers.append("" if self._is_import(frame) else self._test)

    def _is_import(self, frame: FrameType | None) -> bool:
        """Say whether a module is being imported: its import is not repeated for the next test."""
        while frame and frame.f_code is not _PHASE_OF_A_TEST:
            if frame.f_code.co_name == "<module>":
                return True
            frame = frame.f_back
        return False


class Collected:
    """A plugin of pytest that collects tests once, and runs some of them for one mutant at a time.

    Each mutant is tried in a fork, in which its function of the modules loaded already gets the
    code that it has in the changed file. Their names are written where a test fails.
    """

    def __init__(self, requests: TextIO, replies: TextIO, notes: Path) -> None:
        self._requests, self._replies, self._notes = requests, replies, notes

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try what is asked for until nobody asks any more."""
        items = {item.nodeid: item for item in session.items}
        self._load(session.items)
        print("loaded", file=self._replies, flush=True)
        for line in self._requests:
            asked = json.loads(line)
            child = os.fork()
            if child == 0:
                os.setsid()
                self._try([items[name] for name in asked["wanted"]], asked["mutant"])
            print(_ended_well(child, asked["limit_s"]), file=self._replies, flush=True)
        return True

    def _load(self, items: Sequence[pytest.Item]) -> None:
        """Run a test of the database and one of the pages: what they load stays loaded."""
        for fixture in ("databases", "app"):
            users = [item for item in items if fixture in getattr(item, "fixturenames", ())]
            for item, after in list(pairwise(users))[:1]:
                runtestprotocol(item, log=False, nextitem=after)

    def _try(self, items: Sequence[pytest.Item], mutant: Sequence[str]) -> NoReturn:
        setup = items[0].session._setupstate
        try:
            if mutant:
                _replace_function(*mutant)
            setup.teardown_exact(items[0])  # the file of the test that was run to load modules
            for item, after in zip(items, [*items[1:], None], strict=True):
                reports = runtestprotocol(item, log=False, nextitem=after)
                if any(report.failed for report in reports):
                    self._notes.write_text(item.nodeid, "utf-8")
                    setup.teardown_exact(None)  # stop what fixtures started
                    break
        finally:
            os._exit(0)


def _replace_function(file: str, where: str, source: str) -> None:
    """Give a function of a loaded module the code that it has in a changed source.

    Raises:
        LookupError, TypeError, ValueError: it is no function, or cannot have that code.
    """
    holder: Any = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    code = compile(source, file, "exec", dont_inherit=True)
    for name in where.split("."):
        [code] = [one for one in code.co_consts if getattr(one, "co_name", "") == name]
        holder = vars(holder)[name]
        holder = getattr(holder, "fget", None) or getattr(holder, "__func__", holder)
        if isinstance(function := inspect.unwrap(holder), FunctionType):
            function.__code__ = code
            return
    raise LookupError(where)


@dataclass(frozen=True)
class Copy:
    """A copy of the checkout in which tests run, in forks of this process.

    The slow loading of libraries is done already there.
    """

    folder: Path

    def run(
        self,
        files: Sequence[str],
        limit_s: float,
        *,
        wanted: Sequence[str] = (),
        watched: Sequence[str] = (),
        on_postgresql: bool = False,
    ) -> Told:
        """Run tests of these files until one fails; those that take too long do not pass.

        Args:
            wanted, watched: as for `Observer`.
            on_postgresql: also those that need PostgreSQL.
        """
        notes = self.folder / "told.json"
        notes.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            paths = {str(self.folder / file): file for file in watched}
            options = [] if on_postgresql else _ON_SQLITE
            observer = Observer(wanted, paths)
            code = self._pytest([*options, *files], observer)
            notes.write_text(json.dumps(asdict(observer.told)), "utf-8")
            os._exit(code)
        passed = _ended_well(child, limit_s)
        told = json.loads(notes.read_text("utf-8")) if notes.exists() else {}
        return Told(**told | {"passed": passed})

    def collect(self, files: Sequence[str]) -> Quick:
        """Collect the tests of these files, to try mutants of functions with them."""
        notes = self.folder / "failed"
        (asked, asking), (told, telling) = os.pipe(), os.pipe()
        child = os.fork()
        if child == 0:
            os.close(asking)
            self._pytest(
                [*_ON_SQLITE, *files], Collected(os.fdopen(asked), os.fdopen(telling, "w"), notes)
            )
            os._exit(0)
        os.close(asked)
        os.close(telling)
        quick = Quick(child, os.fdopen(asking, "w"), os.fdopen(told), notes)
        quick.replies.readline()  # until then no file may change: it is being loaded
        return quick

    def _pytest(self, arguments: Sequence[str], plugin: object) -> int:
        os.setsid()
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        os.chdir(self.folder)
        sys.path.insert(0, str(self.folder))
        sys.dont_write_bytecode = True  # a second mutant may have the time and length of the first
        quietly = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not proof or twin"]
        # Nobody reads how an assertion failed, and rewriting them takes longer than most tests.
        quietly += ["-p", "no:xdist", "--assert=plain"]
        try:
            return pytest.main([*quietly, *arguments], plugins=[plugin])
        except BaseException:
            os._exit(1)


@dataclass(frozen=True)
class Quick:
    """The other end of `Collected`."""

    process: int
    requests: TextIO
    replies: TextIO
    notes: Path

    def failing(self, mutant: Mutant | None, wanted: Sequence[str], limit_s: float) -> str | None:
        """Return a test that fails with a mutant; None where none does, or nobody can say.

        Args:
            mutant: None for the file as it is.
        """
        self.notes.unlink(missing_ok=True)
        change = (mutant.file, mutant.where.partition("#")[0], mutant.source) if mutant else ()
        asked = {"wanted": wanted, "limit_s": limit_s, "mutant": change}
        print(json.dumps(asked), file=self.requests, flush=True)
        self.replies.readline()
        return self.notes.read_text("utf-8") if self.notes.exists() else None

    def close(self) -> None:
        """End the process in which tests are collected."""
        self.requests.close()
        self.replies.close()
        os.waitpid(self.process, 0)


def _ended_well(child: int, limit_s: float) -> bool:
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status == 0
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


_LIBRARIES = """
import sys, tests.conftest, tests.support.api_client, tests.support.databases.databases
import alembic.command, hypothesis, _hypothesis_pytestplugin, pytest_timeout
ours = ("checkin", "scanner", "badges", "tests", "__main__")
print(*(name for name in sys.modules if name.partition(".")[0] not in ours))
"""


def load_libraries() -> None:
    """Load the libraries that the tests use, and no module of the project."""
    command = [sys.executable, "-c", _LIBRARIES]
    known = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in known.stdout.split():
        with suppress(Exception):
            importlib.import_module(name)
    gc.freeze()  # what every fork has need not be collected by each


class Trial:
    """Some tests that concern some files, to be tried with one mutant after the other."""

    def __init__(self, copy: Copy, files: Sequence[str], tests: Sequence[str]) -> None:
        self._copy = copy
        self._known = copy.run(tests, UNCHANGED_S, watched=files) if tests else Told()
        if not self._known.passed:
            failed = " ".join(self._known.failed or tests) or "there are none"
            sys.exit(f"{' '.join(files)}: the tests do not pass unchanged: {failed}")
        for file in files:
            if not self._passes_on_postgresql(file):
                sys.exit(f"{file}: the tests on PostgreSQL do not pass unchanged")
        self._quick = copy.collect(tests)
        for order in (sorted(self._known.seconds), sorted(self._known.seconds, reverse=True)):
            if failing := self._quick.failing(None, order, UNCHANGED_S):
                sys.exit(f"{failing} does not pass unchanged where its modules are loaded")
        self._noticed: list[str] = []

    def notices(self, mutant: Mutant) -> bool:
        """Say whether a test that calls the mutant's function fails; the file holds the mutant."""
        function = f"{mutant.file} {mutant.where.partition('#')[0]}"
        wanted = self._tests_of(function)
        if not wanted:
            return not self._passes_on_postgresql(mutant.file)
        limit_s = max(LEAST_S, PATIENCE * sum(self._known.seconds[test] for test in wanted))
        if not self._is_imported(function) and (
            failing := self._quick.failing(mutant, wanted, limit_s)
        ):
            self._noticed.insert(0, failing)
            return True
        files = list(dict.fromkeys(test.split("::")[0] for test in wanted))
        told = self._copy.run(files, limit_s, wanted=wanted)
        self._noticed = [*told.failed, *self._noticed]
        return not told.passed or not self._passes_on_postgresql(mutant.file)

    def _is_imported(self, function: str) -> bool:
        """Say whether an import runs it, so that it has run already where modules are loaded."""
        return function.endswith(" module") or "" in self._callers(function)

    def _passes_on_postgresql(self, file: str) -> bool:
        tests = listed().get("on_postgresql", {}).get(file, [])
        return not tests or self._copy.run(tests, UNCHANGED_S, on_postgresql=True).passed

    def _tests_of(self, function: str) -> list[str]:
        """Return the tests that call a function: those first that noticed the last mutants.

        What an import runs, no test calls: all are tried, first those that call other functions of
        the file.
        """
        callers = self._callers(function)
        near = self._callers(function.partition(" ")[0])
        first = {test: at for at, test in reversed(list(enumerate(self._noticed)))}
        last = len(self._noticed)
        return sorted(
            self._known.seconds if self._is_imported(function) else callers,
            key=lambda test: (first.get(test, last), test not in near, self._known.seconds[test]),
        )

    def close(self) -> None:
        """End the process in which tests are collected."""
        self._quick.close()

    def _callers(self, whole: str) -> set[str]:
        """Return the tests that call a function, or one inside that function, class or file."""
        return {
            test
            for called, tests in self._known.callers.items()
            if called == whole or called.startswith((f"{whole}.", f"{whole} "))
            for test in tests
        }


def survivors(copy: Copy, trial: Trial, file: str, number: str) -> Iterator[Mutant]:
    """Try every mutant of a file, print the progress, and yield the survivors."""
    text = (copy.folder / file).read_text("utf-8")
    tried = mutants(file, text)
    lived = 0
    for at, mutant in enumerate(tried, 1):
        (copy.folder / file).write_text(mutant.source, "utf-8")
        if not trial.notices(mutant):
            lived += 1
            print(f"\nsurvived: {mutant.name}", flush=True)
            yield mutant
        print(f"\r{number} {file}: {at} of {len(tried)}, {lived} survived", end="", flush=True)
    (copy.folder / file).write_text(text, "utf-8")
    print(flush=True)


def all_survivors(copy: Copy, files: Sequence[str]) -> Iterator[Mutant]:
    """Try every mutant of these files, and yield the survivors."""
    # Listed completely now, like the copy: somebody may go on working in the checkout.
    tests = {file: tuple(tests_of(file)) for file in files}
    trials: dict[tuple[str, ...], Trial] = {}
    for at, file in enumerate(files, 1):
        if tests[file] not in trials:
            same = [one for one in files if tests[one] == tests[file]]
            trials[tests[file]] = Trial(copy, same, tests[file])
        yield from survivors(copy, trials[tests[file]], file, f"[{at}/{len(files)}]")
    # The last one first: its process has inherited the pipes by which those before it are asked,
    # and they wait for an end of questions that does not come while it holds them.
    for trial in reversed(trials.values()):
        trial.close()


def accepted() -> dict[str, str]:
    """Return the accepted survivors, each with its reason."""
    return {one["mutant"]: one["reason"] for one in listed().get("accepted", [])}


def files_of(asked: Sequence[str]) -> list[str]:
    """Return the files that are asked for, without those that only put others together."""
    found = []
    for one in asked:
        path = ROOT / one
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return [str(path.relative_to(ROOT)) for path in found if path.name != "__init__.py"]


def a_copy(folder: Path) -> Copy:
    """Copy the tracked and the new files of the checkout into a folder."""
    known = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in known.stdout.decode().split("\0"):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    compileall.compile_dir(folder, quiet=2)  # once, and not again in each fork
    return Copy(folder)


def main() -> int:
    """Try the mutants that are asked for; return the exit code."""
    parser = argparse.ArgumentParser(description="changes that no test notices")
    parser.add_argument("paths", nargs="*", default=DEFAULT, help="files or folders")
    files = files_of(parser.parse_args().paths)
    known = accepted()
    # Hypothesis then tries the same examples each time, however long one of them takes.
    os.environ["CI"] = "1"
    load_libraries()
    with tempfile.TemporaryDirectory() as folder:
        lived = {mutant.name for mutant in all_survivors(a_copy(Path(folder)), files)}
    new = sorted(lived - known.keys())
    gone = sorted(one for one in known.keys() - lived if one.split(" ")[0] in files)
    for name in new:
        print(f"new: {name}")
    for name in gone:
        print(f"no survivor any more, take it out of {LIST.relative_to(ROOT)}: {name}")
    return 1 if new or gone else 0


if __name__ == "__main__":
    sys.exit(main())
