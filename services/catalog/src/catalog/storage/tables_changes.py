"""The log of what changed for buyers. Triggers of the database write it (migration 0006)."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Table, Text, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY

from catalog.storage.tables import metadata

offer_changes = Table(
    "offer_changes",
    metadata,
    Column("n", BigInteger, Identity(always=True), primary_key=True),
    # The number of the transaction that changed them; rows of one that is not finished are not read yet.
    Column("xid", BigInteger, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("markets", ARRAY(Text), nullable=False),
    Column("offers", ARRAY(Uuid), nullable=False),
    Index("offer_changes_in_order", "xid", "n"),
)
