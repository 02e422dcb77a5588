"""Who ended a paid seller order, and the end of a paid order of which nothing is delivered."""

from alembic import op

revision = "0009"
down_revision = "0010"
branch_labels = None
depends_on = None

_STATEMENTS = (
    "alter table seller_orders add column cancelled_by text",
    "drop index orders_open",
    "create index orders_open on orders (state, hold_until) where state not in "
    "('completed', 'refused', 'cancelled_by_buyer', 'auto_cancelled', 'cancelled_exception')",
)


def upgrade() -> None:
    """Go forward. There is no way back: a mistake is corrected by a further migration."""
    for statement in _STATEMENTS:
        op.execute(statement)
