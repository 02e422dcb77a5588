"""Every unit of a shipment is named, once, by a number that can be right."""

import pytest

from chassis.kernel.errors import DomainError
from chassis.kernel.numbers import ImeiInvalid, SerialNumberInvalid
from orders.domain.errors import UnitNumberMissing, UnitsDoNotMatch, UnitTwice
from orders.domain.units import ShippedLine, Unit, check_units
from services.orders.tests.builders import IMEIS, a_sold_line, two_units

ORDERED = (a_sold_line(1, quantity=2),)


def one_line(*units: Unit, line_no: int = 1) -> tuple[ShippedLine, ...]:
    return (ShippedLine(line_no, units),)


@pytest.mark.parametrize(
    ("named", "refusal"),
    [
        (one_line(Unit(imei=IMEIS[0])), UnitsDoNotMatch),
        (one_line(Unit(imei=IMEIS[0]), Unit(imei=IMEIS[1]), Unit(imei=IMEIS[2])), UnitsDoNotMatch),
        (one_line(Unit(imei=IMEIS[0]), Unit(imei=IMEIS[1]), line_no=2), UnitsDoNotMatch),
        ((*one_line(Unit(imei=IMEIS[0])), *one_line(Unit(imei=IMEIS[1]))), UnitsDoNotMatch),
        ((), UnitsDoNotMatch),
        (one_line(Unit(imei=IMEIS[0]), Unit(imei=IMEIS[0])), UnitTwice),
        (one_line(Unit(serial="ab123"), Unit(serial="AB123")), UnitTwice),
        (one_line(Unit(imei="490154203237519"), Unit(imei=IMEIS[1])), ImeiInvalid),
        (one_line(Unit(serial="x"), Unit(imei=IMEIS[1])), SerialNumberInvalid),
        (one_line(Unit(), Unit(imei=IMEIS[1])), UnitNumberMissing),
        (one_line(Unit(imei=IMEIS[0], serial="AB123"), Unit(imei=IMEIS[1])), UnitNumberMissing),
    ],
)
def test_a_shipment_that_names_its_units_wrongly_is_refused(
    named: tuple[ShippedLine, ...], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        check_units(ORDERED, named)


def test_numbers_are_kept_without_separators() -> None:
    (line,) = check_units(ORDERED, two_units("49-015420-323751-8"))
    assert [unit.imei for unit in line.units] == [IMEIS[0], IMEIS[1]]
