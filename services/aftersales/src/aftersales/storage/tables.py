"""The tables of aftersales, as the newest migration leaves them."""

from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, MetaData, Table, Text, Uuid
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
    Column("ship_from", Text),
    Column("category", Text),
    Column("grade", Text),
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

cases = Table(
    "cases",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("rma", Text, nullable=False, unique=True),
    Column("order_id", Uuid, nullable=False),
    Column("seller_order_id", Uuid, nullable=False),
    Column("shipment_id", Uuid, nullable=False),
    Column("seller_id", Uuid, nullable=False),
    Column("buyer_id", Uuid, nullable=False),
    Column("market", Text, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("delivery_country", Text, nullable=False),
    Column("ship_from", Text),
    Column("line_no", Integer, nullable=False),
    Column("unit", Text, nullable=False),
    Column("invoiced_unit", Text, nullable=False),
    Column("defect", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("warranty_until", DateTime(timezone=True), nullable=False),
    Column("send_until", DateTime(timezone=True), nullable=False),
    Column("calendar_version", Text, nullable=False),
    Column("checklist", JSONB, nullable=False),
    Column("return_tracking", Text),
    Column("received_at", DateTime(timezone=True)),
    Column("remedy_until", DateTime(timezone=True)),
    Column("remedy", Text),
    Column("exclusion", Text),
    Column("fee_minor", BigInteger),
    Column("fee_currency", Text),
    Column("replacement_unit", Text),
    Column("shipped_back", Text),
    Column("refund_reason", Text),
    Column("ended_at", DateTime(timezone=True)),
    # A null of the database, so that "not known" is asked for as everywhere else.
    Column("return_to", JSONB(none_as_null=True)),
)
Index("cases_of_buyer", cases.c.buyer_id, cases.c.id)
Index("cases_of_seller", cases.c.seller_id, cases.c.id)
Index("cases_of_order", cases.c.order_id)
Index("cases_of_unit", cases.c.shipment_id, cases.c.invoiced_unit)
Index(
    "cases_one_open_per_unit",
    cases.c.shipment_id,
    cases.c.invoiced_unit,
    unique=True,
    postgresql_where=cases.c.ended_at.is_(None),
)
Index("shipments_of_order", shipments.c.order_id)
