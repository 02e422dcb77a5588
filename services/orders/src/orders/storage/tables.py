"""The tables of orders. Amounts are minor units, times are UTC."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

metadata = MetaData()

# Spelled as the partial index spells it, so that the planner sees that the index has them all.
OPEN_ORDERS = text(
    "state not in ('completed', 'refused', 'cancelled_by_buyer', 'auto_cancelled', 'cancelled_exception')"
)

LATE_PARTS = text("state = 'to_ship' and late_at is not null")
ASKED_ABOUT = text("cancellation_request ->> 'state' = 'open'")


def _instant(name: str, *, nullable: bool = True) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


# Orders are counted from here; a number may be skipped, it never comes twice.
order_number = Sequence("order_number", start=100_001, metadata=metadata)

orders = Table(
    "orders",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("buyer_id", UUID, nullable=False),
    Column("market", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("price_country", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("deliver_to", JSONB, nullable=False),
    Column("buyer_reference", Text),
    Column("units", Integer, nullable=False),
    Column("state", Text, nullable=False),
    _instant("placed_at", nullable=False),
    _instant("updated_at", nullable=False),
    Column("net_minor", BigInteger),
    Column("vat_minor", BigInteger),
    Column("rounding_minor", BigInteger),
    Column("gross_minor", BigInteger),
    _instant("hold_until"),
    _instant("hold_acts_at"),
    Column("hold_calendar", Text),
    Column("hold_reminders", JSONB(none_as_null=True)),
    Column("refusal", JSONB(none_as_null=True)),
    Column("received_minor", BigInteger, nullable=False),
    Column("payment_id", UUID),
    _instant("secured_at"),
    Column("capture", Text, nullable=False, server_default="done"),
    # The person; a program leaves it empty.
    Column("placed_by", UUID),
    Column("cost_centre", Text),
    # What the order was estimated at; the column is older than that word.
    Column("quoted_minor", BigInteger),
    Column("approval", JSONB(none_as_null=True)),
    # What it was made of instead of lines; catalog's.
    Column("award_id", UUID),
    # To the sellers, by people.
    Column("notes", JSONB(none_as_null=True)),
    Column("trust_tier", Text),
    # What it was made of; the cart may be gone.
    Column("cart_id", UUID),
    Column("cart_version", Integer),
    CheckConstraint("net_minor + vat_minor + rounding_minor = gross_minor", name="orders_totals_add_up"),
    Index("orders_of_buyer", "buyer_id", "placed_at", "id"),
    Index("orders_of_buyer_changed", "buyer_id", "updated_at", "id"),
    Index("orders_changed", "updated_at", "id"),
    Index("orders_placed", "placed_at", "id"),
    Index("orders_open", "state", "hold_until", postgresql_where=OPEN_ORDERS),
    Index(
        "orders_awaiting_approval",
        "buyer_id",
        "placed_at",
        "id",
        postgresql_where=text("state = 'awaiting_approval'"),
    ),
    # Twenty tabs with one cart make one order.
    Index(
        "orders_of_cart",
        "cart_id",
        "cart_version",
        unique=True,
        postgresql_where=text("cart_id is not null"),
    ),
    Index(
        "orders_paid",
        "buyer_id",
        postgresql_where=text("secured_at is not null"),
    ),
    Index(
        "orders_holding",
        "buyer_id",
        "currency",
        postgresql_where=text("state in ('reserving', 'awaiting_payment', 'partially_paid', 'expiry_pending')"),
    ),
)

seller_orders = Table(
    "seller_orders",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("order_id", UUID, ForeignKey("orders.id"), nullable=False),
    Column("number", Text, nullable=False, unique=True),
    Column("seller_id", UUID, nullable=False),
    Column("buyer_id", UUID, nullable=False),
    Column("market", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("delivery_country", Text, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("regimes", JSONB, nullable=False),
    Column("shipping_fee_minor", BigInteger, nullable=False),
    Column("net_minor", BigInteger, nullable=False),
    Column("vat_minor", BigInteger, nullable=False),
    Column("rounding_minor", BigInteger, nullable=False),
    Column("gross_minor", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    _instant("opened_at", nullable=False),
    _instant("updated_at", nullable=False),
    Column("vat_hold_reason", Text),
    _instant("accept_by"),
    _instant("ship_by"),
    Column("ship_by_calendar", Text),
    Column("shipment_id", UUID),
    # Where it goes instead of the order's address, how it is taxed there if that differs, and its buyer's last wish.
    Column("moved_to", JSONB(none_as_null=True)),
    Column("taxed", JSONB(none_as_null=True)),
    Column("address_change", JSONB(none_as_null=True)),
    Column("cancel_reason", Text),
    Column("cancelled_by", Text),
    # What its buyer wants, and what became of it.
    Column("cancellation_request", JSONB(none_as_null=True)),
    _instant("late_at"),
    _instant("free_from"),
    Column("delay", JSONB(none_as_null=True)),
    CheckConstraint("net_minor + vat_minor + rounding_minor = gross_minor", name="seller_orders_totals_add_up"),
    UniqueConstraint("order_id", "seller_id", name="seller_orders_one_per_seller"),
    Index("seller_orders_of_seller", "seller_id", "opened_at", "id"),
    Index("seller_orders_of_seller_changed", "seller_id", "updated_at", "id"),
    Index("seller_orders_late", "late_at", postgresql_where=LATE_PARTS),
    Index("seller_orders_asked_about", "id", postgresql_where=ASKED_ABOUT),
)

shipments = Table(
    "shipments",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("seller_order_id", UUID, ForeignKey("seller_orders.id"), nullable=False),
    Column("order_id", UUID, nullable=False),
    Column("seller_id", UUID, nullable=False),
    Column("buyer_id", UUID, nullable=False),
    Column("market", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("tracking_number", Text, nullable=False),
    Column("delivery_country", Text, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    # A parcel that was only announced has not left yet.
    _instant("dispatched_at"),
    _instant("delivered_at"),
    Column("failure", Text),
    Column("failed_attempts", Integer, nullable=False, server_default="0"),
    _instant("redelivery_asked_at"),
    Index("shipments_parcel", "carrier", "tracking_number", unique=True, postgresql_where=text("state <> 'withdrawn'")),
    Index("shipments_of_order", "order_id"),
)

# A device leaves once: its number is the key.
shipped_units = Table(
    "shipped_units",
    metadata,
    Column("number", Text, primary_key=True),
    Column("shipment_id", UUID, ForeignKey("shipments.id"), nullable=False, index=True),
)

# Append-only: a trigger refuses updates and deletes.
order_history = Table(
    "order_history",
    metadata,
    Column("n", BigInteger, Identity(always=True), primary_key=True),
    Column("order_id", UUID, nullable=False),
    Column("seller_order_id", UUID),
    _instant("at", nullable=False),
    Column("actor", Text, nullable=False),
    Column("move", Text, nullable=False),
    Column("from_state", Text),
    Column("to_state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Index("order_history_of_order", "order_id", "n"),
)

parties = Table(
    "parties",
    metadata,
    Column("company_id", UUID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("snapshot", JSONB, nullable=False),
    _instant("fetched_at", nullable=False),
)

purchasing_rules = Table(
    "purchasing_rules",
    metadata,
    Column("company_id", UUID, primary_key=True),
    Column("version", Integer, nullable=False),
    # Whether they ask anything of an order: whoever places one looks at those only.
    Column("binds", Boolean, nullable=False),
    Column("rules", JSONB, nullable=False),
    _instant("fetched_at", nullable=False),
)

# Of buyers that an operator said something about.
buyer_trust = Table(
    "buyer_trust",
    metadata,
    Column("company_id", UUID, primary_key=True),
    Column("tier", Text),
    Column("reason", Text, nullable=False),
    _instant("changed_at", nullable=False),
)

pending_holds = Table(
    "pending_holds",
    metadata,
    Column("order_id", UUID, ForeignKey("orders.id"), primary_key=True),
    Column("held", JSONB, nullable=False),
    Column("missing", ARRAY(UUID), nullable=False),
)

payment_instructions = Table(
    "payment_instructions",
    metadata,
    Column("order_id", UUID, ForeignKey("orders.id"), primary_key=True),
    Column("payment_id", UUID, nullable=False),
    Column("iban", Text, nullable=False),
    Column("bic", Text),
    Column("holder_name", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("amount_due_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("card_link", Text),
)

documents = Table(
    "documents",
    metadata,
    Column("order_id", UUID, ForeignKey("orders.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", Text, nullable=False),
    _instant("made_at", nullable=False),
)

carrier_messages = Table(
    "carrier_messages",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("webhook_id", Text, nullable=False, unique=True),
    Column("body", Text, nullable=False),
    _instant("received_at", nullable=False),
    Column("state", Text, nullable=False),
    Column("carrier", Text),
    Column("tracking_number", Text),
    Column("status", Text),
    _instant("at"),
    Column("shipment_id", UUID),
    Column("reason", Text),
    Index("carrier_messages_of_shipment", "shipment_id", postgresql_where=text("shipment_id is not null")),
    Index(
        "carrier_messages_unmatched",
        "carrier",
        "tracking_number",
        postgresql_where=text("state = 'unmatched'"),
    ),
)

carts = Table(
    "carts",
    metadata,
    Column("id", UUID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("buyer_id", UUID, nullable=False),
    Column("market", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("note", Text),
    Column("lines", JSONB, nullable=False),
    Column("price_country", Text, nullable=False),
    Column("currency", Text, nullable=False),
    _instant("saved_at", nullable=False),
    # The person; a program leaves it empty.
    Column("saved_by", UUID),
    # What the lines were right after they were saved.
    Column("seen", JSONB(none_as_null=True)),
    Column("order_id", UUID),
    # The order that takes the cart along when its stock is held.
    Column("leaves_with", UUID),
    UniqueConstraint("buyer_id", "name", name="carts_by_name"),
    Index("carts_of_buyer", "buyer_id", "saved_at", "id"),
    Index("carts_saved", "saved_at", "id"),
    Index("carts_leaving", "leaves_with", postgresql_where=text("leaves_with is not null")),
)
