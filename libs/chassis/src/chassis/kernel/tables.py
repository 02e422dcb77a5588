"""What a table that somebody uploads may look like before anybody said so: encoding, delimiter, and cells made safe."""

import codecs
import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso-8859-15")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Below this share of zero bytes in one half of the byte pairs, a file is no UTF-16 of a European language.
_ZEROS_TELLING_PERCENT = 60
# OWASP, CSV injection: a cell that begins so is run as a formula by a spreadsheet; also in the wide forms of East Asia.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def encoding_by_mark(start: bytes) -> str | None:
    """By the byte order mark, or by the zeros of a UTF-16 without one; None where the bytes have to be tried."""
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    pairs = len(start) // 2
    if pairs:
        for name, zeros in (("utf-16-le", start[1::2].count(0)), ("utf-16-be", start[0 : 2 * pairs : 2].count(0))):
            if zeros * 100 >= pairs * _ZEROS_TELLING_PERCENT:
                return name
    return None


def encoding_by_trial(chunks: Iterable[bytes]) -> str | None:
    """UTF-8 if all of it is; else Windows-1252, of which Latin-1 text is a part; None if it is neither."""
    utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    windows = codecs.getincrementaldecoder("cp1252")()
    for chunk in chunks:
        if utf8 is not None:
            try:
                utf8.decode(chunk)
            except UnicodeDecodeError:
                utf8 = None
        try:
            windows_text = windows.decode(chunk) if utf8 is None else ""
        except UnicodeDecodeError:
            return None
        if "\0" in windows_text:
            return None
    try:
        return "utf-8" if utf8 is not None and utf8.decode(b"", final=True) == "" else "cp1252"
    except UnicodeDecodeError:
        return "cp1252"


def delimiter_of(first_lines: Sequence[str], known: Callable[[str], bool]) -> str | None:
    """The one that makes most known column names of the header; among equals the one that makes most columns."""
    best: tuple[int, int, str] | None = None
    for delimiter in DELIMITERS:
        header = next(csv.reader(first_lines, delimiter=delimiter), [])
        names = sum(known(cell) for cell in header)
        if names and (best is None or (names, len(header)) > best[:2]):
            best = (names, len(header), delimiter)
    return best[2] if best else None


def numbered_rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows of a `csv.reader` under the number of the line they begin in; a cell may hold line breaks."""
    begins = 1
    for cells in reader:
        yield begins, cells
        begins = reader.line_num + 1


def guarded(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula; `unguarded` gives it back."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """What stood in the cell before it was guarded."""
    return cell[1:] if _GUARDED.match(cell) else cell
