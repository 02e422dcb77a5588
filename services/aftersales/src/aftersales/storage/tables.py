"""The tables of aftersales, as the newest migration leaves them."""

from sqlalchemy import Column, DateTime, Index, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

# Copies of what orders told, kept until a delivery needs them.
shipments = Table(
    "shipments",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seller_order_id", Uuid, nullable=False),
    Column("order_id", Uuid, nullable=False),
    Column("seller_id", Uuid, nullable=False),
    Column("buyer_id", Uuid, nullable=False),
    Column("market", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("delivery_country", Text, nullable=False),
    Column("lines", JSONB, nullable=False),
)

seller_order_lines = Table(
    "seller_order_lines",
    metadata,
    Column("seller_order_id", Uuid, primary_key=True),
    Column("line_no", Integer, primary_key=True),
    Column("warranty_months", Integer),
)

coverages = Table(
    "coverages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("seller_order_id", Uuid, nullable=False, index=True),
    Column("order_id", Uuid, nullable=False, index=True),
    Column("seller_id", Uuid, nullable=False),
    Column("buyer_id", Uuid, nullable=False),
    Column("market", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("delivery_country", Text, nullable=False),
    Column("delivered_at", DateTime(timezone=True), nullable=False),
    Column("damage_until", DateTime(timezone=True), nullable=False),
    Column("claim_until", DateTime(timezone=True), nullable=False),
    Column("withdraw_until", DateTime(timezone=True)),
    Column("closes_at", DateTime(timezone=True), nullable=False),
    Column("calendar_version", Text, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("closed_at", DateTime(timezone=True)),
)

# Pages are read by party, in id order.
Index("coverages_of_buyer", coverages.c.buyer_id, coverages.c.id)
Index("coverages_of_seller", coverages.c.seller_id, coverages.c.id)
