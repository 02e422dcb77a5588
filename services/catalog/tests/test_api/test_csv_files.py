"""Reading tables of stock: whatever comes, it is read right or refused by name, with little memory."""

import csv
import gzip
import io
import itertools
import tracemalloc
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.api.csv_columns import COLUMNS, Kind, column_of, line_of
from catalog.api.csv_files import ROWS_MAX, ROWS_PER_PART, UNPACKED_MAX_BYTES, Wishes, read_stock_file, rows_of
from catalog.api.csv_lines import read_part
from catalog.api.csv_out import csv_row
from catalog.api.schemas import PushLine
from catalog.domain.amounts import DecimalMark
from catalog.domain.stock_file_errors import CsvMalformed
from chassis.kernel.errors import Invalid
from chassis.kernel.tables import guarded, unguarded
from chassis.web.problems import Problem

# OWASP, CSV injection: what starts a formula, also after blanks that a spreadsheet drops.
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "=cmd|' /C calc'!A0", "'=1", "''-1"]


def test_no_field_of_a_push_line_is_without_a_column() -> None:
    reached = {column.path[0] for column in COLUMNS.values() if column.path}
    by_country = column_of("price_de")
    assert by_country is not None
    assert reached | {by_country.path[0]} == set(PushLine.model_fields)
    assert {name for name, column in COLUMNS.items() if column.kind is Kind.AMOUNT} >= {"price", "shipping_fee"}


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_that_goes_out_is_a_formula_and_each_comes_back_as_it_was(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_row([cell, "plain"]), newline=""))
    assert row[0].startswith("'")
    assert [unguarded(one) for one in row] == [cell, "plain"]


@given(st.text(max_size=30))
def test_guarding_a_cell_loses_nothing(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert guarded(cell)[:1] not in set("=+-@\t\r\n＝＋－＠")


def _bombs() -> dict[str, bytes]:
    member = gzip.compress(b"0" * (64 * 1024 * 1024))
    return {
        # Ten gigabytes of zeros, and of lines, in less than a megabyte each.
        "zeros": gzip.compress(b"sku\n") + member * 160,
        "lines": gzip.compress(b"sku\n") + gzip.compress(b"A\n" * (32 * 1024 * 1024)) * 160,
        "one endless cell": gzip.compress(b'sku,price\n"' + b"x" * (60 * 1024 * 1024)),
        "nested": gzip.compress(gzip.compress(b"0" * (64 * 1024 * 1024))),
    }


@pytest.mark.parametrize("name", ["zeros", "lines", "one endless cell", "nested"])
def test_a_bomb_is_stopped_early_and_in_little_memory(name: str) -> None:
    bomb = _bombs()[name]
    assert len(bomb) < 11 * 1024 * 1024
    tracemalloc.start()
    try:
        with pytest.raises((Problem, Invalid)):
            read_stock_file(bomb, Wishes())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


def _rows(count: int) -> bytes:
    header = "sku,grade,price,currency,quantity,color\n"
    return (header + "".join(f"SKU-{n},good,{n % 900 + 1}.99,EUR,{n % 50},Blue\n" for n in range(count))).encode()


def test_half_a_million_rows_are_cut_into_parts() -> None:
    body = gzip.compress(_rows(ROWS_MAX), 1)
    file = read_stock_file(body, Wishes())
    assert (file.rows, len(file.parts)) == (ROWS_MAX, ROWS_MAX // ROWS_PER_PART)
    assert sum(part.rows for part in file.parts) == ROWS_MAX
    # What is kept of 20 MB of text are a few, whatever is in the file.
    assert sum(len(part.packed) for part in file.parts) < UNPACKED_MAX_BYTES // 8
    assert rows_of(file.parts[-1].packed)[-1][:2] == (
        ROWS_MAX + 1,
        [f"SKU-{ROWS_MAX - 1}", "good", f"{(ROWS_MAX - 1) % 900 + 1}.99", "EUR", f"{(ROWS_MAX - 1) % 50}", "Blue"],
    )


def test_a_row_too_many_refuses_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.api.csv_files.ROWS_MAX", 10)
    assert read_stock_file(_rows(10), Wishes()).rows == 10
    with pytest.raises(Problem) as refusal:
        read_stock_file(_rows(11), Wishes())
    assert (refusal.value.status_code, refusal.value.code) == (413, "file_too_long")


def test_reading_takes_no_more_memory_for_more_rows() -> None:
    def peak(count: int) -> int:
        body = gzip.compress(_rows(count), 1)
        tracemalloc.start()
        try:
            file = read_stock_file(body, Wishes())
            # The compressed parts and the SKUs they name are what is stored.
            kept = sum(len(part.packed) + sum(len(key) + 60 for key in part.sku_keys) for part in file.parts)
            return tracemalloc.get_traced_memory()[1] - kept
        finally:
            tracemalloc.stop()

    assert peak(40_000) < 2 * peak(4_000) + 2 * 1024 * 1024


def test_cells_may_hold_delimiters_quotes_and_line_breaks() -> None:
    body = b'sku;model;price\n"A;1";"Galaxy ""S21""\r\n(2021)";"1.234,50"\nB;plain;2,00\n'
    file = read_stock_file(body, Wishes())
    assert [row[:2] for row in rows_of(file.parts[0].packed)] == [
        (2, ["A;1", 'Galaxy "S21"\r\n(2021)', "1.234,50"]),
        # By the line it begins in, as an editor counts.
        (4, ["B", "plain", "2,00"]),
    ]


def test_a_row_with_a_cell_too_many_is_refused_and_its_neighbours_are_not() -> None:
    file = read_stock_file(b"sku,price\nA,1,234.00\nB,5.00\n", Wishes(currency="EUR"))
    first, second = read_part(file.parts[0].packed, file.reading)
    assert (first.sku, first.problem and first.problem.code) == ("A", "too_many_cells")
    assert second.patch is not None


def test_only_columns_that_mean_something_are_kept() -> None:
    file = read_stock_file(b"sku,counted by,price\nA,Somebody,5.00\n", Wishes())
    assert rows_of(file.parts[0].packed) == [(2, ["A", "5.00"], False)]
    assert [(one.header, one.column) for one in file.reading.columns] == [
        ("sku", "sku"), ("counted by", None), ("price", "price"),
    ]  # fmt: skip


def test_an_empty_cell_was_not_sent() -> None:
    columns = [COLUMNS[name] for name in ("sku", "price", "quantity", "markets", "confirm_price", "brand")]
    assert line_of(columns, ["A", "", " ", "", "", ""], None, "EUR") == {"sku": "A"}
    full = line_of(columns, ["A", "5", "1.0", "fr-pro | dk-shop", "Oui", "Apple"], None, "EUR")
    assert full == {
        "sku": "A",
        "price": {"amount": 500, "currency": "EUR"},
        "quantity": 1,
        "markets": ["fr-pro", "dk-shop"],
        "confirm_price": True,
        "product": {"brand": "Apple"},
    }


def test_the_price_of_a_country_may_be_in_its_own_currency() -> None:
    file = read_stock_file(b"sku,price,currency,price_dk,price_de\nA,100.00,EUR,745.00 DKK,99.00\n", Wishes())
    (line,) = read_part(file.parts[0].packed, file.reading)
    assert line.patch is not None
    assert line.patch.prices is not None
    assert {country: (m.minor, m.currency) for country, m in line.patch.prices.items()} == {
        "DK": (745_00, "DKK"),
        "DE": (99_00, "EUR"),
    }


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(lambda text: f"sku,price\n{text}".encode())))
def test_no_bytes_are_too_strange(body: bytes) -> None:
    try:
        file = read_stock_file(body, Wishes(currency="EUR"))
    except (Invalid, Problem):
        return
    for part in file.parts:
        assert all(line.patch or line.problem for line in read_part(part.packed, file.reading))


_CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)


@settings(max_examples=200)
@given(
    st.lists(st.tuples(_CELL, _CELL), min_size=1, max_size=5),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_a_table_is_read_as_it_was_written(
    rows: Sequence[tuple[str, str]], delimiter: str, encoding: str, ending: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL)
    # A header that settles what is UTF-16 even where every cell is Chinese.
    writer.writerow(
        ["sku", "model", "a column that means nothing to anybody", "nor does this one, which is even longer"]
    )
    writer.writerows([*row, "nothing but latin letters in this cell", "and no others in this one"] for row in rows)
    file = read_stock_file(out.getvalue().encode(encoding), Wishes())
    assert file.reading.delimiter == delimiter
    kept = [cells for part in file.parts for _, cells, _ in rows_of(part.packed)]
    assert kept == [list(row) for row in rows]


_MARK_AND_GROUP = list(itertools.product(DecimalMark, [True, False]))


@settings(max_examples=200)
@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=8), st.sampled_from(_MARK_AND_GROUP), st.booleans())
def test_no_price_of_a_file_is_ever_scaled_wrongly(
    minors: list[int], how: tuple[DecimalMark, bool], drops_cents: bool
) -> None:
    """Prices as a program of one country writes them, round ones perhaps without cents: each is read right or refused."""
    mark, groups = how
    file = read_stock_file(_priced(minors, mark, groups=groups, drops_cents=drops_cents), Wishes(currency="EUR"))
    for minor, line in zip(minors, read_part(file.parts[0].packed, file.reading), strict=True):
        if line.patch is None:
            assert line.problem is not None
            assert line.problem.code == "amount_ambiguous"
            assert minor % 100 == 0
        else:
            assert line.patch.price is not None
            assert line.patch.price.minor == minor


def _priced(minors: list[int], mark: DecimalMark, *, groups: bool, drops_cents: bool) -> bytes:
    def told(minor: int) -> str:
        whole, cents = divmod(minor, 100)
        text = f"{whole:,}".replace(",", mark.other.sign if groups else "")
        return text if drops_cents and not cents else f"{text}{mark.sign}{cents:02d}"

    return "\n".join(["sku;price", *(f"S{n};{told(minor)}" for n, minor in enumerate(minors))]).encode()


def test_a_quote_that_is_never_closed_names_its_line() -> None:
    with pytest.raises(CsvMalformed) as refusal:
        read_stock_file(b'sku,price\nA,1.00\nB,"2.00\nC,3.00\n', Wishes())
    assert refusal.value.facts["line"] >= 3
