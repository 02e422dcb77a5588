"""`regrade stock push FILE`: a warehouse in one go, with the fate of every line."""

import json
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from launcher.paths import clone_root
from launcher.problems import LauncherProblem
from regrade.platform import Caller, Refused, read_contract

# The platform takes 5,000 lines a request.
LINES_PER_REQUEST = 5_000
_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add `stock push`."""
    stock = typer.Typer(help="What a seller has to sell.", no_args_is_help=True)
    stock.callback()(lambda: None)
    stock.command("push")(push)
    app.add_typer(stock, name="stock")


def push(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="NDJSON, one offer a line.")],
    api_key: Annotated[
        str | None, typer.Option(envvar="REGRADE_API_KEY", help="The seller's key; by default the first demo seller's.")
    ] = None,
    gateway: Annotated[str | None, typer.Option(help="By default the platform of this clone.")] = None,
    output: Annotated[str, typer.Option(help="text or json (one line per line pushed).")] = "text",
) -> None:
    """Push stock lines; repeating the same file changes nothing."""
    caller = _caller(api_key, gateway)
    lines = [line for line in file.read_bytes().splitlines() if line.strip()]
    console = Console(stderr=True)
    results: list[dict[str, Any]] = []
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("pushing", total=len(lines))
        for start in range(0, len(lines), LINES_PER_REQUEST):
            chunk = b"\n".join(lines[start : start + LINES_PER_REQUEST]) + b"\n"
            results.extend(_push_chunk(caller, chunk, start))
            bar.advance(task, min(LINES_PER_REQUEST, len(lines) - start))
    if output == "json":
        for result in results:
            print(json.dumps(result))
    else:
        _summarise(console, results)
    if any(result["status"] == "rejected" for result in results):
        raise typer.Exit(1)


def _caller(api_key: str | None, gateway: str | None) -> Caller:
    if api_key and gateway:
        return Caller(gateway, api_key)
    try:
        contract = read_contract(clone_root() / ".regrade" / "demo.json")
    except FileNotFoundError as error:
        raise LauncherProblem("no_platform", str(error), "Or give --gateway and --api-key.") from error
    return Caller(gateway or contract["gateway"], api_key or contract["sellers"][0]["api_key"])


def _push_chunk(caller: Caller, chunk: bytes, offset: int) -> list[dict[str, Any]]:
    try:
        # The key is the content: the same lines pushed again are answered with the first result.
        answer = caller.patch_lines("/v1/seller/offers", chunk, key=f"push-{sha256(chunk).hexdigest()}")
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
