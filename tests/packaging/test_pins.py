"""A requirements file pins all that its packages need, on every Python that Marhaba runs on.

`pip check` says so of the Python it runs on only: a package that another one needs may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
FILES = ("requirements.txt", "requirements-scanner.txt", "requirements-dev.txt")
PYTHONS = ("3.11.2", "3.12.3", "3.13.5", "3.14.0")


def pinned_on(python: str, text: str) -> dict[str, str]:
    """Return the versions that a requirements file pins under a version of Python, by name."""
    lines = map(Requirement, re.findall(r"^[a-zA-Z][^\\\n=]*==[^\\\n]*", text, re.MULTILINE))
    pins = [one for one in lines if one.marker is None or one.marker.evaluate(on(python))]
    return {canonicalize_name(one.name): next(iter(one.specifier)).version for one in pins}


def on(python: str, extra: str = "") -> dict[str, str]:
    """Return what markers are evaluated with on Linux under a version of Python."""
    return {
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "extra": extra,
    }


def needs_of(name: str, extras: Iterable[str], python: str) -> Iterator[Requirement]:
    """Yield what a package needs, as it says itself; one that is not installed says nothing."""
    try:
        lines = distribution(name).requires or []
    except PackageNotFoundError:
        return
    for need in map(Requirement, lines):
        marker = need.marker
        if marker is None or any(marker.evaluate(on(python, one)) for one in ("", *extras)):
            yield need


def not_pinned(text: str, python: str) -> list[str]:
    """Return what packages of a requirements file need and the file does not pin."""
    versions = pinned_on(python, text)
    missing: list[str] = []
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(name, frozenset[str]()) for name in versions]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        for need in needs_of(name, extras, python):
            needed = canonicalize_name(need.name)
            if needed not in versions or not need.specifier.contains(versions[needed], True):
                missing.append(f"{name} needs {need}")
            else:
                waiting.append((needed, frozenset(need.extras)))
    return sorted(missing)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("file", FILES)
def test_what_a_package_needs_is_pinned_for_every_python(file, python):
    assert not_pinned((ROOT / file).read_text("utf-8"), python) == []


def test_a_pin_that_one_python_lacks_is_found():
    text = (ROOT / "requirements-dev.txt").read_text("utf-8")
    cut = re.sub(r"^numpy==[^;]*; python_full_version < .*\n( .*\n)*", "", text, flags=re.MULTILINE)

    assert any(one.startswith("opencv-python needs numpy") for one in not_pinned(cut, "3.11.2"))
    assert not_pinned(cut, "3.12.3") == []


@pytest.mark.parametrize("python", PYTHONS)
def test_the_tests_run_with_the_versions_that_are_shipped(python):
    shipped, scanners, tested = (
        pinned_on(python, (ROOT / file).read_text("utf-8")).items() for file in FILES
    )

    assert shipped <= tested
    assert scanners <= tested
