"""Units that were sold and stay with their seller, and orders that a buyer ended in time."""

from alembic import op

revision = "0016"
down_revision = "0013"
branch_labels = None
depends_on = None

_STATEMENTS = (
    "alter table stock_movements drop constraint stock_movements_kind",
    "alter table stock_movements add constraint stock_movements_kind "
    "check (kind in ('pushed', 'adjusted', 'held', 'released', 'sold', 'returned'))",
    "drop index stock_movements_sold",
    "create index stock_movements_sold on stock_movements (offer_id, at) where kind in ('sold', 'returned')",
    "alter table seller_services add column excused boolean not null default false",
)


def upgrade() -> None:
    """Go forward. There is no way back: a mistake is corrected by a further migration."""
    for statement in _STATEMENTS:
        op.execute(statement)
