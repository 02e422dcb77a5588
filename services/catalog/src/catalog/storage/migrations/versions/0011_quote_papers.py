"""Papers of quotes, as they were printed."""

from alembic import op

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table quote_papers (
            bid_id uuid not null references quote_bids (id),
            buyer_id uuid not null,
            seller_id uuid not null,
            content bytea not null,
            sha256 text not null,
            made_at timestamptz not null,
            primary key (bid_id)
        )
        """
    )
