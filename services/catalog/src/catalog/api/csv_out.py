"""Tables that go out: every cell quoted, and none that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable

from chassis.kernel.tables import guarded

CSV_TYPE = "text/csv"
# Excel takes a file without it for the encoding of its own machine.
_BOM = "\ufeff"


def csv_row(cells: Iterable[str], *, first: bool = False) -> str:
    """A row. All cells are quoted: a spreadsheet that expects another delimiter must not find one inside of a cell."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([guarded(cell) for cell in cells])
    return f"{_BOM}{out.getvalue()}" if first else out.getvalue()


def csv_headers(file_name: str) -> dict[str, str]:
    """It is a file to keep, and nothing of it shall run in a browser."""
    return {
        "Content-Disposition": f'attachment; filename="{file_name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
