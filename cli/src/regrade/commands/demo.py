"""`regrade demo`: one more purchase, from search to payout, on the platform that is running."""

import typer
from rich.console import Console

from launcher.environment import load_secrets
from launcher.paths import StatePaths, clone_root
from launcher.problems import LauncherProblem
from launcher.progress import ConsoleProgress
from regrade.platform import read_contract


def register(app: typer.Typer) -> None:
    """Add `demo`."""
    app.command()(demo)


def demo() -> None:
    """Play one more purchase on the running platform; the test clock moves on by sixteen days."""
    from regrade.demo import buy_again

    paths = StatePaths(root=clone_root(), state=clone_root() / ".regrade")
    try:
        contract = read_contract(paths.demo)
    except FileNotFoundError as error:
        raise LauncherProblem("no_platform", str(error)) from error
    buy_again(contract, load_secrets(paths.secrets), ConsoleProgress(Console(soft_wrap=True)))
