"""Progress bars while the audit reads: one per source, on the error stream, so that the answer stays clean."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Advance(Protocol):
    """Called with how far a step is."""

    def __call__(self, done: int, total: int | None = None) -> None: ...


class Bars:
    """Bars in a terminal, and nothing where nobody looks."""

    def __init__(self, console: Console, *, shown: bool = True) -> None:
        columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, disable=not shown or not console.is_terminal)

    def __enter__(self) -> "Bars":
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Advance]:
        """A bar for this step; it is full when the step is over."""
        task = self._progress.add_task(name, total=total)

        def advance(done: int, total: int | None = None) -> None:
            self._progress.update(task, completed=done, total=total)

        yield advance
        done = self._progress.tasks[task].completed or 1
        self._progress.update(task, total=done, completed=done)


def silent() -> Bars:
    """For tests and pipes."""
    return Bars(Console(quiet=True), shown=False)
