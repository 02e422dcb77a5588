"""What is known of devices on a real database: numbers are freed parcel by parcel, and claimed once."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from chassis.kernel.ids import Id, new_id
from orders.domain.unit_records import UnitRecord
from orders.domain.units import Unit
from orders.storage.unit_of_work import OrdersUnitOfWork
from orders.use_cases.ports_units import CaseUnit
from services.orders.tests.builders import SELLER, a_seller_order, a_shipment
from services.orders.tests.conftest import OrdersInProcess
from services.orders.tests.test_storage.test_storage import a_numbered_order, store

pytestmark = pytest.mark.storage


async def run(service: OrdersInProcess, work: Any) -> Any:
    async def bound(uow: OrdersUnitOfWork, now: datetime) -> Any:
        return await work(uow)

    return await service.executor.run(bound)


async def parcels(service: OrdersInProcess, count: int) -> list[Id]:
    """Shipments that are there."""
    ids = []
    for _ in range(count):
        order = a_numbered_order()
        part = a_seller_order(order)
        await store(service, order, part)
        shipment = a_shipment(part, id=new_id(), tracking_number=new_id().hex)
        await run(service, lambda uow, one=shipment: uow.shipments.add(one))
        ids.append(shipment.id)
    return ids


async def claimed(service: OrdersInProcess, number: str) -> list[Id]:
    async def read(uow: OrdersUnitOfWork) -> list[Id]:
        found = await uow.connection.execute(
            text("select shipment_id from shipped_units where number = :number"), {"number": number}
        )
        return list(found.scalars())

    found: list[Id] = await run(service, read)
    return found


async def test_a_number_is_free_again_only_for_the_parcel_it_came_with(service: OrdersInProcess) -> None:
    first, second = await parcels(service, 2)
    number = f"SN{new_id().hex[:12]}".upper()
    await run(service, lambda uow: uow.shipments.claim_units(second, [Unit(serial=number)]))
    await run(service, lambda uow: uow.units.free(number, first))
    assert await claimed(service, number) == [second]
    await run(service, lambda uow: uow.units.free(number, second))
    assert await claimed(service, number) == []
    await run(service, lambda uow: uow.units.claim(number, first))
    await run(service, lambda uow: uow.units.claim(number, second))
    assert await claimed(service, number) == [first]
    # A parcel of which nothing is known claims nothing, and breaks nothing.
    await run(service, lambda uow: uow.units.claim(number + "X", new_id()))
    assert await claimed(service, number + "X") == []


async def test_passports_and_cases_are_kept_as_they_were_told_last(service: OrdersInProcess) -> None:
    unit, number = new_id(), f"SN{new_id().hex[:12]}".upper()
    for seq, battery, state in ((1, 91, "in_stock"), (3, 88, "returned"), (2, 10, "shipped")):
        record = UnitRecord(unit, number, SELLER, battery, state)
        await run(service, lambda uow, one=record, n=seq: uow.units.keep(one, n))
    assert await run(service, lambda uow: uow.units.with_numbers([number, "NONE"])) == [
        UnitRecord(unit, number, SELLER, 88, "returned")
    ]
    await run(service, lambda uow: uow.units.keep(UnitRecord(unit, number, SELLER, 88, "retired"), 4))
    assert await run(service, lambda uow: uow.units.with_numbers([number])) == []
    case = CaseUnit(new_id(), number, new_id())
    for shipment_id in (case.shipment_id, new_id()):
        again = CaseUnit(case.case_id, number, shipment_id)
        await run(service, lambda uow, one=again: uow.units.remember_case(one))
    assert await run(service, lambda uow: uow.units.of_case(case.case_id)) == case
    assert await run(service, lambda uow: uow.units.of_case(new_id())) is None
