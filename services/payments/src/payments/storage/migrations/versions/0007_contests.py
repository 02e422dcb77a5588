"""Contested documents, and the credit note and the new invoice that correct one."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STEPS = (
    "alter table invoices add column contest_id uuid, add column replaces_id uuid references invoices (id)",
    "alter table invoices drop constraint invoices_credit_notes_name_their_case",
    "alter table invoices add constraint invoices_credit_notes_name_their_cause "
    "check ((kind = '381') = (case_id is not null or (contest_id is not null and credits_id is not null)))",
    "alter table invoices add constraint invoices_replace_one_of_a_contest "
    "check ((replaces_id is not null) = (contest_id is not null and kind = '380'))",
    "drop index invoices_one_per_shipment_and_regime",
    "create unique index invoices_one_per_shipment_and_regime on invoices (shipment_id, regime) "
    "where kind = '380' and replaces_id is null",
    "create unique index invoices_replaced_once on invoices (replaces_id) where replaces_id is not null",
)


def upgrade() -> None:
    """No document was contested yet."""
    for statement in _STEPS:
        op.execute(statement)
    op.create_table(
        "contests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("contest_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("dismissal", sa.Text(), nullable=True),
        sa.Column("credit_note_id", sa.Uuid(), nullable=True),
        sa.Column("corrected_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('open', 'upheld', 'dismissed')", name="contests_state"),
        sa.CheckConstraint("(state = 'open') = (decided_at is null)", name="contests_decided_once"),
        sa.CheckConstraint("(state = 'upheld') = (corrected_id is not null)", name="contests_upheld_with_a_correction"),
        sa.CheckConstraint("(state = 'dismissed') = (dismissal is not null)", name="contests_dismissed_with_a_reason"),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("invoice_id"),
    )
    op.create_index("contests_of_seller", "contests", ["seller_id", "id"])
    op.create_index("contests_of_buyer", "contests", ["buyer_id"])
    op.create_index("contests_by_state", "contests", ["state", "id"])
