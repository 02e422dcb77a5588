"""A serial ships once: across sellers, and across time unless the device came back for good; and no battery below its floor."""

from dataclasses import replace

import pytest

from chassis.kernel.ids import Id, new_id
from orders.domain.errors import BatteryBelowFloor, SerialAlreadyShipped, UnitHeldElsewhere
from orders.domain.order import OrderState
from orders.domain.seller_order import SellerOrderState
from orders.domain.unit_records import UnitRecord
from orders.use_cases.follow_returned_unit import FollowReturnedUnit, follow_returned_unit
from orders.use_cases.note_unit import NoteUnit, note_unit
from orders.use_cases.ports_units import CaseUnit
from orders.use_cases.ship_seller_order import ShipSellerOrder, ship_seller_order
from services.orders.tests.builders import (
    IMEIS,
    NOW,
    OTHER_SELLER,
    RULES,
    SELLER,
    MemoryOrdersUnitOfWork,
    a_seller_order,
    an_order,
    two_units,
)

FLOORS = replace(RULES, battery_floor_by_grade={"very_good": 85, "good": 80})


class Warehouse:
    """Parts of orders that wait to be shipped, one after the other."""

    def __init__(self, *sellers: Id, rules: object = RULES, **line: object) -> None:
        order = an_order(OrderState.IN_FULFILMENT, secured_at=NOW)
        self.parts = [a_seller_order(order, SellerOrderState.TO_SHIP, seller_id=seller) for seller in sellers]
        self.parts = [replace(one, id=new_id(), lines=(replace(one.lines[0], **line),)) for one in self.parts]
        self.uow = MemoryOrdersUnitOfWork(order, parts=self.parts, rules=rules)  # type: ignore[arg-type]

    async def ship(self, n: int, *units: str) -> Id:
        part = self.parts[n]
        lines = two_units(*(units or IMEIS[:2]))
        command = ShipSellerOrder(part.seller_id, part.id, "DHL", f"JD{n}{new_id().hex}", lines)
        return await ship_seller_order(command, self.uow, NOW)

    async def passport(self, number: str, battery: int | None, seller: Id = SELLER, state: str = "in_stock") -> None:
        record = UnitRecord(new_id(), number, seller, battery, state)
        await note_unit(NoteUnit(record, 1), self.uow, NOW)

    async def case(self, number: str, shipment_id: Id, what: str, replacement: str | None = None) -> None:
        case_id = new_id()
        opened = FollowReturnedUnit(case_id, "opened", CaseUnit(case_id, number, shipment_id))
        await follow_returned_unit(opened, self.uow, NOW)
        ended = FollowReturnedUnit(case_id, what, replacement=replacement)  # type: ignore[arg-type]
        for _ in range(2):
            await follow_returned_unit(ended, self.uow, NOW)


async def test_no_other_seller_ships_what_has_shipped() -> None:
    house = Warehouse(SELLER, OTHER_SELLER)
    await house.ship(0)
    with pytest.raises(SerialAlreadyShipped):
        await house.ship(1, IMEIS[0], IMEIS[2])


async def test_a_refunded_device_may_leave_once_more_and_its_neighbour_in_the_parcel_may_not() -> None:
    house = Warehouse(SELLER, SELLER, OTHER_SELLER)
    first = await house.ship(0)
    await house.case(IMEIS[0], first, "refund_due")
    await house.ship(1, IMEIS[0], IMEIS[2])
    # A late word about the first parcel frees nothing of the second one.
    await house.case(IMEIS[0], first, "refund_due")
    with pytest.raises(SerialAlreadyShipped) as refusal:
        await house.ship(2)
    assert refusal.value.facts["units"] == [IMEIS[0], IMEIS[1]]


async def test_a_replaced_device_may_leave_again_and_its_replacement_has_left() -> None:
    house = Warehouse(SELLER, SELLER)
    first = await house.ship(0)
    await house.case(IMEIS[0], first, "replaced", replacement=IMEIS[2])
    with pytest.raises(SerialAlreadyShipped) as refusal:
        await house.ship(1, IMEIS[0], IMEIS[2])
    assert refusal.value.facts["units"] == [IMEIS[2]]


async def test_a_battery_below_the_floor_of_the_orders_market_stays() -> None:
    house = Warehouse(SELLER, rules=FLOORS, category="smartphone", grade="very_good")
    await house.passport(IMEIS[0], 84)
    await house.passport(IMEIS[1], 85)
    with pytest.raises(BatteryBelowFloor) as refusal:
        await house.ship(0)
    assert refusal.value.facts["rule"] == "battery.floor_percent_by_grade"
    assert refusal.value.facts["market"] == "fr-pro"
    assert refusal.value.facts["units"] == [
        {"line_no": 1, "unit": IMEIS[0], "grade": "very_good", "measured": 84, "floor": 85}
    ]
    # Another battery was put in and measured.
    await house.passport(IMEIS[0], 100)
    house.uow.units.records = {
        id: one for id, one in house.uow.units.records.items() if one[1].battery_health_percent != 84
    }
    await house.ship(0)


@pytest.mark.parametrize(
    ("rules", "line"),
    [
        (RULES, {"category": "smartphone", "grade": "very_good"}),
        (FLOORS, {"category": "monitor", "grade": "very_good"}),
        (FLOORS, {"category": "smartphone", "grade": "fair"}),
    ],
)
async def test_where_nothing_is_promised_nothing_is_asked(rules: object, line: dict[str, object]) -> None:
    house = Warehouse(SELLER, rules=rules, **line)
    await house.passport(IMEIS[0], 10)
    await house.ship(0)


async def test_what_was_not_measured_keeps_the_word_of_its_offer() -> None:
    house = Warehouse(SELLER, rules=FLOORS, category="smartphone", grade="very_good")
    await house.passport(IMEIS[0], None)
    await house.ship(0)


@pytest.mark.parametrize("state", ["in_stock", "in_repair", "returned"])
async def test_a_device_that_lies_at_another_seller_is_refused_without_naming_it(state: str) -> None:
    house = Warehouse(SELLER)
    await house.passport(IMEIS[0], None, OTHER_SELLER, state)
    with pytest.raises(UnitHeldElsewhere) as refusal:
        await house.ship(0)
    assert refusal.value.facts == {"units": [IMEIS[0]]}


async def test_a_passport_that_was_retired_holds_nobody_up() -> None:
    house = Warehouse(SELLER)
    await house.passport(IMEIS[0], None, OTHER_SELLER, "retired")
    await house.ship(0)


async def test_an_older_word_about_a_passport_never_replaces_a_newer_one() -> None:
    house = Warehouse(SELLER)
    unit = new_id()
    for seq, battery in ((2, 90), (1, 50)):
        await note_unit(NoteUnit(UnitRecord(unit, IMEIS[0], SELLER, battery, "in_stock"), seq), house.uow, NOW)
    (record,) = await house.uow.units.with_numbers([IMEIS[0]])
    assert record.battery_health_percent == 90
