"""Share compiled routes and templates between the hundreds of applications of one test process.

Flask offers both as attributes of its class. The applications are as separate as before: they
share the compiled code of their routes and templates, and no settings or data.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


def compile_once() -> None:
    """Let every application of this process reuse compiled routes and templates.

    Once for the process; asking again changes nothing.
    """
    if Flask.url_rule_class is _RuleOnce:
        return
    Flask.url_rule_class = _RuleOnce
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Templates()}


class _RuleOnce(Rule):
    """A route whose function that writes addresses is made for the first application only."""

    _made: dict[tuple[str, str, bool], Callable[..., tuple[str, str]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        # Its converters are its application's own: they come as an argument, not in the code.
        key = (self.rule, repr(self.defaults), append_unknown)
        if key not in self._made:
            self._made[key] = super()._compile_builder(append_unknown)
        return self._made[key]


class _Templates(BytecodeCache):
    """Keeps compiled templates in memory; Jinja compares them with their source."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()
