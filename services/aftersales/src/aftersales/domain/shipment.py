"""What orders told about a parcel when it left: whose it is, which rules hold for it, and which devices are in it."""

from dataclasses import dataclass

from chassis.kernel.ids import Id


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """The devices of one line, each by its IMEI or its maker's serial number."""

    line_no: int
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shipment:
    """A copy of the fact; it never changes. `policy_version` is the one that orders froze on the order."""

    id: Id
    seller_order_id: Id
    order_id: Id
    seller_id: Id
    buyer_id: Id
    market: str
    policy_version: str
    delivery_country: str
    lines: tuple[ShippedLine, ...]
