"""What grade and kind of device a line was sold as: a promise for its battery goes by both."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of lines sold before, neither is known, and no battery is held to a floor."""
    op.execute("alter table seller_order_lines add column category text, add column grade text")
