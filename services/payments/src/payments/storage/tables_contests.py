"""Contested documents."""

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, Integer, Table, Text, Uuid

from payments.storage.tables import metadata

contests = Table(
    "contests",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("invoice_id", Uuid, ForeignKey("invoices.id"), nullable=False, unique=True),
    Column("number", Text, nullable=False),
    Column("order_id", Uuid, nullable=False),
    Column("seller_id", Uuid, nullable=False),
    Column("buyer_id", Uuid, nullable=False),
    Column("reason", Text, nullable=False),
    Column("says", Text, nullable=False),
    Column("contest_until", DateTime(timezone=True), nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("answer", Text),
    Column("dismissal", Text),
    Column("credit_note_id", Uuid),
    Column("corrected_id", Uuid),
    Column("decided_at", DateTime(timezone=True)),
    CheckConstraint("state in ('open', 'upheld', 'dismissed')", name="contests_state"),
    CheckConstraint("(state = 'open') = (decided_at is null)", name="contests_decided_once"),
    CheckConstraint("(state = 'upheld') = (corrected_id is not null)", name="contests_upheld_with_a_correction"),
    CheckConstraint("(state = 'dismissed') = (dismissal is not null)", name="contests_dismissed_with_a_reason"),
)
Index("contests_of_seller", contests.c.seller_id, contests.c.id)
Index("contests_of_buyer", contests.c.buyer_id)
Index("contests_by_state", contests.c.state, contests.c.id)
