"""An index of the orders that are not over, for the operator's figures."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(
        "create index orders_open on orders (state, hold_until) "
        "where state not in ('completed', 'refused', 'cancelled_by_buyer', 'auto_cancelled')"
    )
