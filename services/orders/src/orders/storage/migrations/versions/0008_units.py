"""What the catalogue's passports say of devices, and which device each case is about."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    create table unit_records (
        unit_id uuid primary key,
        seq integer not null,
        number text not null,
        seller_id uuid not null,
        battery_health_percent smallint,
        state text not null
    )
    """,
    "create index unit_records_number on unit_records (number)",
    "create table unit_cases (case_id uuid primary key, number text not null, shipment_id uuid not null)",
)


def upgrade() -> None:
    """Go forward. There is no way back: a mistake is corrected by a further migration."""
    for statement in _STATEMENTS:
        op.execute(statement)
