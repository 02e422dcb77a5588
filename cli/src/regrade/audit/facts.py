"""What the audit has read, as plain values: laws look at these and at nothing else. Amounts are minor units, times UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One record on Kafka. `fact` is a hash of what it says, `raw` one of its bytes with key, type and seq."""

    topic: str
    partition: int
    offset: int
    logged_at_ms: int
    key: str
    id: str
    type: str
    seq: int
    occurred_at: datetime
    data: Mapping[str, Any]
    fact: str
    raw: str

    @property
    def name(self) -> str:
        """`placed` of `orders.order.placed.v1`."""
        return self.type.removeprefix(f"{self.topic}.").rsplit(".", 1)[0]

    @property
    def place(self) -> str:
        """Where it lies, to find it again."""
        return f"{self.topic}/{self.partition}@{self.offset}"


@dataclass(frozen=True, slots=True)
class AuditLog:
    """A service's audit log as its API shows it: `seq` and `hash` of the newest entry, and all entries, oldest first."""

    service: str
    chain_id: str
    seq: int
    hash: str
    entries: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A fact in a service's outbox or its archive; `published` ones must be on Kafka."""

    service: str
    topic: str
    key: str
    id: str
    type: str
    seq: int
    fact: str
    published: bool


@dataclass(frozen=True, slots=True)
class VersionsTold:
    """The versions that an API or a database shows, by (topic, aggregate id), of everything that has these topics."""

    where: str
    topics: tuple[str, ...]
    versions: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of a journal; the amount is positive."""

    account: str
    side: str
    minor: int
    currency: str

    @property
    def debit_minor(self) -> int:
        """Positive for debits, negative for credits."""
        return self.minor if self.side == "debit" else -self.minor

    @property
    def kind(self) -> str:
        """`buyer.escrow` of `buyer.escrow:0193…`."""
        return self.account.partition(":")[0]

    @property
    def owner(self) -> str:
        """What stands behind the colon; empty for shared accounts."""
        return self.account.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Journal:
    """`step` orders journals of a book: those of one step became visible together."""

    id: str
    kind: str
    cause: str
    order_id: str | None
    postings: tuple[Posting, ...]
    step: int = 0
    seller_order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """The ledger as one place tells it. Balances are debits minus credits by (account, currency), None if not told there."""

    where: str
    journals: tuple[Journal, ...]
    balances: Mapping[tuple[str, str], int] | None = None
    is_in_order: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """States are lowercase; `units` are the pieces ordered by offer; `held_at` is when the hold was promised.

    `was_placed`: the catalogue was asked for its stock, which an order that waits for its buyer's own approval is not yet.
    """

    id: str
    state: str
    market: str = ""
    policy_version: str = ""
    units: Mapping[str, int] = field(default_factory=dict)
    gross_minor: int | None = None
    held_at: datetime | None = None
    hold_until: datetime | None = None
    hold_calendar: str | None = None
    was_placed: bool = True


@dataclass(frozen=True, slots=True)
class SellerOrder:
    """`quantities` are the pieces by line number."""

    id: str
    order_id: str
    seller_id: str
    gross_minor: int
    quantities: Mapping[int, int]
    state: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """What the catalogue holds for the order of the same id."""

    id: str
    state: str
    units: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Shipment:
    """`units` are the device numbers by line number."""

    id: str
    seller_order_id: str
    units: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Invoice:
    """`hashes` are those of the stored bytes, one for each time they were read; `units` the device numbers on its face.

    A credit note (kind 381) names the invoice it credits and its case. The two documents that correct a contested invoice name
    the contest, and the new one the invoice that it `replaces`.
    """

    id: str
    number: str
    seller_id: str
    series: str
    n: int
    state: str
    regime: str
    seller_order_id: str
    shipment_id: str
    gross_minor: int
    sha256: str | None
    hashes: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    kind: str = "380"
    credits_id: str | None = None
    case_id: str | None = None
    replaces_id: str | None = None
    contest_id: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """Another stored document: the hash that was promised and those of its bytes."""

    name: str
    sha256: str
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Payout:
    """`seller_order_ids` are the seller orders it pays; `withheld_minor` of them went into refunds of earlier sales."""

    id: str
    state: str
    seller_id: str
    minor: int
    seller_order_ids: tuple[str, ...]
    withheld_minor: int = 0


@dataclass(frozen=True, slots=True)
class Refund:
    """Money of one bank line or card capture (its `source_kind`) on its way back; of a case where goods were invoiced."""

    id: str
    state: str
    minor: int
    order_id: str | None
    source_id: str
    cause: str
    source_kind: str = "bank_credit"
    case_id: str | None = None
    credit_note_id: str | None = None
    # Of a part of an order that was paid and is not delivered.
    seller_order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """A part of a bank line: `order`, `unapplied` or `refund`."""

    kind: str
    order_id: str | None
    minor: int


@dataclass(frozen=True, slots=True)
class BankLine:
    """Money that came in; `credit_id` is the provider's name for it."""

    id: str
    credit_id: str
    minor: int
    currency: str
    allocations: tuple[Allocation, ...]


@dataclass(frozen=True, slots=True)
class Push:
    """One line of a push as the catalogue told it, with the figures after it."""

    offer_id: str
    quantity: int
    available: int
    shortage: int


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of the stock book: `quantity` changes the count for pushed and adjusted, and is a number of units otherwise."""

    offer_id: str
    kind: str
    quantity: int
    at: datetime


@dataclass(frozen=True, slots=True)
class StockRow:
    """An offer's figures as they are stored."""

    offer_id: str
    counted: int
    available: int
    held: int
    sold: int
    shortage: int


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an order's history. `machine` is the topic of the thing that moved."""

    machine: str
    id: str
    move: str
    from_state: str | None
    to_state: str
    version: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole platform as one side tells it; the same laws are asked of each picture. None: not told on this side."""

    where: str
    now: datetime | None = None
    orders: tuple[Order, ...] = ()
    seller_orders: tuple[SellerOrder, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    papers: tuple[Paper, ...] = ()
    book: Book = field(default_factory=lambda: Book("nowhere", ()))
    payouts: tuple[Payout, ...] = ()
    refunds: tuple[Refund, ...] = ()
    bank_lines: tuple[BankLine, ...] = ()
    pushes: tuple[Push, ...] | None = None
    movements: tuple[Movement, ...] | None = None
    stock: tuple[StockRow, ...] | None = None
    history: tuple[Step, ...] | None = None

    @property
    def paid_orders(self) -> tuple[Order, ...]:
        """Orders whose money is there, or was."""
        return tuple(order for order in self.orders if order.state in PAID)


# The states of an order from the money to the end.
PAID = ("secured", "in_fulfilment", "partially_shipped", "shipped", "delivered", "completed")
UNPAID = ("awaiting_payment", "partially_paid", "expiry_pending")
ENDED_UNPAID = ("cancelled_by_buyer", "auto_cancelled")


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """One money move in the payment provider's own journal."""

    id: str
    kind: str
    from_account: str
    to_account: str
    minor: int
    currency: str
    reference: str
    object_id: str


@dataclass(frozen=True, slots=True)
class HoldRule:
    """A market's rule of the payment hold under one policy version; days are business days unless said otherwise."""

    calendar: str
    business_days: int
    reminder_business_days: tuple[int, ...] = ()
    end_calendar_days_after_reminder: int | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """How a service stands; `lag` is None where nobody can tell it (from the database alone)."""

    service: str
    up: bool = True
    outbox_pending: int = 0
    timers_due: int = 0
    timers_dead: int = 0
    parked: int = 0
    lag: int | None = 0

    @property
    def worries(self) -> tuple[str, ...]:
        """What waits or is stuck, in words; empty if it is quiet."""
        if not self.up:
            return ("does not answer",)
        figures = {
            "outbox": self.outbox_pending,
            "timers due": self.timers_due,
            "dead timers": self.timers_dead,
            "parked messages": self.parked,
            "lag": self.lag or 0,
        }
        return tuple(f"{name} {figure}" for name, figure in figures.items() if figure)


@dataclass(frozen=True, slots=True)
class Canaries:
    """Personal data as `accounts` and `payments` keep it, which must never be met on a topic."""

    emails: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    ibans: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facts:
    """Everything the audit has read. None: that source was not asked."""

    pictures: tuple[Picture, ...] = ()
    books: tuple[Book, ...] = ()
    events: tuple[Event, ...] | None = None
    unreadable: tuple[str, ...] = ()
    trimmed: tuple[str, ...] = ()
    outbox: tuple[OutboxRow, ...] | None = None
    versions: tuple[VersionsTold, ...] = ()
    provider: tuple[ProviderLine, ...] | None = None
    hold_rules: Mapping[tuple[str, str], HoldRule] = field(default_factory=dict)
    stands: tuple[Stand, ...] = ()
    canaries: Canaries | None = None
    # Read after the events: what was published by then must be there.
    audit_logs: tuple[AuditLog, ...] | None = None
    unrest: str | None = None
