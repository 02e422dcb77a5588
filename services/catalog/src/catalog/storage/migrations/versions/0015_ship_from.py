"""The countries a seller may ship from: null until it is told of them anew."""

from alembic import op

revision = "0015"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Sellers already known ship from anywhere until their next fact."""
    op.execute("alter table sellers add column ship_from text[]")
