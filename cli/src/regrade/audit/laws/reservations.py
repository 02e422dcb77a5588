"""I9: what the catalogue holds agrees with what the order is."""

from regrade.audit.facts import ENDED_UNPAID, PAID, UNPAID, Order, Picture, Reservation
from regrade.audit.law import Finding, Witness, nothing_yet

# The state of an order → the states its reservation may be in.
_FITTING = {
    **dict.fromkeys(UNPAID, ("held",)),
    **dict.fromkeys(PAID, ("consumed",)),
    **dict.fromkeys(ENDED_UNPAID, ("released",)),
    # Paid, and not delivered: what was sold is returned to the stock, or was never there.
    "cancelled_exception": ("consumed",),
    # The catalogue said no, or orders said no to what the catalogue held.
    "refused": ("refused", "released"),
}


# Where an order may be for which no stock was ever asked for: its buyer's own people have not said yes.
_BEFORE_STOCK = ("awaiting_approval", "refused", "cancelled_by_buyer")


def every_reservation_fits_its_order(picture: Picture) -> Finding:
    """Held while unpaid, consumed once paid, released when it ended unpaid; and the units are the ones ordered.

    An order that was never approved has none at all.
    """
    reservations = {one.id: one for one in picture.reservations}
    found = [
        witness for order in picture.orders if (witness := _wrong(order, reservations.pop(order.id, None))) is not None
    ]
    found += [Witness(f"reservation {id} has no order", {"order_id": id}) for id in reservations]
    idle = nothing_yet(not picture.reservations, "nobody has ordered yet")
    return Finding(picture.where, len(picture.orders), "orders", tuple(found), idle)


def _wrong(order: Order, reservation: Reservation | None) -> Witness | None:
    ids = {"order_id": order.id}
    if not order.was_placed and order.state in _BEFORE_STOCK:
        if reservation is None:
            return None
        return Witness(f"the catalogue keeps stock for order {order.id}, which was never placed", ids)
    fitting = _FITTING.get(order.state)
    if fitting is None:
        return Witness(f"order {order.id} is {order.state} though nothing is under way", ids)
    if reservation is None:
        return Witness(f"order {order.id} is {order.state} and the catalogue knows nothing of it", ids)
    if reservation.state not in fitting:
        return Witness(f"order {order.id} is {order.state} and its reservation is {reservation.state}", ids)
    if reservation.state != "refused" and dict(reservation.units) != dict(order.units):
        return Witness(f"order {order.id} asks for other units than are reserved", ids, len(order.units))
    return None
