"""What is known of single devices, in PostgreSQL."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.db.session import session_of
from chassis.kernel.ids import Id
from orders.domain.unit_records import RETIRED, UnitRecord
from orders.use_cases.ports_units import CaseUnit

_KEEP = text(
    "insert into unit_records (unit_id, seq, number, seller_id, battery_health_percent, state) "
    "values (:unit_id, :seq, :number, :seller_id, :battery_health_percent, :state) "
    "on conflict (unit_id) do update set seq = excluded.seq, number = excluded.number, "
    "battery_health_percent = excluded.battery_health_percent, state = excluded.state where unit_records.seq < excluded.seq"
)
_WITH_NUMBERS = text(
    "select unit_id, number, seller_id, battery_health_percent, state from unit_records "
    "where number = any(:numbers) and state <> :retired order by unit_id"
).bindparams(bindparam("numbers", type_=ARRAY(TEXT)))
_REMEMBER = text(
    "insert into unit_cases (case_id, number, shipment_id) values (:case_id, :number, :shipment_id) on conflict do nothing"
)
_OF_CASE = text("select case_id, number, shipment_id from unit_cases where case_id = :case_id")
# Only of the parcel it came with: a late fact must not free what has left again since.
_FREE = text("delete from shipped_units where number = :number and shipment_id = :shipment_id")
_CLAIM = text(
    "insert into shipped_units (number, shipment_id) select :number, id from shipments where id = :shipment_id "
    "on conflict do nothing"
)


class UnitRecords:
    """See the port."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, record: UnitRecord, seq: int) -> None:
        """Insert or replace what is older."""
        values = {
            "unit_id": record.unit_id,
            "seq": seq,
            "number": record.number,
            "seller_id": record.seller_id,
            "battery_health_percent": record.battery_health_percent,
            "state": record.state,
        }
        await self._connection.execute(_KEEP, values)

    async def with_numbers(self, numbers: Collection[str]) -> Sequence[UnitRecord]:
        """Passports of these devices that are not retired."""
        values = {"numbers": sorted(numbers), "retired": RETIRED}
        session = session_of(self._connection)
        # What this transaction has still to write concerns no passport.
        ask = session.peek if session is not None else self._connection.execute
        rows: Sequence[Any] = (await ask(_WITH_NUMBERS, values)).all()
        return [
            UnitRecord(one.unit_id, one.number, one.seller_id, one.battery_health_percent, one.state) for one in rows
        ]

    async def remember_case(self, unit: CaseUnit) -> None:
        """Which device a case is about."""
        values = {"case_id": unit.case_id, "number": unit.number, "shipment_id": unit.shipment_id}
        await self._connection.execute(_REMEMBER, values)

    async def of_case(self, case_id: Id) -> CaseUnit | None:
        """The device of a case."""
        row = (await self._connection.execute(_OF_CASE, {"case_id": case_id})).first()
        return CaseUnit(row.case_id, row.number, row.shipment_id) if row else None

    async def free(self, number: str, shipment_id: Id) -> None:
        """Its number may leave with another parcel."""
        await self._connection.execute(_FREE, {"number": number, "shipment_id": shipment_id})

    async def claim(self, number: str, shipment_id: Id) -> None:
        """A device left in the place of one of this parcel."""
        await self._connection.execute(_CLAIM, {"number": number, "shipment_id": shipment_id})
