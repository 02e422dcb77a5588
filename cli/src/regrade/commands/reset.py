"""`regrade reset`: forget everything that runs of this clone left behind."""

import typer

from launcher.lock import only_one
from launcher.paths import StatePaths, clone_root


def register(app: typer.Typer) -> None:
    app.command()(reset)


def reset() -> None:
    """Remove databases, topics, logs and secrets of this clone. Refused while it runs."""
    root = clone_root()
    paths = StatePaths(root=root, state=root / ".regrade")
    if not paths.state.exists():
        typer.echo("There is nothing to remove.")
        return
    with only_one(paths.lock):
        for folder in paths.remove():
            typer.echo(f"Removed {folder}")
