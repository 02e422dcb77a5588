"""Facts of orders, in the past tense; `messaging/outbound.py` gives them their public shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id
from orders.domain.money import Totals
from orders.domain.pricing import LineVat, RegimeSums, SoldLine
from orders.domain.reservation import Refusal
from orders.domain.units import ShippedLine


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A line as the buyer asked for it."""

    line_no: int
    offer_id: Id
    quantity: int
    unit_price: int | None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SellerPart:
    """What one seller order of an order comes to."""

    seller_order_id: Id
    seller_id: Id
    totals: Totals


@dataclass(frozen=True, kw_only=True)
class OrderSubmitted(DomainEvent):
    """A buyer wants this and keeps spending limits, which are looked at before catalog is asked to reserve it."""

    number: int
    buyer_id: Id
    market: str
    price_country: str
    currency: str
    lines: tuple[AskedLine, ...]
    award_id: Id | None = None
    delivery_country: str


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(OrderSubmitted):
    """A buyer wants this; catalog is asked to reserve it. `placed_by` is told where somebody else had to approve it."""

    was_approved: bool = False
    placed_by: Id | None = None
    trust_tier: str | None = None


@dataclass(frozen=True, kw_only=True)
class OrderApprovalAwaited(DomainEvent):
    """It goes over a limit of its buyer: in this step these people are asked; nothing is held meanwhile."""

    number: int
    buyer_id: Id
    step: int
    steps: int
    asked_ids: tuple[Id, ...]
    reasons: tuple[str, ...]
    currency: str
    gross: int
    lapses_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderWithdrawn(DomainEvent):
    """The buyer gave it up before it was approved."""


@dataclass(frozen=True, kw_only=True)
class OrderRefused(DomainEvent):
    """It does not come about; catalog frees whatever it holds.

    `placed_by` is the person, None for a program; `awaited_approval`: it had waited for its buyer's own people.
    """

    refusal: Refusal
    placed_by: Id | None = None
    awaited_approval: bool = False


@dataclass(frozen=True, kw_only=True)
class OrderHeld(DomainEvent):
    """Stock is reserved until the deadline; payments expects the money."""

    number: int
    buyer_id: Id
    market: str
    policy_version: str
    currency: str
    totals: Totals
    hold_until: datetime
    seller_orders: tuple[SellerPart, ...]
    delivery_country: str


@dataclass(frozen=True, kw_only=True)
class OrderPurchaseOrderReady(DomainEvent):
    """The paper is stored and can be mailed."""

    sha256: str


@dataclass(frozen=True, kw_only=True)
class OrderPartiallyPaid(DomainEvent):
    """A part of the money has come."""

    currency: str
    received: int
    missing: int


@dataclass(frozen=True, kw_only=True)
class OrderPaymentReminded(DomainEvent):
    """The buyer has to be reminded of the deadline."""

    after_business_days: int
    hold_until: datetime
    currency: str
    missing: int


@dataclass(frozen=True, kw_only=True)
class OrderSecured(DomainEvent):
    """The money is there, or a card is authorised for it (`capture` at_dispatch); the reservation is consumed."""

    payment_id: Id
    secured_at: datetime
    capture: str


@dataclass(frozen=True, kw_only=True)
class OrderExpiring(DomainEvent):
    """The deadline has passed; payments gives a definite answer."""


@dataclass(frozen=True, kw_only=True)
class OrderAutoCancelled(DomainEvent):
    """It was not paid in time."""


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(DomainEvent):
    """It was given up before it was paid."""

    by: str


@dataclass(frozen=True, kw_only=True)
class OrderProgressed(DomainEvent):
    """Its seller orders have come further; `reached` names the public event."""

    reached: str


@dataclass(frozen=True, kw_only=True)
class SellerOrderOpened(DomainEvent):
    """One seller's part of an order, priced and taxed."""

    order_id: Id
    number: str
    seller_id: Id
    buyer_id: Id
    market: str
    policy_version: str
    currency: str
    delivery_country: str
    lines: tuple[SoldLine, ...]
    regimes: tuple[RegimeSums, ...]
    shipping_fee: int
    totals: Totals


@dataclass(frozen=True, kw_only=True)
class SellerOrderAcceptanceAwaited(DomainEvent):
    """It is paid, and the market asks the seller to accept it."""

    order_id: Id
    seller_id: Id
    accept_by: datetime


@dataclass(frozen=True, kw_only=True)
class SellerOrderReadyToShip(DomainEvent):
    """The seller has to ship it by the given instant."""

    order_id: Id
    seller_id: Id
    buyer_id: Id
    number: str
    ship_by: datetime


@dataclass(frozen=True, kw_only=True)
class SellerOrderVatCleared(DomainEvent):
    """Nothing about its VAT is open any more."""

    order_id: Id


@dataclass(frozen=True, kw_only=True)
class SellerOrderAddressChangeAsked(DomainEvent):
    """Its buyer wants it sent elsewhere; the seller answers until the given instant and ships nothing meanwhile."""

    order_id: Id
    seller_id: Id
    answer_by: datetime


@dataclass(frozen=True, kw_only=True)
class SellerOrderAddressChanged(DomainEvent):
    """It goes to another address, which is on no topic. `was_asked`: its seller had to agree."""

    order_id: Id
    buyer_id: Id
    delivery_country: str
    was_asked: bool
    ship_by: datetime | None


@dataclass(frozen=True, kw_only=True)
class SellerOrderAddressChangeRefused(DomainEvent):
    """It goes where it went before. `reason`: refused by its seller, or unanswered."""

    order_id: Id
    buyer_id: Id
    reason: str
    ship_by: datetime


@dataclass(frozen=True, kw_only=True)
class SellerOrderShipmentAnnounced(DomainEvent):
    """Its parcel is named; the buyer's card is being charged."""

    order_id: Id
    shipment_id: Id


@dataclass(frozen=True, kw_only=True)
class SellerOrderShipmentWithdrawn(DomainEvent):
    """The card could not be charged; it waits to be shipped again."""

    order_id: Id
    shipment_id: Id
    reason: str


@dataclass(frozen=True, kw_only=True)
class SellerOrderNews(DomainEvent):
    """What buyer and seller have to tell each other before it ships; a base of facts, no fact itself."""

    order_id: Id
    number: str
    seller_id: Id
    buyer_id: Id


@dataclass(frozen=True, kw_only=True)
class SellerOrderCancellationAsked(SellerOrderNews):
    """Its buyer wants to be free of what was paid; its seller answers, or no answer is a no."""

    answer_by: datetime


@dataclass(frozen=True, kw_only=True)
class SellerOrderCancellationDeclined(SellerOrderNews):
    """It is delivered although its buyer wanted to be free of it: its seller said no, or nothing in time."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class SellerOrderDelayAnnounced(SellerOrderNews):
    """Its seller says that it leaves later, why, and when."""

    reason: str
    expected_on: date
    excused: bool


@dataclass(frozen=True, kw_only=True)
class SellerOrderLate(SellerOrderNews):
    """It has not left by the date it was to be shipped by."""

    ship_by: datetime
    buyer_may_cancel_from: datetime


@dataclass(frozen=True, kw_only=True)
class SellerOrderShipped(DomainEvent):
    """All its units have left. `declined_cancellation`: its buyer was waiting to hear whether it ends."""

    order_id: Id
    shipment_id: Id
    declined_cancellation: bool = False


@dataclass(frozen=True, kw_only=True)
class SellerOrderDelivered(DomainEvent):
    """All its units have arrived."""

    order_id: Id
    delivered_at: datetime


@dataclass(frozen=True, kw_only=True)
class SellerOrderDeliveryFailed(DomainEvent):
    """Its carrier could not hand the parcel over."""

    order_id: Id
    shipment_id: Id
    reason: str


@dataclass(frozen=True, kw_only=True)
class SellerOrderDeliveryResumed(DomainEvent):
    """Its parcel is on its way again."""

    order_id: Id
    shipment_id: Id


@dataclass(frozen=True, kw_only=True)
class SellerOrderReturned(DomainEvent):
    """Its parcel went back to the seller; the buyer gets the money back."""

    order_id: Id
    shipment_id: Id


@dataclass(frozen=True, kw_only=True)
class SellerOrderLost(DomainEvent):
    """Its parcel is lost; the buyer gets the money back."""

    order_id: Id
    shipment_id: Id


@dataclass(frozen=True, slots=True)
class EndOfPaid:
    """Who ended what was paid, and when its order had been secured: its share goes back."""

    by: str
    secured_at: datetime


@dataclass(frozen=True, kw_only=True)
class SellerOrderCancelled(DomainEvent):
    """It is not delivered: its order ended unpaid, or, with `ended`, the part itself after it was paid.

    `units_there`: its seller did not say that it has none, so that they can be sold again.
    """

    order_id: Id
    reason: str
    number: str
    seller_id: Id
    buyer_id: Id
    offer_ids: tuple[Id, ...]
    currency: str
    gross: int
    ended: EndOfPaid | None
    units_there: bool = True


@dataclass(frozen=True, kw_only=True)
class SellerOrderCompleted(DomainEvent):
    """The claim window is over."""

    order_id: Id


@dataclass(frozen=True, kw_only=True)
class ShipmentAnnounced(DomainEvent):
    """A parcel is ready to leave; payments charges the buyer's card for it first."""

    seller_order_id: Id
    order_id: Id
    amount: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class ShipmentWithdrawn(DomainEvent):
    """It did not leave, because the card could not be charged."""

    seller_order_id: Id
    order_id: Id
    reason: str


@dataclass(frozen=True, kw_only=True)
class ShipmentDispatched(DomainEvent):
    """A parcel with named units has left. The VAT is that of the place it goes to, which may have changed since the order."""

    seller_order_id: Id
    order_id: Id
    seller_id: Id
    buyer_id: Id
    market: str
    policy_version: str
    carrier: str
    tracking_number: str
    dispatched_at: datetime
    delivery_country: str
    lines: tuple[ShippedLine, ...]
    vat_by_line: Mapping[int, LineVat]


@dataclass(frozen=True, kw_only=True)
class ShipmentDelivered(DomainEvent):
    """The parcel has arrived."""

    seller_order_id: Id
    order_id: Id
    delivered_at: datetime


@dataclass(frozen=True, kw_only=True)
class TroubledShipment(DomainEvent):
    """Something is the matter with a parcel on its way; a base of facts, no fact itself."""

    seller_order_id: Id
    order_id: Id
    seller_id: Id
    buyer_id: Id


@dataclass(frozen=True, kw_only=True)
class ShipmentDeliveryFailed(TroubledShipment):
    """An attempt to deliver the parcel failed."""

    reason: str
    failed_attempts: int


@dataclass(frozen=True, kw_only=True)
class ShipmentRedeliveryAsked(TroubledShipment):
    """The buyer wants another attempt; the seller arranges it."""

    asked_at: datetime


@dataclass(frozen=True, kw_only=True)
class ShipmentDeliveryResumed(TroubledShipment):
    """The parcel is on its way again."""


@dataclass(frozen=True, kw_only=True)
class ShipmentReturned(TroubledShipment):
    """The parcel went back to its sender: payments refunds what was in it. `reason` is that of the last failed attempt."""

    reason: str | None
    lines: tuple[ShippedLine, ...]


@dataclass(frozen=True, kw_only=True)
class ShipmentLost(TroubledShipment):
    """The parcel is lost, by its carrier or by silence: payments refunds what was in it."""

    reason: str
    lines: tuple[ShippedLine, ...]
