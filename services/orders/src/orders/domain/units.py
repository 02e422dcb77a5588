"""Units in a parcel: every device is named by its IMEI or serial number, and leaves once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chassis.kernel.numbers import check_imei, check_serial_number
from orders.domain.errors import UnitNumberMissing, UnitsDoNotMatch, UnitTwice
from orders.domain.pricing import SoldLine


@dataclass(frozen=True, slots=True)
class Unit:
    """One device: either its IMEI or its maker's serial number."""

    imei: str | None = None
    serial: str | None = None

    @property
    def number(self) -> str:
        """The number under which the device is unique on the platform; case does not tell devices apart."""
        return (self.imei or self.serial or "").upper()


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """The units of one line."""

    line_no: int
    units: tuple[Unit, ...]


def check_units(ordered: Sequence[SoldLine], named: Sequence[ShippedLine]) -> tuple[ShippedLine, ...]:
    """The named units with their numbers checked and normalised.

    Raises UnitNumberMissing, ImeiInvalid, SerialNumberInvalid, UnitsDoNotMatch (each line with what was ordered and what was
    named) or UnitTwice.
    """
    lines = tuple(ShippedLine(line.line_no, tuple(_checked(unit) for unit in line.units)) for line in named)
    wanted = {line.line_no: line.quantity for line in ordered}
    given: Counter[int] = Counter()
    for line in lines:
        given[line.line_no] += len(line.units)
    wrong = [
        {"line_no": line_no, "ordered": wanted.get(line_no, 0), "named": given[line_no]}
        for line_no in sorted(wanted.keys() | given.keys())
        if wanted.get(line_no, 0) != given[line_no]
    ]
    if wrong or len(lines) != len(wanted):
        raise UnitsDoNotMatch(lines=wrong)
    numbers = Counter(unit.number for line in lines for unit in line.units)
    twice = sorted(number for number, times in numbers.items() if times > 1)
    if twice:
        raise UnitTwice(units=twice)
    return tuple(sorted(lines, key=lambda line: line.line_no))


def _checked(unit: Unit) -> Unit:
    if (unit.imei is None) == (unit.serial is None):
        raise UnitNumberMissing
    if unit.imei is not None:
        return Unit(imei=check_imei(unit.imei))
    return Unit(serial=check_serial_number(unit.serial or ""))
