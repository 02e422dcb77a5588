"""What the use cases and routes need from the outside, as protocols that storage and clients keep."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from chassis.kernel.events import DomainEvent
from chassis.kernel.ids import Id
from orders.domain.approval import Spent
from orders.domain.cart import Cart, Look
from orders.domain.notes import Notes
from orders.domain.order import UNSETTLED, Order
from orders.domain.party import Party
from orders.domain.policies import OrderRules
from orders.domain.purchasing import PurchasingRules
from orders.domain.reservation import HeldStock
from orders.domain.seller_order import SellerOrder, SellerOrderState
from orders.domain.shipment import Shipment
from orders.domain.trust import Trust
from orders.domain.units import Unit
from orders.use_cases.ports_units import UnitRecords


@dataclass(frozen=True, slots=True)
class OpenHolds:
    """What a buyer holds unpaid: units, and value in minor units of one currency.

    And what it is trusted for: how many orders it has paid (as far as anybody counts), and what an operator granted.
    """

    units: int
    value: int
    paid_orders: int = 0
    granted_tier: str | None = None


@dataclass(frozen=True, slots=True)
class HoldingOrder:
    """An order that holds stock and is not paid: to be paid, or to be cancelled."""

    id: Id
    number: int
    units: int
    hold_until: datetime | None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of an order's append-only story. A fact that changed nothing by rule has the same state twice."""

    order_id: Id
    at: datetime
    actor: str
    move: str
    from_state: str | None
    to_state: str
    version: int
    seller_order_id: Id | None = None


@dataclass(frozen=True, slots=True)
class PaymentInstructions:
    """Where the buyer sends the money for an order: its virtual account at the payment provider."""

    order_id: Id
    payment_id: Id
    iban: str
    bic: str | None
    holder_name: str
    reference: str
    amount_due: int
    currency: str
    card_link: str | None = None


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A paper as it was made, with the SHA-256 of its bytes."""

    order_id: Id
    kind: str
    content: bytes
    sha256: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class CarrierMessage:
    """A signed message of a carrier. `state`: received, matched, unmatched (no such parcel yet) or unreadable."""

    id: Id
    webhook_id: str
    body: str
    received_at: datetime
    state: str = "received"
    carrier: str | None = None
    tracking_number: str | None = None
    status: str | None = None
    at: datetime | None = None
    shipment_id: Id | None = None
    reason: str | None = None


class Orders(Protocol):
    """Orders by id; `lock` is how every change of an order or of its parts begins, so that they take turns.

    `name_lines`: the lines of an order that was made of an award, which are written once, when catalog has named them.
    `spent`: what the person and the cost centre of an order have spent in a month and its currency, besides that order.
    """

    async def lock(self, id: Id) -> Order | None: ...
    async def find(self, id: Id) -> Order | None: ...
    async def add(self, *orders: Order) -> None: ...
    async def save(self, aggregate: Order) -> None: ...
    async def name_lines(self, order: Order) -> None: ...
    async def next_number(self) -> int: ...
    async def open_holds(self, buyer_id: Id, currency: str, *, besides: Id | None = None) -> OpenHolds: ...
    async def holding(self, buyer_id: Id, limit: int) -> Sequence[HoldingOrder]: ...
    async def take_turn_to_spend(self, buyer_id: Id) -> None: ...
    async def spent(self, order: Order, month: tuple[datetime, datetime]) -> Spent: ...


class SellerOrders(Protocol):
    """Seller orders by id, and those of an order in the order of their numbers."""

    async def find(self, id: Id) -> SellerOrder | None: ...
    async def of_order(self, order_id: Id) -> Sequence[SellerOrder]: ...
    async def states_of_order(self, order_id: Id) -> Sequence[SellerOrderState]: ...
    async def add(self, *seller_orders: SellerOrder) -> None: ...
    async def save(self, aggregate: SellerOrder) -> None: ...


class Shipments(Protocol):
    """Shipments by id or by parcel; `claim_units` gives back the numbers that have shipped before."""

    async def find(self, id: Id) -> Shipment | None: ...
    async def find_parcel(self, carrier: str, tracking_number: str) -> Shipment | None: ...
    async def add(self, *shipments: Shipment) -> None: ...
    async def save(self, aggregate: Shipment) -> None: ...
    async def claim_units(self, shipment_id: Id, units: Sequence[Unit]) -> Sequence[str]: ...
    async def free_units(self, shipment_id: Id) -> None: ...


class History(Protocol):
    """The append-only story of orders."""

    async def append(self, *entries: HistoryEntry) -> None: ...


class Parties(Protocol):
    """Snapshots of companies; an older version never replaces a newer one."""

    async def get_many(self, ids: Iterable[Id]) -> Sequence[Party]: ...
    async def keep(self, party: Party, at: datetime) -> None: ...


class Purchasing(Protocol):
    """How buyer companies buy. `binding`: rules that ask something of an order, None for most companies."""

    async def binding(self, company_id: Id) -> PurchasingRules | None: ...
    async def of(self, company_id: Id) -> PurchasingRules | None: ...
    async def keep(self, rules: PurchasingRules, at: datetime) -> None: ...


class TrustRecords(Protocol):
    """What operators said about buyers."""

    async def find(self, id: Id) -> Trust | None: ...
    async def keep(self, trust: Trust) -> None: ...


class Carts(Protocol):
    """Saved carts by id; `lock` is how every change of one begins. `names` are those of a company's carts, with their ids.

    `leave_with`: the cart that goes with this order. `note_seen`: what the lines were when they were saved.
    """

    async def take_turn(self, buyer_id: Id) -> None: ...
    async def names(self, buyer_id: Id) -> Mapping[str, Id]: ...
    async def lock(self, id: Id) -> Cart | None: ...
    async def find(self, id: Id) -> Cart | None: ...
    async def add(self, *carts: Cart) -> None: ...
    async def save(self, aggregate: Cart) -> None: ...
    async def remove(self, id: Id) -> None: ...
    async def leave_with(self, order_id: Id) -> None: ...
    async def note_seen(self, cart_id: Id, seen: Look) -> None: ...


class PendingHolds(Protocol):
    """Held stock whose order waits for party data."""

    async def keep(self, held: HeldStock, missing: Sequence[Id]) -> None: ...
    async def waiting_for(self, company_id: Id) -> Sequence[HeldStock]: ...
    async def drop(self, order_id: Id) -> None: ...


class Papers(Protocol):
    """Payment instructions and stored documents of orders."""

    async def keep_instructions(self, instructions: PaymentInstructions) -> None: ...
    async def instructions_of(self, order_id: Id) -> PaymentInstructions | None: ...
    async def keep_document(self, document: StoredDocument) -> None: ...
    async def has_document(self, order_id: Id, kind: str) -> bool: ...


class CarrierMessages(Protocol):
    """What carriers sent, raw first; `keep` says whether the message is new.

    `take_turn` keeps a parcel's shipment and its scans apart: whoever comes second sees what the first one wrote.
    """

    async def take_turn(self, carrier: str, tracking_number: str) -> None: ...

    async def keep(self, message: CarrierMessage) -> bool: ...
    async def find(self, id: Id) -> CarrierMessage | None: ...
    async def unmatched(self, carrier: str, tracking_number: str) -> Sequence[CarrierMessage]: ...
    async def scans_of(self, shipment_id: Id) -> Sequence[CarrierMessage]: ...
    async def settle(self, id: Id, state: str, shipment_id: Id | None) -> None: ...


class Timers(Protocol):
    """One open deadline or errand per (kind, key)."""

    async def set(self, kind: str, key: Id, due_at: datetime, payload: dict[str, Any] | None = None) -> None: ...
    async def cancel(self, kind: str, key: Id) -> None: ...


class Rules(Protocol):
    """The market rules in force on a day, or those an older order was made under."""

    def in_force(self, market: str, on: date) -> OrderRules: ...
    def of_version(self, version: str) -> OrderRules: ...
    def all_in_force(self, on: date) -> Sequence[OrderRules]: ...


class UnitOfWork(Protocol):
    """Everything a use case may touch, in one transaction."""

    @property
    def orders(self) -> Orders: ...
    @property
    def seller_orders(self) -> SellerOrders: ...
    @property
    def shipments(self) -> Shipments: ...
    @property
    def history(self) -> History: ...
    @property
    def parties(self) -> Parties: ...
    @property
    def purchasing(self) -> Purchasing: ...
    @property
    def trust(self) -> TrustRecords: ...
    @property
    def carts(self) -> Carts: ...
    @property
    def pending_holds(self) -> PendingHolds: ...
    @property
    def papers(self) -> Papers: ...
    @property
    def carrier_messages(self) -> CarrierMessages: ...
    @property
    def units(self) -> UnitRecords: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def rules(self) -> Rules: ...

    def publish(self, *events: DomainEvent | Iterable[DomainEvent]) -> None: ...

    def ring(self, order_id: Id) -> None:
        """Tell the request that waits for this order that it is about to be settled."""
        ...


class Queries(Protocol):
    """The read side. `buyer_id` or `seller_id` None means: whoever it belongs to (operators and our own machines)."""

    async def settled(self, order_ids: Sequence[Id]) -> Sequence[Id]: ...
    async def order(self, order_id: Id, buyer_id: Id | None) -> "OrderView": ...
    async def orders(self, buyer_id: Id | None, wanted: "Wanted") -> Sequence[Order]: ...
    async def seller_order(self, seller_order_id: Id, seller_id: Id | None) -> "SellerOrderView": ...
    async def seller_orders(self, seller_id: Id | None, wanted: "Wanted") -> Sequence[SellerOrder]: ...
    async def purchase_order(self, order_id: Id, buyer_id: Id | None) -> StoredDocument: ...
    async def purchasing(self, company_id: Id) -> PurchasingRules | None: ...
    async def holding(self, buyer_id: Id) -> Sequence[HoldingOrder]: ...
    async def trust(self, buyer_id: Id) -> "TrustView": ...
    async def to_ship(self, seller_id: Id, until: datetime | None, limit: int) -> Sequence[SellerOrder]: ...
    async def numbered(self, seller_id: Id, numbers: Sequence[str]) -> Sequence[SellerOrder]: ...
    async def parties(self, company_ids: Sequence[Id]) -> Mapping[Id, Party]: ...


class CartReads(Protocol):
    """The read side of carts; `buyer_id` None means: whoever it belongs to."""

    async def cart(self, cart_id: Id, buyer_id: Id | None) -> Cart: ...
    async def carts(self, buyer_id: Id | None, limit: int, after: tuple[datetime, Id] | None) -> Sequence[Cart]: ...


class CartLooks(Protocol):
    """What catalog would sell a cart's lines for at the moment; None where it does not answer."""

    async def at(self, cart: Cart) -> Look | None: ...


@dataclass(frozen=True, slots=True)
class TrustView:
    """What a buyer is trusted for, and what it holds unpaid: units, and value by currency in minor units."""

    trust: Trust | None
    paid_orders: int
    units: int
    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A slice of a list: newest first, or, with `updated_since`, a change feed from the oldest change on.

    `after` is the key of the last item seen: when it was made (in a change feed: changed), and its id.
    """

    limit: int
    state: str | None = None
    updated_since: datetime | None = None
    after: tuple[datetime, Id] | None = None


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order with everything its buyer may see."""

    order: Order
    seller_orders: tuple[SellerOrder, ...]
    shipments: tuple[Shipment, ...]
    instructions: PaymentInstructions | None
    purchase_order_sha256: str | None
    history: tuple[HistoryEntry, ...]

    @property
    def is_settled(self) -> bool:
        """Whether it is known what becomes of it: held, refused, or waiting for its buyer's own people."""
        return self.order.state not in UNSETTLED


@dataclass(frozen=True, slots=True)
class SellerOrderView:
    """A seller order with everything its seller may see, the address among it once the goods may leave."""

    seller_order: SellerOrder
    order: Order
    shipments: tuple[Shipment, ...]
    history: tuple[HistoryEntry, ...]

    @property
    def notes(self) -> Notes:
        """What the buyer wrote to this seller; like the address it is none of its business before the order is paid."""
        return self.seller_order.own(self.order.notes)
