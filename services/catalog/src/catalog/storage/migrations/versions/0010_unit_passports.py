"""Passports of single devices: what is known about each, and a history that is only added to."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    create table units (
        id uuid primary key,
        version integer not null,
        seller_id uuid not null references sellers (id),
        offer_id uuid not null references offers (id),
        number text not null,
        imei text,
        serial text,
        sku text not null,
        grade text not null,
        battery_health_percent smallint,
        battery_cycles integer,
        diagnostics jsonb not null,
        replaced_parts jsonb not null,
        erasure jsonb,
        state text not null
            constraint units_state check (state in ('in_stock', 'shipped', 'in_repair', 'returned', 'retired')),
        check_code text not null constraint units_check_code unique,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        constraint units_one_number check ((imei is null) <> (serial is null))
    )
    """,
    "create unique index units_number on units (number) where state <> 'retired'",
    "create index units_of_seller on units (seller_id, updated_at, id)",
    "create index units_offer on units (offer_id)",
    """
    create table unit_history (
        unit_id uuid not null references units (id),
        version integer not null,
        what text not null,
        at timestamptz not null,
        changes jsonb not null,
        primary key (unit_id, version)
    )
    """,
    # A passport is worth what its past is worth.
    """
    create function unit_history_stays() returns trigger language plpgsql as
    $$ begin raise exception 'unit_history is append-only'; end $$
    """,
    """
    create trigger unit_history_stays before update or delete or truncate on unit_history
    for each statement execute function unit_history_stays()
    """,
    "create table unit_cases (case_id uuid primary key, seller_id uuid not null, number text not null)",
)


def upgrade() -> None:
    """Go forward. There is no way back: a mistake is corrected by a further migration."""
    for statement in _STATEMENTS:
        op.execute(statement)
