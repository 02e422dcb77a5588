"""`regrade markets`: check the files under `markets/`, compare two markets, explain a rule."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from chassis.kernel.clock import real_now
from chassis.kernel.errors import DomainError
from chassis.kernel.policy import PolicyPack, diff
from chassis.kernel.policy_schema import Key
from chassis.policy_files import MarketFilesWrong, Markets, check_markets, load_markets
from launcher.paths import clone_root

Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder", envvar="REGRADE_MARKETS_DIR", help="The markets folder; by default the one of this clone."
    ),
]
_WHOLE = {"key", "row", "market", "file"}
Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="A day; by default today.")]


def register(app: typer.Typer) -> None:
    markets = typer.Typer(help="Check, compare and explain what the markets decide.", no_args_is_help=True)
    markets.command("check")(check)
    markets.command("diff")(compare)
    markets.command("explain")(explain)
    app.add_typer(markets, name="markets")


def check(
    folder: Annotated[
        Path | None,
        typer.Argument(envvar="REGRADE_MARKETS_DIR", help="The markets folder; by default the one of this clone."),
    ] = None,
) -> None:
    """List everything that would keep the platform from starting; exit code 1 if there is anything."""
    where = _folder(folder)
    problems = check_markets(where)
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        raise typer.Exit(1)
    for pack in load_markets(where).all():
        typer.echo(f"{pack.market}  from {pack.effective_from}  version {pack.version}")


def compare(left: str, right: str, on: Day = None, folder: Folder = None) -> None:
    """Show every rule on which two markets disagree."""
    markets = _load(folder)
    packs = [_pack(markets, name, on) for name in (left, right)]
    table = _table("key", "row", left, right)
    for difference in diff(*packs):
        row = markets.schema.keys[difference.key].row
        table.add_row(difference.key, row, _shown(difference.left), _shown(difference.right))
    _print(table)


def explain(
    key: Annotated[str, typer.Argument(help="A key, a group of keys or a row of the policy table, such as C3.")],
    market: Annotated[str | None, typer.Option("--market", help="Only this market.")] = None,
    on: Day = None,
    folder: Folder = None,
) -> None:
    """Say what a rule means, which value each market has, and in which file it stands."""
    markets = _load(folder)
    keys = [known for known in markets.schema.keys.values() if key in (known.name, known.row, known.name.split(".")[0])]
    if not keys:
        typer.echo(f"{key}: {markets.schema.unknown(key)}", err=True)
        raise typer.Exit(1)
    packs = markets.in_force(_day(on)) if market is None else (_pack(markets, market, on),)
    for known in keys:
        _explain_key(known, packs)


def _explain_key(key: Key, packs: Iterable[PolicyPack]) -> None:
    acts = "the machine acts on it" if key.enforced else "text only"
    typer.echo(f"{key.name} (row {key.row}, {key.unit}, {acts})")
    typer.echo(f"  {key.doc}")
    table = _table("market", "value", "file")
    for pack in packs:
        table.add_row(pack.market, _shown(pack.values[key.name]), pack.sources[key.name])
    _print(table)


def _load(folder: Path | None) -> Markets:
    try:
        return load_markets(_folder(folder))
    except MarketFilesWrong as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(1) from None


def _pack(markets: Markets, name: str, on: datetime | None) -> PolicyPack:
    try:
        return markets.pack(name, _day(on))
    except DomainError as refusal:
        typer.echo(f"{name}: {refusal}. There are {', '.join(markets.names())}.", err=True)
        raise typer.Exit(1) from None


def _folder(folder: Path | None) -> Path:
    return folder or clone_root() / "markets"


def _day(on: datetime | None) -> date:
    return (on or real_now()).date()


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        between = "; " if any(isinstance(item, Mapping) for item in value) else ", "
        return between.join(_shown(item) for item in value) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_shown(item)}" for name, item in value.items()) or "none"
    return str(value)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        # A key, a market or a file is there to be copied, so only values may be broken.
        table.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
    return table


def _print(table: Table) -> None:
    # Values are data: a bracket in one is no markup.
    Console(markup=False, highlight=False).print(table)
