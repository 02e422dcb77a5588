"""`regrade up`: the whole platform in the foreground, from an empty folder to a link, until Ctrl-C."""

import importlib
import importlib.util
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console

from launcher.environment import OPERATOR_EMAIL
from launcher.lock import only_one
from launcher.paths import clone_root
from launcher.ports import port_base
from launcher.progress import ConsoleProgress, Progress
from launcher.stack import Stack
from launcher.watch import watch

_DEMO = "regrade.demo"


def register(app: typer.Typer) -> None:
    app.command()(up)


def up(
    demo: Annotated[bool, typer.Option(help="Load demo companies and play one order from end to end.")] = True,
) -> None:
    """Start everything on this machine and stay until Ctrl-C."""
    console = Console(soft_wrap=True)
    stack = Stack(clone_root() / ".regrade", port_base(os.environ.get("REGRADE_PORT_BASE")))
    with only_one(stack.paths.lock), _stoppable(stack, console):
        _keep_last_contract(stack)
        began = time.monotonic()
        console.print("Starting Regrade. The first start on a machine downloads 45 MB.", highlight=False)
        progress = ConsoleProgress(console)
        stack.start(progress)
        if demo:
            _play_demo(stack, progress)
        contract = _contract(stack)
        _print_welcome(console, contract, time.monotonic() - began)
        watch(stack, progress.said, threading.Event())


@contextmanager
def _stoppable(stack: Stack, console: Console) -> Iterator[None]:
    """Stop every child whatever ends the stay: Ctrl-C, a polite kill, a closed terminal, or a failure."""
    # Ctrl-C too: a shell that starts us in the background makes us ignore it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        console.print("\nStopping.", highlight=False)
    finally:
        # A second Ctrl-C must not cut the orderly stop short; every wait in it has an end.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        stack.stop()


def _keep_last_contract(stack: Stack) -> None:
    # Others wait for demo.json to appear, so an old one must not lie there; the demo may want its keys back.
    if stack.paths.demo.exists():
        stack.paths.demo.replace(stack.paths.demo_before)


def _play_demo(stack: Stack, progress: Progress) -> None:
    if importlib.util.find_spec(_DEMO) is not None:
        importlib.import_module(_DEMO).play(stack, progress)


def _contract(stack: Stack) -> dict[str, Any]:
    """What the demo wrote to demo.json, or the same shape without companies when there was no demo."""
    if not stack.paths.demo.exists():
        stack.paths.demo.touch(mode=0o600)
        stack.paths.demo.write_text(json.dumps(stack.contract(), indent=2))
    told: dict[str, Any] = json.loads(stack.paths.demo.read_text())
    return told


def _print_welcome(console: Console, contract: dict[str, Any], seconds: float) -> None:
    console.print(f"\nRegrade is running after {seconds:.0f} s. Ctrl-C stops it.\n", highlight=False)
    rows = [
        ("Dashboard", contract["dashboard"]),
        ("API", contract["gateway"]),
        ("Outside world", f"{contract['sandbox']}  (bank, parcels, mailbox)"),
        ("Operator", f"{OPERATOR_EMAIL}  {contract['operator']['password']}"),
        *(("Buyer", f"{buyer['email']}  {buyer['password']}  {buyer['company']}") for buyer in contract["buyers"]),
        *(("Seller", f"{one['email']}  {one['password']}  {one['company']}") for one in contract["sellers"]),
    ]
    for name, value in rows:
        console.print(f"  {name:<14}{value}", highlight=False, markup=False)
    console.print("\nAll of this is also in .regrade/demo.json; logs are in .regrade/logs.", highlight=False)
