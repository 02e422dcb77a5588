"""`regrade audit`: proves that no money, no unit and no fact went astray, or shows what did."""

import asyncio
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import aiokafka.errors
import asyncpg
import httpx
import typer
from rich.console import Console

from chassis.policy_files import MarketFilesWrong
from launcher.paths import StatePaths, clone_root
from launcher.problems import LauncherProblem
from regrade.audit.gather import Sides, gather
from regrade.audit.judge_all import INCONCLUSIVE, exit_code, judge_all
from regrade.audit.places import Places, places_in, places_of
from regrade.audit.progress import Bars
from regrade.audit.registry import LAWS
from regrade.audit.report import as_json, print_report
from regrade.here import ports_of

_UNREACHABLE = (httpx.HTTPError, aiokafka.errors.KafkaError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)


class Output(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"


def register(app: typer.Typer) -> None:
    app.command()(audit)


def audit(
    outside: Annotated[bool, typer.Option(help="Topics and public API; they need the platform to run.")] = True,
    inside: Annotated[bool, typer.Option(help="The databases, read-only; they only need PostgreSQL.")] = True,
    wait: Annotated[float, typer.Option(min=0, help="How many seconds to wait until the platform is quiet.")] = 60,
    contract: Annotated[Path | None, typer.Option(help="Another platform's demo.json; from outside only.")] = None,
    state: Annotated[
        Path | None, typer.Option(help="The platform's folder, .regrade of this clone by default.")
    ] = None,
    output: Annotated[Output, typer.Option(help="For people or for programs.")] = Output.TEXT,
) -> None:
    """Check the laws of the platform. Exit code 0: clean; 1: a law is broken; 2: it could not be told."""
    errors = Console(stderr=True, soft_wrap=True)
    try:
        sides = Sides(outside, inside and contract is None)
        if not (sides.outside or sides.inside):
            raise LauncherProblem("nothing_to_look_at", "With neither side there is nothing to look at.")
        places = _places(contract, state)
        with Bars(errors, shown=output is Output.TEXT) as bars:
            facts = asyncio.run(gather(places, sides, wait, bars))
        judgements = judge_all(LAWS, facts)
    except LauncherProblem as problem:
        raise _cannot_tell(errors, f"{problem.message} {problem.what_to_do or ''}") from problem
    except MarketFilesWrong as wrong:
        raise _cannot_tell(errors, f"The market files are wrong:\n{wrong}") from wrong
    except _UNREACHABLE as error:
        # The error may quote an address with a password in it, so only its kind is told.
        hint = "Is it running? `--no-outside` needs only PostgreSQL, `--no-inside` only the gateway and Kafka."
        raise _cannot_tell(errors, f"The platform could not be read ({type(error).__name__}). {hint}") from error
    except Exception as error:
        # A mistake of the audit itself must not look like a broken law to a script.
        errors.print_exception()
        raise _cannot_tell(errors, "The audit itself broke; nothing is proven.") from error
    if output is Output.JSON:
        json.dump(as_json(judgements), sys.stdout, indent=2)
        print()
    else:
        print_report(Console(highlight=False), judgements)
    raise typer.Exit(exit_code(judgements))


def _places(contract: Path | None, state: Path | None) -> Places:
    root = clone_root()
    if contract is not None:
        return places_in(contract, root / "markets")
    paths = StatePaths(root=root, state=state or root / ".regrade")
    return places_of(paths, ports_of(paths))


def _cannot_tell(console: Console, sentence: str) -> typer.Exit:
    console.print(sentence.strip(), style="yellow", markup=False, highlight=False)
    return typer.Exit(INCONCLUSIVE)
