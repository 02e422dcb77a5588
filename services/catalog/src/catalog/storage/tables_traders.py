"""Who stands behind the offers."""

from sqlalchemy import Column, DateTime, Integer, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from catalog.storage.tables import metadata

traders = Table(
    "traders",
    metadata,
    Column("seller_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("snapshot", JSONB, nullable=False),
    Column("fetched_at", DateTime(timezone=True), nullable=False),
)
