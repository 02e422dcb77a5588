"""Tables of the gateway's database."""

from sqlalchemy import Column, DateTime, Index, Integer, MetaData, Table, Text, Uuid, text

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
