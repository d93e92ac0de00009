"""A browser that is driven by W3C WebDriver commands over HTTP or Firefox's own protocol."""

from __future__ import annotations

import base64
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

#: the key of a reference to an element, which the standard lays down
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
ENTER = "\ue007"
TAB = "\ue004"


class Command(NamedTuple):
    """One command of the standard: its name on Firefox's own wire, and its HTTP request."""

    name: str
    method: str
    path: str


_OPEN = Command("WebDriver:Navigate", "POST", "/url")
_RUN = Command("WebDriver:ExecuteAsyncScript", "POST", "/execute/async")
_FIND = Command("WebDriver:FindElement", "POST", "/element")
_TYPE = Command("WebDriver:ElementSendKeys", "POST", "/element/{id}/value")
_CLICK = Command("WebDriver:ElementClick", "POST", "/element/{id}/click")
_CLEAR = Command("WebDriver:ElementClear", "POST", "/element/{id}/clear")
_ACT = Command("WebDriver:PerformActions", "POST", "/actions")
_PICTURE = Command("WebDriver:TakeScreenshot", "GET", "/screenshot")
_RESIZE = Command("WebDriver:SetWindowRect", "POST", "/window/rect")

_AWAITED = """
const [text, values] = [arguments[0], arguments[1]];
const done = arguments[arguments.length - 1];
Promise.resolve().then(() => eval(text)(...values))
  .then((value) => done({ value: value ?? null }), (fault) => done({ fault: String(fault) }));
"""


class BrowserFault(Exception):
    """The browser could not do what it was told."""


class DrivenBrowser(ABC):
    """What a test may do with a browser."""

    @abstractmethod
    def ask(self, command: Command, **parameters: Any) -> Any:
        """Send a command and return its value; raises BrowserFault."""

    @abstractmethod
    def faults(self) -> list[str]:
        """Return the errors of the console since it was asked last, where it can be read."""

    @abstractmethod
    def close(self) -> None:
        """End the browser and all it started."""

    def open(self, url: str) -> None:
        self.ask(_OPEN, url=url)

    def reload(self) -> None:
        """Press F5. The standard's own command goes past the page's worker, as Shift-F5 does."""
        self.run("() => { window.old = true; setTimeout(() => location.reload(), 0); }")
        self.wait("() => !window.old && document.readyState === 'complete'")

    def resize(self, width: int, height: int) -> None:
        self.ask(_RESIZE, width=width, height=height)

    def run(self, function: str, *values: Any) -> Any:
        """Call a JavaScript function in the page, wait for its promise, and return the value."""
        script = _AWAITED.replace("eval(text)", f"({function})")
        told = self.ask(_RUN, script=script, args=["", list(values)])
        if told is None or "fault" in told:
            raise BrowserFault(told["fault"] if told else "the page went away meanwhile")
        return told["value"]

    def wait(self, function: str, *values: Any, seconds: float = 30) -> Any:
        """Wait until a function gives something true, and return that."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            # Between two pages there is none that could answer.
            with suppress(BrowserFault):
                if found := self.run(function, *values):
                    return found
            time.sleep(0.05)
        shown = self.run("() => document.body.innerText + document.documentElement.dataset.kept")
        raise TimeoutError(f"{function} {values}: the page showed {shown}")

    def wait_for(self, selector: str, seconds: float = 30) -> None:
        self.wait("(what) => Boolean(document.querySelector(what))", selector, seconds=seconds)

    def text(self, selector: str) -> str:
        found: str = self.run("(what) => document.querySelector(what).textContent.trim()", selector)
        return found

    def type(self, selector: str, text: str) -> None:
        self.ask(_TYPE, id=self._element(selector), text=text)

    def clear(self, selector: str) -> None:
        self.ask(_CLEAR, id=self._element(selector))

    def click(self, selector: str) -> None:
        self.ask(_CLICK, id=self._element(selector))

    def press(self, keys: str) -> None:
        """Press and release keys one after the other, wherever the focus is."""
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.ask(_ACT, actions=[{"type": "key", "id": "keyboard", "actions": strokes}])

    def picture(self, file: Path) -> None:
        file.write_bytes(base64.b64decode(self.ask(_PICTURE, full=False)))

    def _element(self, selector: str) -> str:
        found = self.ask(_FIND, using="css selector", value=selector)
        return str((found.get("value") or found)[ELEMENT])
