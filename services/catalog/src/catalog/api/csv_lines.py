"""From the rows of an uploaded table to the lines of a push: the same line, read by the same rules, as one sent as NDJSON."""

import json
from typing import Any

from catalog.api.csv_columns import EXAMPLE, CellWrong, Column, line_of, named_column
from catalog.api.csv_files import rows_of
from catalog.api.ndjson import read_line
from catalog.domain.errors import LineProblem
from catalog.domain.stock_import import Reading
from catalog.use_cases.push_offers import ReadLine
from chassis.kernel.tables import unguarded

_SHOWN_MAX = 120


def read_part(packed: bytes, reading: Reading) -> tuple[ReadLine, ...]:
    """The lines of a part, under the numbers they have in the file."""
    columns = understood(reading)
    return tuple(_read(columns, number, cells, reading, too_many) for number, cells, too_many in rows_of(packed))


def understood(reading: Reading) -> list[Column]:
    """The columns that mean something to us, in the order of the file."""
    found = (named_column(one.column) for one in reading.columns if one.column is not None)
    return [column for column in found if column is not None]


def first_lines(packed: bytes, reading: Reading, count: int) -> list[dict[str, Any]]:
    """The first rows as they were understood: number, line, and what is wrong with it."""
    columns, shown = understood(reading), []
    for number, cells, _ in rows_of(packed)[:count]:
        try:
            line = line_of(columns, cells, reading.decimal_mark, reading.currency)
            shown.append({"line": number, "understood": line, "problem": None})
        except CellWrong as wrong:
            shown.append({"line": number, "understood": None, "problem": wrong.problem})
    return shown


def _read(columns: list[Column], number: int, cells: list[str], reading: Reading, too_many: bool) -> ReadLine:
    sku = _sku(columns, cells)
    if too_many:
        # The cells of such a row have slipped, or the next one has run into it.
        problem = LineProblem("too_many_cells", "The row has more cells than the header")
        return ReadLine(number, sku, problem=problem)
    if sku is not None and sku.casefold().startswith(EXAMPLE.casefold()):
        return ReadLine(number, sku, problem=LineProblem("example_line", "This is an example of the template"))
    try:
        line = line_of(columns, cells, reading.decimal_mark, reading.currency)
    except CellWrong as wrong:
        return ReadLine(number, sku, problem=wrong.problem)
    return read_line(number, json.dumps(line).encode())


def _sku(columns: list[Column], cells: list[str]) -> str | None:
    place = next(n for n, column in enumerate(columns) if column.name == "sku")
    sku = unguarded(cells[place]).strip()
    return sku if sku and sku.isprintable() and len(sku) <= _SHOWN_MAX else None
