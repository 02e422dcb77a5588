"""Delivery addresses that change after the order: where a part goes instead, how it is taxed there, and its buyer's last wish."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. There is no way back: a mistake is corrected by a further migration."""
    op.execute("alter table seller_orders add column moved_to jsonb")
    # Beside the lines, which are written once: only the few parts that move to where VAT differs carry theirs again.
    op.execute("alter table seller_orders add column taxed jsonb")
    op.execute("alter table seller_orders add column address_change jsonb")
