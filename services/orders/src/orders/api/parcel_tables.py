"""Reads a table of parcels as it was uploaded: whatever its encoding and delimiter are."""

import csv
import io
from collections.abc import Iterator, Sequence

from chassis.kernel.tables import delimiter_of, encoding_by_mark, encoding_by_trial, numbered_rows, unguarded
from chassis.web.text import is_one_line
from orders.domain.errors import ParcelTableColumns, ParcelTableTooLong, ParcelTableUnreadable
from orders.domain.parcel_table import PARCELS_MAX, ROWS_MAX, ParcelRow, TableParcel, gathered
from orders.domain.units import Unit

# Our columns with the most that a cell of each may hold.
_LONGEST = {"order": 40, "carrier": 40, "tracking_number": 60, "sku": 120, "imei": 40, "serial": 60}
_ALSO = {
    "seller_order": "order",
    "order_number": "order",
    "tracking": "tracking_number",
    "serial_number": "serial",
}
_NEEDED = {"order", "carrier", "tracking_number"}


def read_parcels(body: bytes) -> list[TableParcel]:
    """The parcels in the order of the file. Raises ParcelTableUnreadable, ParcelTableColumns or ParcelTableTooLong."""
    encoding = encoding_by_mark(body[:4_000]) or encoding_by_trial([body])
    if not body.strip() or encoding is None:
        raise ParcelTableUnreadable("It is empty" if not body.strip() else "Its encoding is not recognised")
    try:
        text = body.decode(encoding)
        if "\0" in text:
            raise ParcelTableUnreadable("It is no text; a workbook has to be saved as CSV")
        first = text.partition("\n")[0]
        delimiter = delimiter_of([first], lambda cell: _column(cell) is not None)
        if delimiter is None:
            raise ParcelTableColumns(f"The first line reads: {first.strip()[:300]}", columns=list(_LONGEST))
        # `newline=""` leaves line breaks inside of cells to the reader.
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return _within(gathered(_rows(numbered_rows(reader))))
    except (UnicodeError, csv.Error) as error:
        raise ParcelTableUnreadable(str(error)[:200]) from error


def _within(parcels: list[TableParcel]) -> list[TableParcel]:
    if len(parcels) > PARCELS_MAX:
        raise ParcelTableTooLong(f"{len(parcels)} parcels, at most {PARCELS_MAX:,}")
    return parcels


def _rows(numbered: Iterator[tuple[int, list[str]]]) -> Iterator[ParcelRow]:
    _, first = next(numbered)
    header = [_column(cell) for cell in first]
    named = [name for name in header if name is not None]
    if missing := _NEEDED - set(named) or (set() if {"imei", "serial"} & set(named) else {"imei or serial"}):
        raise ParcelTableColumns(f"Missing: {', '.join(sorted(missing))}", columns=list(_LONGEST))
    if twice := {name for name in named if named.count(name) > 1}:
        raise ParcelTableColumns(f"Twice: {', '.join(sorted(twice))}", columns=list(_LONGEST))
    count = 0
    for number, cells in numbered:
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > ROWS_MAX:
            raise ParcelTableTooLong(f"At most {ROWS_MAX:,} rows")
        yield _row(number, header, cells)


def _row(number: int, header: Sequence[str | None], cells: Sequence[str]) -> ParcelRow:
    told = {name: _cell(number, name, cell) for name, cell in zip(header, cells, strict=False) if name is not None}
    if not told.get("order"):
        raise ParcelTableUnreadable(f"Line {number} names no order")
    unit = Unit(imei=told.get("imei") or None, serial=told.get("serial") or None)
    return ParcelRow(
        line=number,
        order=told["order"],
        carrier=told.get("carrier", ""),
        tracking_number=told.get("tracking_number", ""),
        sku=told.get("sku", ""),
        unit=unit,
    )


def _cell(number: int, name: str, cell: str) -> str:
    text = unguarded(cell).strip()
    if len(text) > _LONGEST[name] or not is_one_line(text):
        raise ParcelTableUnreadable(f"Line {number}: that is no {name}")
    return text


def _column(cell: str) -> str | None:
    name = "_".join(unguarded(cell).strip().casefold().replace("-", " ").replace("_", " ").split())
    found = _ALSO.get(name, name)
    return found if found in _LONGEST else None
