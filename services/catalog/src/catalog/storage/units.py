"""Passports in PostgreSQL, a batch at a time."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from catalog.domain.product import Category
from catalog.domain.unit import Diagnostic, Erasure, ReplacedPart, Unit, UnitFacts, UnitOffer, UnitState
from catalog.use_cases.ports_units import KeptUnit
from chassis.db.rows import as_json
from chassis.kernel.errors import StaleVersion
from chassis.kernel.ids import Id

# In the order of the numbers, so that two batches cannot wait for each other in a circle.
_LOCK = text(
    "select * from units where number = any(:numbers) and state <> 'retired' order by number for update"
).bindparams(bindparam("numbers", type_=ARRAY(TEXT)))
_OFFERS = text(
    "select id, sku, sku_key, category, markets from offers where seller_id = :seller_id and sku_key = any(:keys)"
).bindparams(bindparam("seller_id", type_=UUID), bindparam("keys", type_=ARRAY(TEXT)))
_ADD = text(
    "insert into units select * from jsonb_populate_recordset(null::units, cast(:rows as jsonb)) order by number "
    "on conflict (number) where state <> 'retired' do nothing returning id"
)
_SAVE = text(
    "update units u set version = r.version, offer_id = r.offer_id, sku = r.sku, grade = r.grade, "
    "battery_health_percent = r.battery_health_percent, battery_cycles = r.battery_cycles, diagnostics = r.diagnostics, "
    "replaced_parts = r.replaced_parts, erasure = r.erasure, state = r.state, updated_at = r.updated_at "
    "from jsonb_populate_recordset(null::units, cast(:rows as jsonb)) r where u.id = r.id and u.version < r.version"
)
_APPEND = text(
    "insert into unit_history (unit_id, version, what, at, changes) select unit_id, version, what, at, changes "
    "from jsonb_populate_recordset(null::unit_history, cast(:rows as jsonb))"
)
_REMEMBER = text(
    "insert into unit_cases (case_id, seller_id, number) values (:case_id, :seller_id, :number) on conflict do nothing"
)
_UNIT_OF_CASE = text("select number from unit_cases where case_id = :case_id")


class UnitRepository:
    """See the port."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def with_numbers(self, numbers: Collection[str]) -> list[Unit]:
        """Those that are not retired, of all sellers, locked."""
        rows = (await self._connection.execute(_LOCK, {"numbers": sorted(numbers)})).mappings().all()
        return [unit_in(row) for row in rows]

    async def offers_of(self, seller_id: Id, sku_keys: Collection[str]) -> Mapping[str, UnitOffer]:
        """A seller's offers by the key of their SKU."""
        values = {"seller_id": seller_id, "keys": sorted(sku_keys)}
        rows = (await self._connection.execute(_OFFERS, values)).all()
        return {one.sku_key: UnitOffer(one.id, one.sku, Category(one.category), tuple(one.markets)) for one in rows}

    async def add(self, units: Collection[KeptUnit], now: datetime) -> set[Id]:
        """Store new passports whose number is still free."""
        rows = [_row(one.unit, now) | {"created_at": now} for one in units]
        stored = set((await self._connection.execute(_ADD, {"rows": as_json(rows)})).scalars())
        await self._append([one for one in units if one.unit.id in stored])
        return stored

    async def save(self, units: Collection[KeptUnit], now: datetime) -> None:
        """Replace locked passports."""
        rows = [_row(one.unit, now) for one in units]
        result = await self._connection.execute(_SAVE, {"rows": as_json(rows)})
        if result.rowcount != len(rows):
            raise StaleVersion(ids=[str(one.unit.id) for one in units])
        await self._append(units)

    async def remember_case(self, case_id: Id, seller_id: Id, number: str) -> None:
        """Which device a case is about."""
        await self._connection.execute(_REMEMBER, {"case_id": case_id, "seller_id": seller_id, "number": number})

    async def unit_of_case(self, case_id: Id) -> str | None:
        """The number of the device a case is about."""
        found: str | None = (await self._connection.execute(_UNIT_OF_CASE, {"case_id": case_id})).scalar()
        return found

    async def _append(self, units: Collection[KeptUnit]) -> None:
        rows = [
            {"unit_id": one.unit.id, "version": part.version, "what": part.what, "at": part.at, "changes": part.changes}
            for one in units
            for part in one.history
        ]
        if rows:
            await self._connection.execute(_APPEND, {"rows": as_json(rows)})


def unit_in(row: Any) -> Unit:
    """The passport in a row of its table."""
    return Unit(
        id=row["id"],
        version=row["version"],
        seller_id=row["seller_id"],
        offer_id=row["offer_id"],
        imei=row["imei"],
        serial=row["serial"],
        facts=UnitFacts(
            sku=row["sku"],
            grade=row["grade"],
            battery_health_percent=row["battery_health_percent"],
            battery_cycles=row["battery_cycles"],
            diagnostics=tuple(Diagnostic(test, result, _instant(at)) for test, result, at in row["diagnostics"]),
            replaced_parts=tuple(ReplacedPart(part, kind) for part, kind in row["replaced_parts"]),
            erasure=_erasure(row["erasure"]),
        ),
        state=UnitState(row["state"]),
        check_code=row["check_code"],
    )


def _erasure(stored: Any) -> Erasure | None:
    if stored is None:
        return None
    standard, certificate, at, tool = stored
    return Erasure(standard, certificate, _instant(at), tool)


def _instant(at: str) -> datetime:
    return datetime.fromisoformat(at)


def _row(unit: Unit, now: datetime) -> dict[str, Any]:
    facts = unit.facts
    return {
        "id": unit.id,
        "version": unit.version,
        "seller_id": unit.seller_id,
        "offer_id": unit.offer_id,
        "number": unit.number,
        "imei": unit.imei,
        "serial": unit.serial,
        "sku": facts.sku,
        "grade": facts.grade,
        "battery_health_percent": facts.battery_health_percent,
        "battery_cycles": facts.battery_cycles,
        "diagnostics": [list(one) for one in facts.diagnostics],
        "replaced_parts": [list(one) for one in facts.replaced_parts],
        "erasure": None if facts.erasure is None else list(facts.erasure),
        "state": unit.state.value,
        "check_code": unit.check_code,
        "updated_at": now,
    }
