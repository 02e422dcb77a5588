"""Reads the data files of this package and picks the rows in force on a day."""

import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

Row = dict[str, Any]


@cache
def load(name: str) -> dict[str, list[Row]]:
    """The tables of `data/<name>.toml`, read once a process."""
    return tomllib.loads(files("tax").joinpath("data", f"{name}.toml").read_text(encoding="utf-8"))


def in_force(rows: Iterable[Row], on: date) -> list[Row]:
    """The rows whose days contain `on`; both ends count, and a row without `valid_to` is open."""
    return [row for row in rows if row["valid_from"] <= on <= row.get("valid_to", date.max)]
