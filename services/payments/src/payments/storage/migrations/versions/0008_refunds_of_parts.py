"""Which part of an order a refund is for, where the part was paid and is not delivered."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Until now refunds were of whole orders, of goods that came back, or of money on no order."""
    op.execute("alter table refunds add column seller_order_id uuid")
