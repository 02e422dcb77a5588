"""I10: no more is sold than was pushed, what ships is what was ordered, and a device leaves once."""

from collections import defaultdict

from regrade.audit.facts import Picture
from regrade.audit.law import Finding, Witness, nothing_yet


def no_more_is_sold_than_was_pushed(picture: Picture) -> Finding:
    """Per offer, units of paid orders stay within the units ever counted; without counts any sale is one too many."""
    sold: dict[str, int] = defaultdict(int)
    for order in picture.paid_orders:
        for offer, units in order.units.items():
            sold[offer] += units
    pushed = _pushed(picture)
    found = [
        Witness(f"offer {offer}: {units} units are sold, {pushed[offer]} were pushed", {"offer_id": offer}, units)
        for offer, units in sold.items()
        if units > pushed[offer]
    ]
    idle = nothing_yet(not picture.paid_orders, "no order is paid yet")
    return Finding(picture.where, len(sold), "offers with sales", tuple(found), idle)


def a_device_leaves_once(picture: Picture) -> Finding:
    """Each parcel carries its seller order's lines, each unit by number, and no number twice on the platform."""
    parts = {part.id: part for part in picture.seller_orders}
    found: list[Witness] = []
    seen: dict[str, str] = {}
    for shipment in picture.shipments:
        ids = {"shipment_id": shipment.id}
        part = parts.get(shipment.seller_order_id)
        named = {line: len(units) for line, units in shipment.units.items()}
        if part is None or named != dict(part.quantities):
            found.append(Witness(f"shipment {shipment.id} does not carry what was ordered", ids, len(named)))
        for number in (unit.upper() for units in shipment.units.values() for unit in units):
            if number in seen:
                found.append(Witness(f"device {number} left twice", {**ids, "other_shipment_id": seen[number]}))
            seen[number] = shipment.id
    idle = nothing_yet(not picture.shipments, "nothing was shipped yet")
    return Finding(picture.where, len(seen), "devices", tuple(found), idle)


def _pushed(picture: Picture) -> dict[str, int]:
    """A count says what is there now, so the counts' sum is the most that can ever have been there."""
    pushed: dict[str, int] = defaultdict(int)
    if picture.movements is not None:
        counted: dict[str, int] = defaultdict(int)
        for movement in picture.movements:
            if movement.kind in ("pushed", "adjusted"):
                counted[movement.offer_id] += movement.quantity
                pushed[movement.offer_id] += counted[movement.offer_id]
    for push in picture.pushes or ():
        pushed[push.offer_id] += push.quantity
    return pushed
