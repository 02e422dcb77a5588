"""Reads an uploaded table of stock as a stream: unpacks it, guesses how it was written, and cuts it into parts.

Nothing of the file is kept in memory but the compressed upload and the compressed parts.
"""

import csv
import hashlib
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from catalog.api.csv_columns import Column, Kind, column_of, named_column
from catalog.domain.amounts import DecimalMark, MarksSeen
from catalog.domain.offer import sku_key
from catalog.domain.stock_file_errors import (
    ColumnsAmbiguous,
    ColumnsNotRecognised,
    ColumnUnknown,
    CsvMalformed,
    EncodingUnknown,
    EncodingWrong,
    FileEmpty,
    GzipMalformed,
    TooManyColumns,
)
from catalog.domain.stock_import import ColumnRead, Reading
from catalog.use_cases.ports_imports import ImportPart
from chassis.kernel.tables import ENCODINGS, delimiter_of, encoding_by_mark, encoding_by_trial, numbered_rows, unguarded
from chassis.web.problems import Problem, unsupported_media_type

UNPACKED_MAX_BYTES = 64 * 1024 * 1024
ROWS_MAX = 500_000
ROWS_PER_PART = 1_000
COLUMNS_MAX = 200
_LINE_CHARS_MAX = 256 * 1024
_CHUNK = 64 * 1024
_SAMPLE_LINES = 20
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31
# What people upload instead, by its first bytes.
_OTHER_FILES = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the sender said about its file; None is guessed."""

    encoding: str | None = None
    delimiter: str | None = None
    decimal_mark: DecimalMark | None = None
    currency: str | None = None
    # Our column by the sender's header.
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StockFile:
    """A file that was read through: how, how many rows, and its parts."""

    sha256: str
    reading: Reading
    rows: int
    parts: Sequence[ImportPart]


def read_stock_file(body: bytes, wishes: Wishes) -> StockFile:
    """Reads the whole file once for its encoding and once for its rows; raises what is wrong with it, by name."""
    _refuse_other_files(body)
    if unknown := [name for name in wishes.columns.values() if named_column(name) is None]:
        raise ColumnUnknown(f"{unknown[0]}; see the template for all columns")
    encoding = wishes.encoding or _encoding(body)
    try:
        lines = _lines(body, encoding)
        first = list(islice(lines, _SAMPLE_LINES))
        if first and first[0].casefold().startswith("sep="):
            # Excel's own word on the delimiter.
            first = first[1:]
        delimiter = wishes.delimiter or delimiter_of(first, lambda cell: _column(cell, wishes) is not None)
        if delimiter is None:
            raise _no_columns(first[0] if first else "")
        return _cut(chain(first, lines), encoding, delimiter, wishes, body)
    except UnicodeError as error:
        raise EncodingWrong(f"{encoding}: {error}"[:200]) from error


def _cut(text: Iterable[str], encoding: str, delimiter: str, wishes: Wishes, body: bytes) -> StockFile:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    rows = numbered_rows(reader)
    try:
        _, header = next(rows, (1, []))
        columns = _understood(header, wishes)
        seen, parts, count = MarksSeen(), [], 0
        kept = [place for place, column in enumerate(columns) if column is not None]
        cutter = _Cutter([column for column in columns if column is not None], seen)
        for number, cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > ROWS_MAX:
                raise Problem(
                    413, "file_too_long", "The file holds too many rows", f"At most {ROWS_MAX:,}", rows_max=ROWS_MAX
                )
            # Cells beyond the header, or of columns that mean nothing to us, are nobody's business and not kept.
            too_many = any(cell.strip() for cell in cells[len(header) :])
            if part := cutter.take(number, [cells[p] if p < len(cells) else "" for p in kept], too_many=too_many):
                parts.append(part)
    except csv.Error as error:
        detail = f"Near line {reader.line_num}: {error}"
        raise CsvMalformed(detail, line=reader.line_num) from error
    parts.extend(cutter.rest())
    reading = Reading(
        encoding=encoding,
        delimiter=delimiter,
        decimal_mark=wishes.decimal_mark or seen.verdict,
        decimal_marks_contradict=seen.contradict and wishes.decimal_mark is None,
        currency=wishes.currency,
        columns=tuple(
            ColumnRead(name, column.name if column else None) for name, column in zip(header, columns, strict=True)
        ),
    )
    return StockFile(hashlib.sha256(body).hexdigest(), reading, count, parts)


class _Cutter:
    """Collects rows into compressed parts, and what the amounts tell on the way."""

    def __init__(self, columns: Sequence[Column], seen: MarksSeen) -> None:
        names = [column.name for column in columns]
        self._sku = names.index("sku")
        self._amounts = [place for place, column in enumerate(columns) if column.kind is Kind.AMOUNT]
        self._seen = seen
        self._rows: list[list[Any]] = []
        self._skus: list[str] = []
        self._done = 0

    def take(self, number: int, cells: list[str], *, too_many: bool) -> ImportPart | None:
        for place in self._amounts:
            self._seen.look(unguarded(cells[place]))
        self._rows.append([number, cells, 1] if too_many else [number, cells])
        if sku := unguarded(cells[self._sku]).strip():
            self._skus.append(sku_key(sku))
        return self._part() if len(self._rows) == ROWS_PER_PART else None

    def rest(self) -> list[ImportPart]:
        return [self._part()] if self._rows else []

    def _part(self) -> ImportPart:
        rows, skus, self._rows, self._skus = self._rows, self._skus, [], []
        self._done += 1
        packed = zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 1)
        return ImportPart(self._done, len(rows), packed, tuple(skus))


def rows_of(packed: bytes) -> list[tuple[int, list[str], bool]]:
    """The rows of a part: line number, cells of the columns that were understood, and whether there were too many."""
    return [(row[0], row[1], len(row) > 2) for row in json.loads(zlib.decompress(packed))]


def _understood(header: Sequence[str], wishes: Wishes) -> list[Column | None]:
    if len(header) > COLUMNS_MAX:
        raise TooManyColumns(f"{len(header)}, at most {COLUMNS_MAX}")
    columns = [_column(name, wishes) for name in header]
    by_name: dict[str, list[str]] = {}
    for name, column in zip(header, columns, strict=True):
        if column is not None:
            by_name.setdefault(column.name, []).append(name)
    if twice := {ours: theirs for ours, theirs in by_name.items() if len(theirs) > 1}:
        told = "; ".join(f"{', '.join(theirs)} all mean {ours}" for ours, theirs in twice.items())
        raise ColumnsAmbiguous(f"{told}. Say which one with `column`")
    if "sku" not in by_name:
        raise _no_columns(", ".join(header))
    return columns


def _column(header: str, wishes: Wishes) -> Column | None:
    header = header.strip()
    if header in wishes.columns:
        return named_column(wishes.columns[header])
    found = column_of(header)
    # Whoever said which column is meant has said that no other one is.
    return None if found is not None and found.name in wishes.columns.values() else found


def _no_columns(header: str) -> ColumnsNotRecognised:
    detail = f"The first line must name a column sku; it reads: {header.strip()[:300]}"
    return ColumnsNotRecognised(detail)


def _refuse_other_files(body: bytes) -> None:
    if not body.strip():
        raise FileEmpty("Not even a header: a full sync with it would empty a shop")
    for start, kind in _OTHER_FILES.items():
        if body.startswith(start):
            raise unsupported_media_type(f"This is {kind}; save it as CSV")


def _encoding(body: bytes) -> str:
    encoding = encoding_by_mark(b"".join(islice(unpacked(body), 1)))
    if encoding is None:
        encoding = encoding_by_trial(unpacked(body))
    if encoding is None:
        raise EncodingUnknown(f"Known are {', '.join(ENCODINGS)}")
    return encoding


def unpacked(body: bytes) -> Iterator[bytes]:
    """The bytes of the file, in chunks of at most 64 kB; a gzip is unpacked, and stopped at 64 MB however small it came."""
    size = 0
    for chunk in _inflated(body) if body.startswith(_GZIP) else _sliced(body):
        size += len(chunk)
        if size > UNPACKED_MAX_BYTES:
            raise Problem(
                413,
                "file_too_large",
                "The file is too large",
                f"At most {UNPACKED_MAX_BYTES // 1024 // 1024} MB unpacked",
                max_bytes=UNPACKED_MAX_BYTES,
            )
        yield chunk


def _sliced(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), _CHUNK):
        yield body[start : start + _CHUNK]


def _inflated(body: bytes) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    is_whole = False
    try:
        for packed in _sliced(body):
            left = packed
            while left:
                # A gzip may be several, one after the other.
                unpacker, is_whole = (zlib.decompressobj(_GZIP_WINDOW), False) if is_whole else (unpacker, False)
                while chunk := unpacker.decompress(left, _CHUNK):
                    left = unpacker.unconsumed_tail
                    yield chunk
                is_whole = unpacker.eof
                left = unpacker.unused_data if is_whole else b""
    except zlib.error as error:
        raise GzipMalformed(str(error)) from error
    if not is_whole:
        raise GzipMalformed("It ends too early")


class _Bytes(io.RawIOBase):
    """The unpacked bytes as a file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            try:
                self._left = next(self._chunks)
            except StopIteration:
                return 0
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count


def _lines(body: bytes, encoding: str) -> Iterator[str]:
    # `newline=""` leaves line breaks inside of cells as they are.
    text = io.TextIOWrapper(io.BufferedReader(_Bytes(unpacked(body)), _CHUNK), encoding=encoding, newline="")
    number = 0
    while line := text.readline(_LINE_CHARS_MAX):
        number += 1
        if len(line) == _LINE_CHARS_MAX or "\0" in line:
            raise CsvMalformed(f"Line {number} is no line of text")
        yield line
