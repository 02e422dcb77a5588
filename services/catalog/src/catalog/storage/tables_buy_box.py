"""Buy boxes with their decisions, the marks that triggers leave (migration 0008), and how sellers serve their orders."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from catalog.storage.tables import metadata

# A queue: a row is deleted by whoever decides, in one transaction with the decisions.
buy_box_marks = Table(
    "buy_box_marks",
    metadata,
    Column("n", BigInteger, Identity(always=True), primary_key=True),
    Column("product_ids", ARRAY(Uuid), nullable=False),
)

buy_boxes = Table(
    "buy_boxes",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("product_id", Uuid, ForeignKey("products.id"), nullable=False),
    Column("grade", Text, nullable=False),
    Column("market", Text, nullable=False),
    # "" for all countries for which no offer of the thing has a price of its own.
    Column("price_country", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("winner_offer_id", Uuid, ForeignKey("offers.id")),
    Column("basis", Text, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("product_id", "grade", "market", "price_country", "currency", name="buy_boxes_contest"),
)

buy_box_decisions = Table(
    "buy_box_decisions",
    metadata,
    Column("box_id", Uuid, ForeignKey("buy_boxes.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("formula", SmallInteger, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("winner_offer_id", Uuid),
    # Best first, as catalog.domain.buy_box.Contender names its fields.
    Column("contenders", JSONB, nullable=False),
    Column("contenders_in_all", Integer, nullable=False),
)

# A seller order, as far as it tells how its seller keeps its word.
seller_services = Table(
    "seller_services",
    metadata,
    Column("seller_order_id", Uuid, primary_key=True),
    Column("seller_id", Uuid),
    Column("ship_by", DateTime(timezone=True)),
    Column("shipped_at", DateTime(timezone=True)),
    # Claims that were made and neither withdrawn nor refused.
    Column("claims", Integer, nullable=False),
    # Its buyer ended it in time: it is no order that was due.
    Column("excused", Boolean, nullable=False, server_default="false"),
    Index("seller_services_due", "ship_by"),
)

seller_records = Table(
    "seller_records",
    metadata,
    Column("seller_id", Uuid, primary_key=True),
    Column("day", Date, nullable=False),
    Column("due", Integer, nullable=False),
    Column("late", Integer, nullable=False),
    Column("claimed", Integer, nullable=False),
    CheckConstraint("due >= late and due >= claimed and late >= 0 and claimed >= 0", name="seller_records_shares"),
)
