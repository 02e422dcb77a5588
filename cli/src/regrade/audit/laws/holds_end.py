"""I13: when the time to pay is over, the order is paid or cancelled."""

from datetime import timedelta

from regrade.audit.facts import UNPAID, Picture
from regrade.audit.law import Finding, Witness, nothing_yet

# The deadline is the last second of a day; the platform acts at the midnight that follows.
_ACTS_AFTER = timedelta(seconds=1)


def no_hold_outlives_its_deadline(picture: Picture) -> Finding | None:
    """At rest no order past its deadline still waits for money."""
    if picture.now is None:
        return None
    held = [order for order in picture.orders if order.hold_until is not None]
    found = [
        Witness(
            f"order {order.id} is {order.state}, and its time to pay ended at {order.hold_until.isoformat()}",
            {"order_id": order.id},
        )
        for order in held
        if order.hold_until is not None and order.state in UNPAID and order.hold_until + _ACTS_AFTER < picture.now
    ]
    idle = nothing_yet(all(order.state == "refused" for order in picture.orders), "nobody has ordered yet")
    return Finding(picture.where, len(held), "holds", tuple(found), idle)
