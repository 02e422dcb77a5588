"""Deliveries: the mails that facts call for."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(
        """
        create table deliveries (
            id uuid primary key,
            version integer not null,
            state text not null,
            template text not null,
            event_id uuid not null,
            facts jsonb not null,
            prepared_at timestamptz not null,
            company_id uuid,
            order_id uuid,
            ended_at timestamptz,
            reason text
        )
        """
    )
    op.execute("create index deliveries_of_order on deliveries (order_id) where order_id is not null")
    op.execute("create index deliveries_failed on deliveries (ended_at) where state = 'failed'")
