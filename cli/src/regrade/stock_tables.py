"""A table of stock on its way into the platform: uploaded, watched, confirmed, and its verdicts brought back."""

import gzip
import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from regrade.platform import Caller, Refused

IMPORTS = "/v1/seller/imports"
LINE_FILES = frozenset({".ndjson", ".jsonl"})
_ENDED = frozenset({"done", "failed", "cancelled"})
# A body up to this size goes as it is; the platform takes at most 10 MB, so a larger one goes as gzip.
_PLAIN_MAX_BYTES = 1024 * 1024
_LOOK_EVERY_SECONDS = 0.3
_PATIENCE_SECONDS = 120.0
_AWAY = 503


@dataclass(frozen=True)
class TableUpload:
    """A file as it is sent, and what its sender says about it."""

    body: bytes
    wishes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """By which the platform knows the file again."""
        return hashlib.sha256(self.body).hexdigest()


def read_table(file: Path, wishes: Mapping[str, Any]) -> TableUpload:
    """The file, packed where it is large; the same file is always packed to the same bytes."""
    content = file.read_bytes()
    is_packed = content.startswith(b"\x1f\x8b")
    body = content if is_packed or len(content) <= _PLAIN_MAX_BYTES else gzip.compress(content, mtime=0)
    return TableUpload(body, {name: value for name, value in wishes.items() if value is not None})


def begin(caller: Caller, upload: TableUpload) -> tuple[dict[str, Any], bool]:
    """The import of this file, and whether it was under way before: then whoever was interrupted goes on with it."""
    newest: list[dict[str, Any]] = caller.get(IMPORTS, limit=1)["items"]
    asked = (upload.wishes.get("mode", "update"), bool(upload.wishes.get("dry_run")))
    for one in newest:
        is_same = one["file_sha256"] == upload.sha256 and (one["mode"], one["dry_run"]) == asked
        if is_same and one["state"] not in _ENDED:
            return caller.get(f"{IMPORTS}/{one['id']}"), True
    received: dict[str, Any] = caller.post_table(IMPORTS, upload.body, **upload.wishes)
    return received, False


def watch(caller: Caller, id: str, console: Console) -> dict[str, Any]:
    """Show how far it is until it ends or waits for a word."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("received", total=None)
        patience = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                one: dict[str, Any] = caller.get(f"{IMPORTS}/{id}")
            except (Refused, httpx.TransportError) as error:
                # The platform goes on by itself once it is back; to look away from it now would look like a failure.
                if (isinstance(error, Refused) and error.status != _AWAY) or time.monotonic() > patience:
                    raise
                bar.update(task, description="the platform does not answer")
                time.sleep(_LOOK_EVERY_SECONDS)
                continue
            patience = time.monotonic() + _PATIENCE_SECONDS
            bar.update(task, description=one["state"], completed=one["lines_done"], total=one["lines"])
            if one["state"] in _ENDED or one["state"] == "awaiting_confirmation":
                return one
            time.sleep(_LOOK_EVERY_SECONDS)


def confirm(caller: Caller, one: Mapping[str, Any]) -> None:
    """Repeat the figure that was shown."""
    figure = {"offers_going_offline": one["offline"]["offers_going_offline"]}
    caller.post(f"{IMPORTS}/{one['id']}/confirmation", figure)


def results(caller: Caller, id: str) -> Iterator[dict[str, Any]]:
    """The fate of every line."""
    left = b""
    for piece in caller.pieces(f"{IMPORTS}/{id}/results.ndjson"):
        *lines, left = (left + piece).split(b"\n")
        yield from (json.loads(line) for line in lines if line)


def save(caller: Caller, path: str, file: Path, console: Console) -> int:
    """Bring a table home; a half one is never left under its name. Answers its size in bytes."""
    part = file.with_name(f"{file.name}.part")
    size = 0
    with Progress(TextColumn("{task.description}"), BarColumn(), console=console, transient=True) as bar:
        task = bar.add_task("reading", total=None)
        with part.open("wb") as out:
            for piece in caller.pieces(path):
                size += out.write(piece)
                bar.update(task, description=f"{size / 1024 / 1024:.1f} MB")
    part.replace(file)
    return size


def describe_reading(one: Mapping[str, Any], console: Console) -> None:
    """What the platform understood, before anybody trusts it with money."""
    reading = one["reading"]
    mark = {"point": "a decimal point", "comma": "a decimal comma", None: "no decimal mark that any amount proves"}
    told = f"{reading['encoding']}, {reading['delimiter']}, {mark[reading['decimal_mark']]}"
    console.print(f"Read as {told}, amounts in {reading['currency'] or 'the currency they name'}.", highlight=False)
    if reading["decimal_marks_contradict"]:
        console.print("Both decimal marks are used: an amount that may mean two things is refused.", style="yellow")
    known = [one for one in reading["columns"] if one["column"]]
    taken = [f"{one['header']} → {one['column']}" for one in known if one["header"].strip() != one["column"]]
    by_name = [one["column"] for one in known if one["header"].strip() == one["column"]]
    for names in (taken, by_name):
        if names:
            console.print(f"  {', '.join(names)}", highlight=False, markup=False)
    if left_out := [one["header"] for one in reading["columns"] if not one["column"]]:
        console.print(f"  left out: {', '.join(left_out)}", highlight=False, markup=False)


def describe_end(one: Mapping[str, Any], console: Console) -> None:
    """The figures."""
    for name, count in sorted(one["counts"].items()):
        console.print(f"  {name:<14} {count}", highlight=False)
    for code, count in sorted(one["problems"].items()):
        console.print(f"    {code:<26} {count}", highlight=False, markup=False)


def describe_change(result: Mapping[str, Any]) -> str | None:
    """One line of a diff: what would change, or None where nothing would."""
    sku = result["sku"] or f"line {result['line']}"
    if result["status"] == "created":
        return f"+ {sku}"
    if problem := result.get("problem"):
        return f"! {sku}: {problem['code']}: {problem.get('detail') or problem['title']}"
    if changes := result.get("changes"):
        told = ", ".join(f"{name} {_told(was)} → {_told(will_be)}" for name, (was, will_be) in changes.items())
        return f"~ {sku}: {told}"
    return None


def _told(value: Any) -> str:
    return str(value) if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)
