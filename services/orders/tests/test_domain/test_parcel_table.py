"""A table of parcels: rows of one order are one parcel, wherever they stand, and what does not fit is named."""

from typing import Any

import pytest

from orders.api.parcel_tables import read_parcels
from orders.domain.errors import (
    ParcelContradicts,
    ParcelIncomplete,
    ParcelTableColumns,
    ParcelTableTooLong,
    ParcelTableUnreadable,
    SkuNotOrdered,
)
from orders.domain.parcel_table import PARCELS_MAX, ParcelRow, TableParcel, gathered
from orders.domain.units import Unit
from services.orders.tests.builders import a_sold_line

HEADER = "order,carrier,tracking_number,sku,imei,serial\n"


def a_row(line: int = 2, **changes: Any) -> ParcelRow:
    values = {"order": "1-1", "carrier": "DHL", "tracking_number": "T1", "sku": "A", "unit": Unit(serial=f"S{line}")}
    return ParcelRow(line=line, **{**values, **changes})


def test_rows_of_one_order_are_one_parcel_wherever_they_stand() -> None:
    found = gathered([a_row(2), a_row(3, order="2-1"), a_row(4)])
    assert [(one.order, one.lines) for one in found] == [("1-1", [2, 4]), ("2-1", [3])]


def test_a_label_stands_in_one_row_or_in_all_of_them() -> None:
    once = TableParcel("1-1", (a_row(2), a_row(3, carrier="", tracking_number="")))
    assert once.label() == ("DHL", "T1")
    assert TableParcel("1-1", (a_row(2), a_row(3, carrier="dhl"))).label()[1] == "T1"
    with pytest.raises(ParcelContradicts):
        TableParcel("1-1", (a_row(2), a_row(3, tracking_number="T2"))).label()
    with pytest.raises(ParcelIncomplete):
        TableParcel("1-1", (a_row(2, carrier=""),)).label()


def test_devices_go_to_the_line_of_their_sku_and_fill_two_lines_of_one_sku_in_turn() -> None:
    ordered = [
        a_sold_line(1, sku="A", quantity=1),
        a_sold_line(2, sku="B", quantity=1),
        a_sold_line(3, sku="a", quantity=2),
    ]
    rows = (a_row(2, sku="b"), a_row(3), a_row(4), a_row(5), a_row(6))
    shipped = TableParcel("1-1", rows).shipped(ordered)
    assert {line.line_no: [unit.serial for unit in line.units] for line in shipped} == {
        1: ["S3"],
        2: ["S2"],
        # One too many: the count is refused where it is compared with the order's.
        3: ["S4", "S5", "S6"],
    }


def test_a_blank_sku_stands_for_the_only_one() -> None:
    (line,) = TableParcel("1-1", (a_row(2, sku=""),)).shipped([a_sold_line(7, sku="A")])
    assert line.line_no == 7
    for sku in ("", "C"):
        with pytest.raises(SkuNotOrdered):
            TableParcel("1-1", (a_row(2, sku=sku),)).shipped([a_sold_line(1, sku="A"), a_sold_line(2, sku="B")])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_as_it_was_written(encoding: str, delimiter: str) -> None:
    text = (
        "Order Number,Carrier,Tracking,Colour,Serial-Number\r\n1-1,Colis Privé,T1,Noir,S1\r\n\r\n'=1-2,DHL,T2,,S2\r\n"
    )
    first, second = read_parcels(text.replace(",", delimiter).encode(encoding))
    assert first.rows == (ParcelRow(2, "1-1", "Colis Privé", "T1", "", Unit(serial="S1")),)
    # A formula that was made harmless is what it was.
    assert (second.order, second.lines) == ("=1-2", [4])


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", ParcelTableUnreadable),
        (b" \r\n", ParcelTableUnreadable),
        (b"\x81\x8d\x00", ParcelTableUnreadable),
        (b"PK\x03\x04\x00\x00", ParcelTableUnreadable),
        (b"a,b\n1,2\n", ParcelTableColumns),
        (b"order,carrier,imei\n1-1,DHL,1\n", ParcelTableColumns),
        (b"order,carrier,tracking_number\n1-1,DHL,T1\n", ParcelTableColumns),
        (b"order,order,carrier,tracking,imei\n", ParcelTableColumns),
        (HEADER.encode() + b',DHL,T1,A,,"S1\n', ParcelTableUnreadable),
        (HEADER.encode() + b",DHL,T1,A,,S1\n", ParcelTableUnreadable),
        (HEADER.encode() + b"1-1,DHL,T1,A,," + b"9" * 61 + b"\n", ParcelTableUnreadable),
        (HEADER.encode() + b"1-1,D\x07HL,T1,A,,S1\n", ParcelTableUnreadable),
        (
            HEADER.encode() + b"".join(b"%d-1,DHL,T%d,A,,S\n" % (n, n) for n in range(PARCELS_MAX + 1)),
            ParcelTableTooLong,
        ),
    ],
)
def test_what_is_no_table_of_parcels_is_refused_by_its_name(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_parcels(body)
