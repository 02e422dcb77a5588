"""Awards: an order may be made of what its buyer took of sellers' quotes."""

from alembic import op

revision = "0007"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty for every order there is: no row is written."""
    op.execute("alter table orders add column award_id uuid")
