"""The press: a process of its own that makes papers, so that nothing in a service waits while one is made.

Typesetting takes 10 to 50 ms of processor time and would hold up everything else in the process of a service.
"""

import asyncio
import contextlib
import os
import pickle
import signal
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

P = TypeVar("P")
F = TypeVar("F")

# Behind everything that somebody waits for.
NICENESS = 19
_LENGTH = struct.Struct(">Q")
_AUTOGROUP = Path("/proc/self/autogroup")
_COMMAND = "from documents.press import serve; serve(stands_back={})"


class PressBroke(Exception):
    """The process ended in the middle of a paper; the next paper starts another one."""


class Press:
    """Makes one paper at a time. Started with the first paper; it ends when its pipe closes, so also with its owner.

    It stands back behind everything that somebody waits for, unless somebody waits for its papers.
    """

    def __init__(self, *, stands_back: bool = True) -> None:
        self._command = _COMMAND.format(stands_back)
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def make(self, render: Callable[[P], F], paper: P) -> F:
        """`render(paper)` over there, and what it raises. Raises PressBroke if the process died over it."""
        async with self._turn:
            try:
                made, result = await self._ask(pickle.dumps((render, paper)))
            except (OSError, asyncio.IncompleteReadError) as error:
                self._drop()
                raise PressBroke from error
            except BaseException:
                # An answer that nobody waits for any more must not become the next paper's.
                self._drop()
                raise
        if not made:
            raise result
        file: F = result
        return file

    async def _ask(self, question: bytes) -> tuple[bool, Any]:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
        questions, answers = self._process.stdin, self._process.stdout
        assert questions is not None, "asked for as a pipe"
        assert answers is not None, "asked for as a pipe"
        questions.write(_LENGTH.pack(len(question)) + question)
        await questions.drain()
        (length,) = _LENGTH.unpack(await answers.readexactly(_LENGTH.size))
        answer: tuple[bool, Any] = pickle.loads(await answers.readexactly(length))  # noqa: S301 - our own process
        return answer

    def _drop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()


def serve(*, stands_back: bool) -> None:
    """The process itself: answers until its standard input closes."""
    # Ctrl-C goes to the whole group; the owner decides when this ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not end up between the answers.
    os.dup2(2, 1)
    ready = False
    while (question := _read(sys.stdin.buffer)) is not None:
        if not ready:
            # The first question brings the libraries with it: seconds of work that a busy machine would draw out to minutes.
            _import_for(question)
            if stands_back:
                _stand_back()
            ready = True
        answer = pickle.dumps(_answer(question))
        answers.write(_LENGTH.pack(len(answer)) + answer)
        answers.flush()


def _import_for(question: bytes) -> None:
    with contextlib.suppress(Exception):
        pickle.loads(question)  # noqa: S301 - from our own process


def _stand_back() -> None:
    """Take the lowest priority there is. Linux then treats a processor with nothing else on it as free, so that whoever has
    a request to answer is sent there and not behind another request. Where it groups processes by session, niceness counts
    among those of a session only: the process leaves that of its owner, and the group that it then is alone in gets the
    same niceness."""
    os.nice(NICENESS)
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with contextlib.suppress(OSError):
        os.setsid()
        _AUTOGROUP.write_text(str(NICENESS))


def _read(questions: BinaryIO) -> bytes | None:
    head = questions.read(_LENGTH.size)
    return questions.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else None


def _answer(question: bytes) -> tuple[bool, Any]:
    try:
        render, paper = pickle.loads(question)  # noqa: S301 - from our own process
        return True, render(paper)
    except Exception as error:
        return False, error
