"""Sellers that took their invoicing mandate back: no invoice is issued in their name until they sign anew."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is noted yet; what was taken back before is heard of again with the seller's next fact."""
    op.create_table(
        "invoicing_mandates",
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("seller_id"),
    )
