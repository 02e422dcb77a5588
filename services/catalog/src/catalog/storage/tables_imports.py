"""Tables of imports: a file of stock, and its parts with the rows, the SKUs they name and what became of them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from catalog.storage.tables import metadata

imports = Table(
    "imports",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("seller_id", Uuid, ForeignKey("sellers.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("confirm_prices", Boolean, nullable=False),
    Column("as_of", DateTime(timezone=True), nullable=False),
    Column("sha256", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("reading", JSONB, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("live", Integer),
    Column("going", Integer),
    Column("confirmed_offline", Integer),
    Column("ended_at", DateTime(timezone=True)),
    Column("reason", Text),
    CheckConstraint(
        "state in ('received', 'running', 'awaiting_confirmation', 'done', 'failed', 'cancelled')", name="imports_state"
    ),
    CheckConstraint("mode in ('update', 'full_sync')", name="imports_mode"),
    CheckConstraint("(state in ('done', 'failed', 'cancelled')) = (ended_at is not null)", name="imports_ended"),
    Index("imports_seller", "seller_id", "id"),
    # One file of a seller at a time, whatever the code believes.
    Index(
        "imports_unfinished",
        "seller_id",
        unique=True,
        postgresql_where=text("state in ('received', 'running', 'awaiting_confirmation')"),
    ),
)

import_parts = Table(
    "import_parts",
    metadata,
    Column("import_id", Uuid, ForeignKey("imports.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    # False for what the file does not name.
    Column("of_file", Boolean, nullable=False),
    Column("rows", Integer, nullable=False),
    # Compressed by the service: rows as they came, and the verdicts on them. Null when they were forgotten.
    Column("packed", LargeBinary),
    Column("results", LargeBinary),
    Column("sku_keys", ARRAY(Text), nullable=False),
    # Lines by verdict and refusals by code; null while the part waits.
    Column("counts", JSONB),
    Column("problems", JSONB),
    Column("settled_at", DateTime(timezone=True)),
)
