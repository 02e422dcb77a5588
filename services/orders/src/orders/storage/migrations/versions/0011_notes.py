"""What a buyer writes to the sellers of an order."""

from alembic import op

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. There is no way back: a mistake is corrected by a further migration."""
    op.execute("alter table orders add column notes jsonb")
