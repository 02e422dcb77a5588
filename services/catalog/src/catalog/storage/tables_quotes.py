"""The tables of quotes: what buyers ask for, and what sellers answer."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from catalog.storage.tables import metadata

quote_requests = Table(
    "quote_requests",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("buyer_id", Uuid, nullable=False),
    Column("market", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("delivery_country", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("lines", JSONB, nullable=False),
    # Of the lines, each once: by these a seller finds what it could answer.
    Column("categories", ARRAY(Text), nullable=False),
    Column("note", Text),
    Column("state", Text, nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("answers_until", DateTime(timezone=True), nullable=False),
    Column("closes_at", DateTime(timezone=True), nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("valid_until", DateTime(timezone=True)),
    Column("award_id", Uuid),
    Column("award", JSONB(none_as_null=True)),
    Column("order_id", Uuid),
    CheckConstraint(
        "state in ('open', 'offered', 'accepted', 'ordered', 'closed_no_offer', 'declined', 'withdrawn', 'expired')",
        name="quote_requests_state",
    ),
    CheckConstraint("(state in ('accepted', 'ordered')) <= (award is not null)", name="quote_requests_awarded"),
    CheckConstraint("(state = 'ordered') <= (order_id is not null)", name="quote_requests_ordered"),
    CheckConstraint("(award is null) = (award_id is null)", name="quote_requests_award"),
    # An award belongs to one request, and an order is made of one award.
    UniqueConstraint("award_id", name="quote_requests_one_award"),
    UniqueConstraint("order_id", name="quote_requests_one_order"),
    Index("quote_requests_of_buyer", "buyer_id", "id"),
    Index("quote_requests_open", "market", "id", postgresql_where=text("state = 'open'")),
)

quote_bids = Table(
    "quote_bids",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("quote_request_id", Uuid, ForeignKey("quote_requests.id"), nullable=False),
    Column("seller_id", Uuid, ForeignKey("sellers.id"), nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("shipping_fee_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("note", Text),
    Column("state", Text, nullable=False),
    Column("given_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("valid_until", DateTime(timezone=True)),
    UniqueConstraint("quote_request_id", "round", "seller_id", name="quote_bids_one_a_round"),
    CheckConstraint("state in ('sealed', 'offered', 'replaced', 'withdrawn', 'dropped')", name="quote_bids_state"),
    CheckConstraint("shipping_fee_minor >= 0", name="quote_bids_fee"),
    Index("quote_bids_of_seller", "seller_id", "quote_request_id"),
)

quote_papers = Table(
    "quote_papers",
    metadata,
    Column("bid_id", Uuid, ForeignKey("quote_bids.id"), primary_key=True),
    # Who stands on it, so that it goes when one of them is forgotten.
    Column("buyer_id", Uuid, nullable=False),
    Column("seller_id", Uuid, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
)
