"""The registry of commands: every module in `regrade.commands` has a `register(app)` that adds its own."""

import importlib
import pkgutil

import typer

from regrade import commands


def make_app() -> typer.Typer:
    app = typer.Typer(
        help="Regrade: a self-hostable marketplace for refurbished electronics.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    # With one command only, typer would drop its name from the command line.
    app.callback()(lambda: None)
    for module in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"{commands.__name__}.{module.name}").register(app)
    return app
