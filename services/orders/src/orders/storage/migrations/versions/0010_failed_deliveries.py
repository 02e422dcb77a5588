"""Parcels that do not arrive: failed attempts, a further one that was asked for, and the scans of a parcel."""

from alembic import op

revision = "0010"
down_revision = "0011"
branch_labels = None
depends_on = None

_STATEMENTS = (
    "alter table shipments add column failure text",
    "alter table shipments add column failed_attempts integer not null default 0",
    "alter table shipments add column redelivery_asked_at timestamptz",
    "alter table carrier_messages add column reason text",
    "create index carrier_messages_of_shipment on carrier_messages (shipment_id) where shipment_id is not null",
)


def upgrade() -> None:
    """Go forward. There is no way back: a mistake is corrected by a further migration."""
    for statement in _STATEMENTS:
        op.execute(statement)
