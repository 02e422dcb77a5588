"""`regrade audit`: proves that no money, no unit and no fact went astray, or shows what did."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
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
from regrade.audit.facts import Facts
from regrade.audit.gather import Sides, gather, gather_audit_logs
from regrade.audit.judge_all import INCONCLUSIVE, exit_code, judge_all
from regrade.audit.law import Law
from regrade.audit.places import Places, places_in, places_of
from regrade.audit.progress import Bars
from regrade.audit.registry import AUDIT_LOG_LAWS, LAWS
from regrade.audit.report import as_json, print_report
from regrade.here import ports_of

_UNREACHABLE = (httpx.HTTPError, aiokafka.errors.KafkaError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)


class Output(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"


Contract = Annotated[Path | None, typer.Option(help="Another platform's demo.json; from outside only.")]
State = Annotated[Path | None, typer.Option(help="The platform's folder, .regrade of this clone by default.")]
Written = Annotated[Output, typer.Option(help="For people or for programs.")]


def register(app: typer.Typer) -> None:
    audits = typer.Typer(invoke_without_command=True, pretty_exceptions_enable=False)
    audits.callback()(audit)
    audits.command("log")(audit_log)
    app.add_typer(audits, name="audit")


def audit(
    context: typer.Context,
    outside: Annotated[bool, typer.Option(help="Topics and public API; they need the platform to run.")] = True,
    inside: Annotated[bool, typer.Option(help="The databases, read-only; they only need PostgreSQL.")] = True,
    wait: Annotated[float, typer.Option(min=0, help="How many seconds to wait until the platform is quiet.")] = 60,
    contract: Contract = None,
    state: State = None,
    output: Written = Output.TEXT,
) -> None:
    """Check the laws of the platform. Exit code 0: clean; 1: a law is broken; 2: it could not be told."""
    if context.invoked_subcommand is not None:
        return
    sides = Sides(outside, inside and contract is None)

    async def read(places: Places, bars: Bars) -> Facts:
        if not (sides.outside or sides.inside):
            raise LauncherProblem("nothing_to_look_at", "With neither side there is nothing to look at.")
        return await gather(places, sides, wait, bars)

    _judge(LAWS, read, contract, state, output)


def audit_log(contract: Contract = None, state: State = None, output: Written = Output.TEXT) -> None:
    """Check what operators did: that no entry was changed, none is missing, and no end was cut off.

    Needs the auditor's key and Kafka, no database. Exit code 0: clean; 1: a log is broken; 2: it could not be told.
    """
    _judge(AUDIT_LOG_LAWS, gather_audit_logs, contract, state, output)


def _judge(
    laws: Sequence[Law],
    read: Callable[[Places, Bars], Awaitable[Facts]],
    contract: Path | None,
    state: Path | None,
    output: Output,
) -> None:
    errors = Console(stderr=True, soft_wrap=True)
    try:
        places = _places(contract, state)
        with Bars(errors, shown=output is Output.TEXT) as bars:
            facts = asyncio.run(_awaited(read(places, bars)))
        judgements = judge_all(laws, facts)
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


async def _awaited(reading: Awaitable[Facts]) -> Facts:
    return await reading


def _places(contract: Path | None, state: Path | None) -> Places:
    root = clone_root()
    if contract is not None:
        return places_in(contract, root / "markets")
    paths = StatePaths(root=root, state=state or root / ".regrade")
    return places_of(paths, ports_of(paths))


def _cannot_tell(console: Console, sentence: str) -> typer.Exit:
    console.print(sentence.strip(), style="yellow", markup=False, highlight=False)
    return typer.Exit(INCONCLUSIVE)
