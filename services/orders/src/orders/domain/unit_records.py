"""What the catalogue's passports say of the units in a parcel: whose they are, and whether their batteries keep the floor."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chassis.kernel.ids import Id
from orders.domain.errors import BatteryBelowFloor, UnitHeldElsewhere
from orders.domain.policies import OrderRules
from orders.domain.pricing import SoldLine
from orders.domain.units import ShippedLine

# Where a device lies at its seller; what is with a buyer is guarded by its number alone.
AT_SELLER = frozenset({"in_stock", "in_repair", "returned"})
RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """A passport as far as parcels need it; `battery_health_percent` is None where nobody measured it."""

    unit_id: Id
    number: str
    seller_id: Id
    battery_health_percent: int | None
    state: str


def must_be_held_by(seller_id: Id, records: Iterable[UnitRecord]) -> None:
    """Raises UnitHeldElsewhere where another seller has a device of the parcel, without a word about whom."""
    others = sorted(one.number for one in records if one.seller_id != seller_id and one.state in AT_SELLER)
    if others:
        raise UnitHeldElsewhere(units=others)


def must_keep_battery_floor(
    rules: OrderRules,
    seller_id: Id,
    sold: Sequence[SoldLine],
    shipped: Sequence[ShippedLine],
    records: Iterable[UnitRecord],
) -> None:
    """Raises BatteryBelowFloor with every unit whose measured battery is below what the order's market promises for its grade
    (row B2). Units without a passport, or with an unmeasured battery, keep the word of their offer."""
    measured = {
        one.number: one.battery_health_percent
        for one in records
        if one.seller_id == seller_id and one.battery_health_percent is not None
    }
    lines = {line.line_no: line for line in sold}
    below = []
    for parcel_line in shipped:
        line = lines[parcel_line.line_no]
        floor = rules.battery_floor(line.category, line.grade)
        for unit in parcel_line.units:
            health = measured.get(unit.number)
            if floor is not None and health is not None and health < floor:
                below.append(
                    {
                        "line_no": line.line_no,
                        "unit": unit.number,
                        "grade": line.grade,
                        "measured": health,
                        "floor": floor,
                    }
                )
    if below:
        raise BatteryBelowFloor(
            f"{rules.market} promises at least {below[0]['floor']} % for {below[0]['grade']}, and {below[0]['unit']} has "
            f"{below[0]['measured']} %",
            rule="battery.floor_percent_by_grade",
            market=rules.market,
            units=below,
        )
