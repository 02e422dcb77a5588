"""`regrade stock push|diff|pull`: a warehouse in one go, with the fate of every line."""

import json
import sys
from collections import Counter
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, NoReturn
from uuid import uuid4

import httpx
import typer
from rich.console import Console
from rich.progress import Progress

from launcher.paths import clone_root
from launcher.problems import LauncherProblem
from regrade import stock_tables
from regrade.platform import Caller, Refused, read_contract

# The platform takes 5,000 lines a request.
LINES_PER_REQUEST = 5_000
# Some lines were refused, or the import ended early; a diff that would change something.
SOME_REFUSED = 1
WAITS_FOR_WORD = 3
INTERRUPTED = 130
_SHOWN = 20

_File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A table (CSV, CSV as gzip) or NDJSON.")]
_ApiKey = Annotated[
    str | None, typer.Option(envvar="REGRADE_API_KEY", help="The seller's key; by default the first demo seller's.")
]
_Gateway = Annotated[str | None, typer.Option(help="By default the platform of this clone.")]
_FullSync = Annotated[bool, typer.Option("--full-sync", help="What the table does not name goes offline.")]
_Encoding = Annotated[str | None, typer.Option(help="Guessed, if not said: utf-8, utf-16, cp1252, …")]
_Delimiter = Annotated[str | None, typer.Option(help="Guessed, if not said: comma, semicolon, tab or pipe.")]
_Decimals = Annotated[str | None, typer.Option(help="Guessed, if not said: point or comma.")]
_Currency = Annotated[str | None, typer.Option(help="Of amounts whose row names none.")]
_Column = Annotated[list[str] | None, typer.Option(help="“Your header:our_column”; may be given several times.")]


def register(app: typer.Typer) -> None:
    """Add `stock push`, `stock diff` and `stock pull`."""
    stock = typer.Typer(help="What a seller has to sell.", no_args_is_help=True)
    stock.callback()(lambda: None)
    stock.command("push")(push)
    stock.command("diff")(diff)
    stock.command("pull")(pull)
    app.add_typer(stock, name="stock")


def push(
    file: _File,
    api_key: _ApiKey = None,
    gateway: _Gateway = None,
    full_sync: _FullSync = False,
    yes: Annotated[bool, typer.Option("--yes", help="Let a full sync go on that asks whether you mean it.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge every row and change nothing.")] = False,
    confirm_prices: Annotated[
        bool,
        typer.Option("--confirm-prices", help="Prices that fall below half, or rise above three times, are meant."),
    ] = False,
    as_of: Annotated[datetime | None, typer.Option(help="When the figures were right; now, if not said.")] = None,
    encoding: _Encoding = None,
    delimiter: _Delimiter = None,
    decimal_mark: _Decimals = None,
    currency: _Currency = None,
    column: _Column = None,
    from_line: Annotated[int, typer.Option(min=1, help="NDJSON only: go on behind an interrupted push.")] = 1,
    output: Annotated[str, typer.Option(help="text or json (one line per line pushed).")] = "text",
) -> None:
    """Push stock. Whoever was interrupted gives the same command again; pushing the same file twice changes nothing.

    Exit codes: 0 all lines are in, 1 some were refused, 3 a full sync waits for your word (--yes), 130 interrupted.
    """
    caller, console = _caller(api_key, gateway), Console(stderr=True)
    if file.suffix in stock_tables.LINE_FILES:
        if full_sync or dry_run:
            raise LauncherProblem("table_needed", "A full sync and a dry run take a table (CSV), not NDJSON.")
        _push_lines(caller, console, file, from_line, output)
        return
    wishes = {
        "mode": "full_sync" if full_sync else "update",
        "dry_run": "true" if dry_run else None,
        "confirm_prices": "true" if confirm_prices else None,
        "as_of": as_of.astimezone().isoformat() if as_of else None,
        **_reading(encoding, delimiter, decimal_mark, currency, column),
    }
    _push_table(caller, console, file, wishes, yes=yes, output=output)


def diff(
    file: _File,
    api_key: _ApiKey = None,
    gateway: _Gateway = None,
    full_sync: _FullSync = False,
    encoding: _Encoding = None,
    delimiter: _Delimiter = None,
    decimal_mark: _Decimals = None,
    currency: _Currency = None,
    column: _Column = None,
    output: Annotated[str, typer.Option(help="text or json (one line per row).")] = "text",
) -> None:
    """Say what a push of this table would change; nothing is written. Exit code 0: nothing, 1: something."""
    caller, console = _caller(api_key, gateway), Console(stderr=True)
    if file.suffix in stock_tables.LINE_FILES:
        raise LauncherProblem("table_needed", "A diff takes a table (CSV), not NDJSON.")
    mode = "full_sync" if full_sync else "update"
    wishes = {"mode": mode, "dry_run": "true", **_reading(encoding, delimiter, decimal_mark, currency, column)}
    one = _imported(caller, console, file, wishes, yes=False)
    differs = False
    for result in stock_tables.results(caller, one["id"]):
        told = stock_tables.describe_change(result)
        differs = differs or told is not None
        if output == "json":
            print(json.dumps(result, ensure_ascii=False))
        elif told is not None:
            print(told)
    going = (one["offline"] or {}).get("offers_going_offline", 0)
    stock_tables.describe_end(one, console)
    if going:
        console.print(
            f"  {going} of {one['offline']['offers_on_sale']} offers on sale would go offline", highlight=False
        )
    if differs or going:
        raise typer.Exit(SOME_REFUSED)


def pull(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where to write the table; - for the output.")] = Path(
        "stock.csv"
    ),
    api_key: _ApiKey = None,
    gateway: _Gateway = None,
) -> None:
    """All your offers as a table, to be changed and pushed back."""
    caller, console = _caller(api_key, gateway), Console(stderr=True)
    path = "/v1/seller/offers.csv"
    try:
        if str(file) == "-":
            for piece in caller.pieces(path):
                sys.stdout.buffer.write(piece)
            return
        size = stock_tables.save(caller, path, file, console)
    except Refused as refusal:
        raise _refused(refusal) from refusal
    except httpx.TransportError as error:
        raise _lost(error) from error
    console.print(f"{file}: {size:,} bytes", highlight=False, markup=False)


def _caller(api_key: str | None, gateway: str | None) -> Caller:
    if api_key and gateway:
        return Caller(gateway, api_key)
    try:
        contract = read_contract(clone_root() / ".regrade" / "demo.json")
    except FileNotFoundError as error:
        raise LauncherProblem("no_platform", str(error), "Or give --gateway and --api-key.") from error
    return Caller(gateway or contract["gateway"], api_key or contract["sellers"][0]["api_key"])


def _reading(
    encoding: str | None,
    delimiter: str | None,
    decimal_mark: str | None,
    currency: str | None,
    column: list[str] | None,
) -> dict[str, Any]:
    return {
        "encoding": encoding,
        "delimiter": delimiter,
        "decimal_mark": decimal_mark,
        "currency": currency,
        "column": column or None,
    }


def _push_table(
    caller: Caller, console: Console, file: Path, wishes: dict[str, Any], *, yes: bool, output: str
) -> None:
    one = _imported(caller, console, file, wishes, yes=yes)
    stock_tables.describe_end(one, console)
    if output == "json":
        for result in stock_tables.results(caller, one["id"]):
            print(json.dumps(result, ensure_ascii=False))
    if one["problems"]:
        errors = file.with_name(f"{file.name.removesuffix('.gz')}.errors.csv")
        stock_tables.save(caller, f"{stock_tables.IMPORTS}/{one['id']}/errors.csv", errors, console)
        console.print(f"Rows that did not go in: {errors}. Mend them there and push that file.", markup=False)
    if one["state"] != "done":
        console.print(f"The import is {one['state']}: {one['reason']}", style="red", markup=False)
    if one["state"] != "done" or one["counts"].get("rejected"):
        raise typer.Exit(SOME_REFUSED)


def _imported(caller: Caller, console: Console, file: Path, wishes: dict[str, Any], *, yes: bool) -> dict[str, Any]:
    """The import once it has ended; leaves with an exit code where it waits for a word that was not given."""
    try:
        one, goes_on = stock_tables.begin(caller, stock_tables.read_table(file, wishes))
        if goes_on:
            console.print(f"Going on with the import that was received at {one['received_at']}.", highlight=False)
        stock_tables.describe_reading(one, console)
        try:
            one = stock_tables.watch(caller, one["id"], console)
            while one["state"] == "awaiting_confirmation":
                _ask(caller, console, one, yes=yes)
                one = stock_tables.watch(caller, one["id"], console)
        except KeyboardInterrupt:
            console.print("The platform goes on with it. Give the same command again to look after it.")
            raise typer.Exit(INTERRUPTED) from None
    except Refused as refusal:
        raise _refused(refusal) from refusal
    except httpx.TransportError as error:
        raise _lost(error) from error
    return one


def _ask(caller: Caller, console: Console, one: dict[str, Any], *, yes: bool) -> None:
    going, live = one["offline"]["offers_going_offline"], one["offline"]["offers_on_sale"]
    console.print(f"{going} of {live} offers on sale are not in this file and would go offline.", style="yellow")
    if yes or (sys.stdin.isatty() and typer.confirm("Is that what you mean?", err=True)):
        stock_tables.confirm(caller, one)
        return
    console.print("Nothing was changed. Give the same command with --yes within a day, or mend the file.")
    raise typer.Exit(WAITS_FOR_WORD)


def _refused(refusal: Refused) -> LauncherProblem:
    return LauncherProblem("push_refused", f"The platform refused: {refusal}")


def _lost(error: httpx.TransportError) -> LauncherProblem:
    said = f"The platform does not answer ({type(error).__name__})."
    return LauncherProblem(
        "platform_away", said, "Give the same command again: nothing is lost, and nothing done twice."
    )


def _push_lines(caller: Caller, console: Console, file: Path, from_line: int, output: str) -> None:
    lines = [line for line in file.read_bytes().splitlines() if line.strip()]
    results: list[dict[str, Any]] = []
    # One run of the command: an answer that was lost is asked for again, a file that is pushed again is a new count.
    run = uuid4()
    start = from_line - 1
    try:
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("pushing", total=len(lines), completed=start)
            while start < len(lines):
                chunk = b"\n".join(lines[start : start + LINES_PER_REQUEST]) + b"\n"
                results.extend(_push_chunk(caller, chunk, start, f"push-{run}-{sha256(chunk).hexdigest()}"))
                start = min(start + LINES_PER_REQUEST, len(lines))
                bar.update(task, completed=start)
    except KeyboardInterrupt:
        _interrupted(console, start, len(lines))
    if output == "json":
        for result in results:
            print(json.dumps(result))
    else:
        _summarise(console, results)
    if any(result["status"] == "rejected" for result in results):
        raise typer.Exit(SOME_REFUSED)


def _interrupted(console: Console, done: int, of: int) -> NoReturn:
    console.print(f"{done} of {of} lines were answered; go on with --from-line {done + 1}.", highlight=False)
    raise typer.Exit(INTERRUPTED) from None


def _push_chunk(caller: Caller, chunk: bytes, offset: int, key: str) -> list[dict[str, Any]]:
    try:
        answer = caller.patch_lines("/v1/seller/offers", chunk, key=key)
    except Refused as refusal:
        raise LauncherProblem("push_refused", f"The platform refused the push: {refusal}") from refusal
    return [{**result, "line": result["line"] + offset} for result in answer]


def _summarise(console: Console, results: list[dict[str, Any]]) -> None:
    for status, count in sorted(Counter(result["status"] for result in results).items()):
        console.print(f"  {status:<10} {count}", highlight=False)
    rejected = [result for result in results if result["status"] == "rejected"]
    for result in rejected[:_SHOWN]:
        problem = result.get("problem") or {}
        said = f"{problem.get('code', '')}: {problem.get('detail') or problem.get('title', '')}"
        console.print(f"  line {result['line']} {result.get('sku') or ''} {said}", highlight=False, markup=False)
    if len(rejected) > _SHOWN:
        console.print(f"  … and {len(rejected) - _SHOWN} more (--output json shows all)", highlight=False)
