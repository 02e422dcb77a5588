"""Where sellers want their devices back."""

from sqlalchemy import Column, Integer, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from aftersales.storage.tables import metadata

return_places = Table(
    "return_places",
    metadata,
    Column("seller_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("usual", JSONB(none_as_null=True)),
    Column("by_country", JSONB, nullable=False),
)
