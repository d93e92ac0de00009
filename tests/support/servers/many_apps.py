"""Share compiled routes and templates between the hundreds of applications of one test process.

Flask offers all of it as attributes of its class. The applications are as separate as before: they
share the compiled code of their routes and templates, and no settings or data.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Map, Rule, RuleFactory

from tests.support.compiled_templates import its_folder

#: what a route keeps of its text once that is read
_READ = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")


def compile_once() -> None:
    """Let every application of this process reuse compiled routes and templates.

    Once for the process; asking again changes nothing.
    """
    if Flask.url_rule_class is _RuleOnce:
        return
    Flask.url_rule_class = _RuleOnce
    Flask.url_map_class = _LateMap
    if folder := its_folder():
        # Jinja compares what is kept there with the sources.
        kept = FileSystemBytecodeCache(folder)
        Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": kept}


class _RuleOnce(Rule):
    """A route whose text is read, and whose function that writes addresses is made, only once."""

    _first: dict[tuple[Any, ...], Rule] = {}

    def compile(self) -> None:
        assert self.map is not None
        key = (
            *(self.rule, repr(self.defaults), self.subdomain, self.host, self.merge_slashes),
            *self.map.converters.items(),
        )
        if first := self._first.get(key):
            vars(self).update((name, getattr(first, name)) for name in _READ)
        else:
            super().compile()
            self._first[key] = self


class _LateMap(Map):
    """Routes that are entered when an address is first looked up or written.

    Tests of the interface for devices never need the hundreds of routes of the pages, which belong
    to another application.
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        self._waiting: list[RuleFactory] = []
        self._entering = Lock()
        super().__init__(*arguments, **more)

    def add(self, rulefactory: RuleFactory) -> None:
        self._waiting.append(rulefactory)

    def update(self) -> None:
        if self._waiting:
            with self._entering:
                for one in self._waiting:
                    super().add(one)
                self._waiting.clear()
        super().update()
