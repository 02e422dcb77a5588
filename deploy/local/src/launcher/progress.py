"""What a start tells while it goes on: steps that begin, advance and finish, possibly several at a time."""

import threading
import time
from typing import Protocol

from rich.console import Console

_MEGABYTE = 1_000_000


class Progress(Protocol):
    """Listens to a start. Called from several threads; step names are short nouns such as "Kafka"."""

    def began(self, step: str) -> None: ...

    def advanced(self, step: str, done_bytes: int, total_bytes: int) -> None: ...

    def finished(self, step: str) -> None: ...

    def said(self, sentence: str) -> None: ...


class Silent:
    """For tests."""

    def began(self, step: str) -> None:
        del step

    def advanced(self, step: str, done_bytes: int, total_bytes: int) -> None:
        del step, done_bytes, total_bytes

    def finished(self, step: str) -> None:
        del step

    def said(self, sentence: str) -> None:
        del sentence


class ConsoleProgress:
    """One line when a step is done, with its time; a download also speaks at each tenth.

    Lines rather than moving bars: they read the same in a terminal, a CI log and a file.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began: dict[str, float] = {}
        self._tenths: dict[str, int] = {}
        self._turn = threading.Lock()

    def began(self, step: str) -> None:
        with self._turn:
            self._began[step] = time.monotonic()
            self._console.print(f"  [dim]…[/] {step}", highlight=False)

    def advanced(self, step: str, done_bytes: int, total_bytes: int) -> None:
        tenth = 10 * done_bytes // total_bytes
        with self._turn:
            if tenth > self._tenths.get(step, -1):
                self._tenths[step] = tenth
                megabytes = f"{done_bytes // _MEGABYTE} of {total_bytes // _MEGABYTE} MB"
                self._console.print(f"  [dim]…[/] {step}: {megabytes}", highlight=False)

    def finished(self, step: str) -> None:
        with self._turn:
            seconds = time.monotonic() - self._began[step]
            self._console.print(f"  [green]✓[/] {step} [dim]{seconds:.1f} s[/]", highlight=False)

    def said(self, sentence: str) -> None:
        with self._turn:
            self._console.print(sentence, highlight=False, markup=False)
