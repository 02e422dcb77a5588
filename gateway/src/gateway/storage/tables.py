"""Tables of the gateway's database."""

from sqlalchemy import Column, DateTime, Index, Integer, MetaData, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

advances = Table(
    "advances",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("started_from", DateTime(timezone=True), nullable=False),
    Column("target", DateTime(timezone=True), nullable=False),
    Column("reached", DateTime(timezone=True), nullable=False),
    Column("reason", Text, nullable=False, server_default=text("''")),
)

# One clock, one advance at a time.
Index("advances_running", advances.c.state, unique=True, postgresql_where=text("state = 'running'"))

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("prepared_at", DateTime(timezone=True), nullable=False),
    Column("company_id", Uuid),
    Column("order_id", Uuid),
    Column("ended_at", DateTime(timezone=True)),
    Column("reason", Text),
)

Index("deliveries_of_order", deliveries.c.order_id, postgresql_where=deliveries.c.order_id.is_not(None))
Index("deliveries_failed", deliveries.c.ended_at, postgresql_where=text("state = 'failed'"))
