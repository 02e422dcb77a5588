"""A table of parcels: a row for each device, gathered into one parcel for each seller order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orders.domain.errors import ParcelContradicts, ParcelIncomplete, SkuNotOrdered
from orders.domain.pricing import SoldLine
from orders.domain.units import ShippedLine, Unit

PARCELS_MAX = 1_000
ROWS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class ParcelRow:
    """One device by the line of the file that names it. `order` is the seller order's number; what is blank is empty."""

    line: int
    order: str
    carrier: str
    tracking_number: str
    sku: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class TableParcel:
    """All rows of one seller order."""

    order: str
    rows: tuple[ParcelRow, ...]

    @property
    def lines(self) -> list[int]:
        """Where it stands in the file."""
        return [row.line for row in self.rows]

    def label(self) -> tuple[str, str]:
        """Carrier and tracking number, each named by one row at least and by none otherwise.

        Raises ParcelIncomplete or ParcelContradicts.
        """
        return self._only("carrier"), self._only("tracking_number")

    def _only(self, name: str) -> str:
        named = {getattr(row, name).casefold(): getattr(row, name) for row in self.rows if getattr(row, name)}
        if not named:
            raise ParcelIncomplete(f"No row of {self.order} names a {name}", column=name)
        if len(named) > 1:
            raise ParcelContradicts(f"{self.order} has {' and '.join(sorted(named.values()))} as {name}", column=name)
        return str(next(iter(named.values())))

    def shipped(self, ordered: Sequence[SoldLine]) -> tuple[ShippedLine, ...]:
        """The units by line of the order. A blank SKU stands for the only one; where two lines are of one SKU they are
        filled one after the other. Raises SkuNotOrdered."""
        by_sku: dict[str, list[SoldLine]] = {}
        for line in ordered:
            by_sku.setdefault(line.sku.casefold(), []).append(line)
        units: dict[int, list[Unit]] = {}
        for row in self.rows:
            fitting = _fitting(row, by_sku)
            room = (line for line in fitting if len(units.get(line.line_no, ())) < line.quantity)
            # One too many goes to the last line, and is refused with the count of both.
            units.setdefault(next(room, fitting[-1]).line_no, []).append(row.unit)
        return tuple(ShippedLine(line_no, tuple(found)) for line_no, found in sorted(units.items()))


def gathered(rows: Iterable[ParcelRow]) -> list[TableParcel]:
    """A parcel for each seller order, in the order of the file, wherever its rows stand."""
    by_order: dict[str, list[ParcelRow]] = {}
    for row in rows:
        by_order.setdefault(row.order, []).append(row)
    return [TableParcel(order, tuple(found)) for order, found in by_order.items()]


def _fitting(row: ParcelRow, by_sku: Mapping[str, Sequence[SoldLine]]) -> Sequence[SoldLine]:
    sku = next(iter(by_sku)) if not row.sku and len(by_sku) == 1 else row.sku.casefold()
    if sku not in by_sku:
        known = sorted({line.sku for lines in by_sku.values() for line in lines})
        raise SkuNotOrdered(f"Line {row.line}: {row.sku or 'no SKU'}", skus=known)
    return by_sku[sku]
