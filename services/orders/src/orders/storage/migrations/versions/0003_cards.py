"""Paying by card: the link on the purchase order, and parcels that wait until the card is charged."""

from alembic import op

revision = "0003"
down_revision = "0002"

_STATEMENTS = (
    "alter table payment_instructions add column card_link text",
    "alter table orders add column capture text not null default 'done'",
    "alter table shipments alter column dispatched_at drop not null",
    "alter table shipments drop constraint shipments_parcel",
    "create unique index shipments_parcel on shipments (carrier, tracking_number) where state <> 'withdrawn'",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
