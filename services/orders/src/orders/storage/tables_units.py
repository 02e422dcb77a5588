"""Copies of passports that the catalogue keeps, and which device each case is about."""

from sqlalchemy import Column, Index, Integer, SmallInteger, Table, Text, Uuid

from orders.storage.tables import metadata

unit_records = Table(
    "unit_records",
    metadata,
    Column("unit_id", Uuid, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("number", Text, nullable=False),
    Column("seller_id", Uuid, nullable=False),
    Column("battery_health_percent", SmallInteger),
    Column("state", Text, nullable=False),
    Index("unit_records_number", "number"),
)

unit_cases = Table(
    "unit_cases",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("number", Text, nullable=False),
    Column("shipment_id", Uuid, nullable=False),
)
