"""Domain values ↔ JSON columns. Pydantic reads and writes the dataclasses as they are, so no shape is told twice."""

from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import RowMapping

from orders.domain.address_change import AddressChange, Taxed
from orders.domain.approval import Approval
from orders.domain.cancellation_request import CancellationRequest, Delay
from orders.domain.cart import CartLine, Look
from orders.domain.hold import Reminder
from orders.domain.notes import Notes
from orders.domain.order import DeliverTo, OrderLine
from orders.domain.pricing import RegimeSums, SoldLine
from orders.domain.purchasing import PurchasingRules
from orders.domain.reservation import HeldStock, Refusal
from orders.domain.units import ShippedLine

T = TypeVar("T")
# A row of the database: SQLAlchemy's own mapping, or a dict made of it.
Row = RowMapping | dict[str, Any]


class Codec(Generic[T]):
    """One type of value in a JSON column."""

    def __init__(self, type_: Any) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(type_)

    def to_json(self, value: T) -> Any:
        """What the column holds."""
        return self._adapter.dump_python(value, mode="json")

    def from_json(self, value: Any) -> T:
        """The value; a column that does not fit is a bug and raises."""
        return self._adapter.validate_python(value)


ORDER_LINES = Codec[tuple[OrderLine, ...]](tuple[OrderLine, ...])
DELIVER_TO = Codec[DeliverTo](DeliverTo)
TAXED = Codec[Taxed](Taxed)
ADDRESS_CHANGE = Codec[AddressChange](AddressChange)
REMINDERS = Codec[tuple[Reminder, ...]](tuple[Reminder, ...])
REFUSAL = Codec[Refusal](Refusal)
SOLD_LINES = Codec[tuple[SoldLine, ...]](tuple[SoldLine, ...])
REGIMES = Codec[tuple[RegimeSums, ...]](tuple[RegimeSums, ...])
SHIPPED_LINES = Codec[tuple[ShippedLine, ...]](tuple[ShippedLine, ...])
HELD_STOCK = Codec[HeldStock](HeldStock)
APPROVAL = Codec[Approval](Approval)
CANCELLATION_REQUEST = Codec[CancellationRequest](CancellationRequest)
DELAY = Codec[Delay](Delay)
CART_LINES = Codec[tuple[CartLine, ...]](tuple[CartLine, ...])
CART_LOOK = Codec[Look](Look)
NOTES = Codec[Notes](Notes)
PURCHASING = Codec[PurchasingRules](PurchasingRules)
