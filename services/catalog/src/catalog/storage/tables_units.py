"""Passports of single devices, with their history."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from catalog.storage.tables import metadata

units = Table(
    "units",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("seller_id", Uuid, ForeignKey("sellers.id"), nullable=False),
    Column("offer_id", Uuid, ForeignKey("offers.id"), nullable=False),
    # The IMEI or the serial in capitals: a device is unique by it, whatever it is.
    Column("number", Text, nullable=False),
    Column("imei", Text),
    Column("serial", Text),
    Column("sku", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("battery_health_percent", SmallInteger),
    Column("battery_cycles", Integer),
    Column("diagnostics", JSONB, nullable=False),
    Column("replaced_parts", JSONB, nullable=False),
    Column("erasure", JSONB),
    Column("state", Text, nullable=False),
    Column("check_code", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("(imei is null) <> (serial is null)", name="units_one_number"),
    CheckConstraint("state in ('in_stock', 'shipped', 'in_repair', 'returned', 'retired')", name="units_state"),
    UniqueConstraint("check_code", name="units_check_code"),
    # A device is in one place.
    Index("units_number", "number", unique=True, postgresql_where=text("state <> 'retired'")),
    Index("units_of_seller", "seller_id", "updated_at", "id"),
    Index("units_offer", "offer_id"),
)

unit_history = Table(
    "unit_history",
    metadata,
    Column("unit_id", Uuid, ForeignKey("units.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("what", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("changes", JSONB, nullable=False),
)

unit_cases = Table(
    "unit_cases",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("seller_id", Uuid, nullable=False),
    Column("number", Text, nullable=False),
)
