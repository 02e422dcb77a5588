"""What buyers hold unpaid, by offer and by seller."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_STATEMENTS = (
    # Null where it was made before; such holds are counted nowhere, and so are never taken off again.
    "alter table reservations add column buyer_id uuid",
    """
    create table buyer_holds (
        buyer_id uuid not null,
        of_id uuid not null,
        units integer not null,
        primary key (buyer_id, of_id),
        constraint buyer_holds_not_negative check (units >= 0)
    ) with (fillfactor = 70)
    """,
)


def upgrade() -> None:
    """Go forward. There is no way back: a mistake is corrected by a further migration."""
    for statement in _STATEMENTS:
        op.execute(statement)
