"""Serve a WSGI application by ASGI: a request takes a thread only once its body was received."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from checkin.services.board.live import MAX_STREAMS
from checkin.web.asgi.answers import Answer, Send, Wsgi
from checkin.web.asgi.bodies import (
    PATIENCE,
    SMALL_BYTES,
    Body,
    BodyReader,
    Patience,
    Receive,
    SenderGone,
    SenderTooSlow,
    declared_length,
    longest_kept,
)
from checkin.web.asgi.environ import Scope, environ_of
from checkin.web.asgi.memory import Memories, holder_of
from checkin.web.asgi.refusals import TOO_BUSY, TOO_SLOW, TORN, Refusal
from checkin.web.asgi.threads import ThreadPool

T = TypeVar("T")

#: threads beyond those that streams may hold, so that no number of boards keeps a scan waiting
REQUEST_THREADS = 48
#: requests that may wait for a thread; more are told to come back, which is quicker than waiting
LONGEST_LINE = 1024
#: a client that takes nothing of its answer for so long is given up
STALLED_S = 60.0


class Bridge:
    """Serves `app` behind granian's ASGI interface (see docs/adr/0012-bodies-before-threads.md).

    Args:
        app: a WSGI application.
        threads: in which it runs.
    """

    def __init__(
        self,
        app: Wsgi,
        threads: ThreadPool,
        *,
        patience: Patience = PATIENCE,
        stalled_s: float = STALLED_S,
    ) -> None:
        self._app = app
        self._threads = threads
        self._body_reader = BodyReader(patience)
        self._stalled_s = stalled_s
        self._memories = Memories()
        self._watching: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = self._body(scope)
        try:
            refusal = await self._refusal(scope, receive, body)
            if refusal is None:
                await self._answer(scope, receive, send, body)
            else:
                await _send_refusal(refusal, scope, send)
        finally:
            body.release()

    def _body(self, scope: Scope) -> Body:
        declared = declared_length(scope)
        if (
            declared is not None and declared <= SMALL_BYTES
        ):  # a scan, or nothing: it is not counted
            return Body(declared, self._memories.people)
        return Body(declared, self._memories.of(scope), holder_of(scope), longest_kept(scope))

    async def _refusal(self, scope: Scope, receive: Receive, body: Body) -> Refusal | None:
        try:
            if body.declared != 0 and not _expects_refusal(scope, body):
                await self._body_reader.read(receive, body)
        except SenderTooSlow:
            return TOO_SLOW
        except SenderGone:
            return TORN
        return TOO_BUSY if body.crowded_out or self._threads.is_full() else None

    async def _answer(self, scope: Scope, receive: Receive, send: Send, body: Body) -> None:
        loop = asyncio.get_running_loop()
        length = None if body.declared == 0 else max(body.length, body.declared or 0)
        environ = environ_of(scope, body.content(), length)

        def watch(answer: Answer) -> None:
            loop.call_soon_threadsafe(self._watch, receive, answer)

        answer = Answer(self._app, environ, send, watch)
        while (behind := await self._in_a_thread(answer.advance)) is not None:
            if not await _caught_up(behind, self._stalled_s):
                await self._in_a_thread(answer.give_up)
                return

    def _in_a_thread(self, work: Callable[[], T]) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def job() -> None:
            result = work()
            with suppress(RuntimeError):  # the server has ended meanwhile
                loop.call_soon_threadsafe(done.set_result, result)

        self._threads.submit(job)
        return done

    def _watch(self, receive: Receive, answer: Answer) -> None:
        task = asyncio.get_running_loop().create_task(_until_gone(receive, answer))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)


async def _until_gone(receive: Receive, answer: Answer) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    answer.gone = True


async def _caught_up(behind: Awaitable[Any], stalled_s: float) -> bool:
    try:
        async with asyncio.timeout(stalled_s):
            await behind
    except TimeoutError:
        return False
    return True


async def _send_refusal(refusal: Refusal, scope: Scope, send: Send) -> None:
    for message in refusal.messages(scope):
        await send(message)


def _expects_refusal(scope: Scope, body: Body) -> bool:
    # Who asks before it sends need not send what nobody keeps.
    too_long = (body.declared or 0) > body.longest
    return too_long and any(name == b"expect" for name, _ in scope["headers"])


def bridged(app: Wsgi) -> Bridge:
    """Return `app` for granian's ASGI interface, with the threads that its streams leave it."""
    return Bridge(app, ThreadPool(MAX_STREAMS + REQUEST_THREADS, waiting=LONGEST_LINE))
