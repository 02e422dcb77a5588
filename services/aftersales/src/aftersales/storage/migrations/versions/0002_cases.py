"""Cases, and from which country each line was sent."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_STEPS = (
    "alter table seller_order_lines add column ship_from text",
    "create index shipments_of_order on shipments (order_id)",
    """
    create table cases (
        id uuid primary key,
        version integer not null check (version > 0),
        kind text not null,
        state text not null,
        rma text not null unique,
        order_id uuid not null,
        seller_order_id uuid not null,
        shipment_id uuid not null,
        seller_id uuid not null,
        buyer_id uuid not null,
        market text not null,
        policy_version text not null,
        delivery_country text not null,
        ship_from text,
        line_no integer not null,
        unit text not null,
        invoiced_unit text not null,
        defect text not null,
        description text not null,
        opened_at timestamptz not null,
        updated_at timestamptz not null,
        warranty_until timestamptz not null,
        send_until timestamptz not null,
        calendar_version text not null,
        checklist jsonb not null,
        return_tracking text,
        received_at timestamptz,
        remedy_until timestamptz,
        remedy text,
        exclusion text,
        fee_minor bigint check (fee_minor > 0),
        fee_currency text,
        replacement_unit text,
        shipped_back text,
        refund_reason text,
        ended_at timestamptz,
        check (
            (state in ('resolved', 'refunded', 'rejected', 'withdrawn', 'expired', 'no_fault')) = (ended_at is not null)
        ),
        check ((fee_minor is null) = (fee_currency is null)),
        check (state not in ('refunding', 'refunded') or refund_reason is not null)
    )
    """,
    "create index cases_of_buyer on cases (buyer_id, id)",
    "create index cases_of_seller on cases (seller_id, id)",
    "create index cases_of_order on cases (order_id)",
    "create index cases_of_unit on cases (shipment_id, invoiced_unit)",
    "create unique index cases_one_open_per_unit on cases (shipment_id, invoiced_unit) where ended_at is null",
)


def upgrade() -> None:
    for statement in _STEPS:
        op.execute(statement)
