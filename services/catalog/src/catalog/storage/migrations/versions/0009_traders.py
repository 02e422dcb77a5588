"""Who stands behind the offers, and an errand for each seller that is known already."""

from alembic import op

revision = "0009"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Sellers that come later are asked for when `accounts` tells of them."""
    op.execute(
        "create table traders (seller_id uuid primary key, version integer not null, snapshot jsonb not null, "
        "fetched_at timestamptz not null)"
    )
    op.execute(
        "insert into timers (id, kind, key, due_at, payload) "
        "select gen_random_uuid(), 'fetch_trader', id, now(), '{}' from sellers on conflict do nothing"
    )
