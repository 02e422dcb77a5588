"""The tables of orders, on top of those every service has."""

from alembic import op

from chassis.db.schema import STEP_1

revision = "0001"
down_revision = None

TABLES = (
    "create sequence order_number start 100001",
    """
    create table carrier_messages (
        id uuid not null,
        webhook_id text not null,
        body text not null,
        received_at timestamptz not null,
        state text not null,
        carrier text,
        tracking_number text,
        status text,
        at timestamptz,
        shipment_id uuid,
        primary key (id),
        unique (webhook_id)
    )
    """,
    "create index carrier_messages_unmatched on carrier_messages (carrier, tracking_number) where state = 'unmatched'",
    """
    create table order_history (
        n bigint generated always as identity,
        order_id uuid not null,
        seller_order_id uuid,
        at timestamptz not null,
        actor text not null,
        move text not null,
        from_state text,
        to_state text not null,
        version integer not null,
        primary key (n)
    )
    """,
    "create index order_history_of_order on order_history (order_id, n)",
    """
    create table orders (
        id uuid not null,
        version integer not null,
        number bigint not null,
        buyer_id uuid not null,
        market text not null,
        policy_version text not null,
        price_country text not null,
        currency text not null,
        lines jsonb not null,
        deliver_to jsonb not null,
        buyer_reference text,
        units integer not null,
        state text not null,
        placed_at timestamptz not null,
        updated_at timestamptz not null,
        net_minor bigint,
        vat_minor bigint,
        rounding_minor bigint,
        gross_minor bigint,
        hold_until timestamptz,
        hold_acts_at timestamptz,
        hold_calendar text,
        hold_reminders jsonb,
        refusal jsonb,
        received_minor bigint not null,
        payment_id uuid,
        secured_at timestamptz,
        primary key (id),
        constraint orders_totals_add_up check (net_minor + vat_minor + rounding_minor = gross_minor),
        unique (number)
    )
    """,
    "create index orders_changed on orders (updated_at, id)",
    "create index orders_holding on orders (buyer_id, currency) "
    "where state in ('reserving', 'awaiting_payment', 'partially_paid', 'expiry_pending')",
    "create index orders_of_buyer on orders (buyer_id, placed_at, id)",
    "create index orders_of_buyer_changed on orders (buyer_id, updated_at, id)",
    "create index orders_placed on orders (placed_at, id)",
    """
    create table parties (
        company_id uuid not null,
        version integer not null,
        snapshot jsonb not null,
        fetched_at timestamptz not null,
        primary key (company_id)
    )
    """,
    """
    create table documents (
        order_id uuid not null,
        kind text not null,
        content bytea not null,
        sha256 text not null,
        made_at timestamptz not null,
        primary key (order_id, kind),
        foreign key (order_id) references orders (id)
    )
    """,
    """
    create table payment_instructions (
        order_id uuid not null,
        payment_id uuid not null,
        iban text not null,
        bic text,
        holder_name text not null,
        reference text not null,
        amount_due_minor bigint not null,
        currency text not null,
        primary key (order_id),
        foreign key (order_id) references orders (id)
    )
    """,
    """
    create table pending_holds (
        order_id uuid not null,
        held jsonb not null,
        missing uuid[] not null,
        primary key (order_id),
        foreign key (order_id) references orders (id)
    )
    """,
    """
    create table seller_orders (
        id uuid not null,
        version integer not null,
        order_id uuid not null,
        number text not null,
        seller_id uuid not null,
        buyer_id uuid not null,
        market text not null,
        policy_version text not null,
        currency text not null,
        delivery_country text not null,
        lines jsonb not null,
        regimes jsonb not null,
        shipping_fee_minor bigint not null,
        net_minor bigint not null,
        vat_minor bigint not null,
        rounding_minor bigint not null,
        gross_minor bigint not null,
        state text not null,
        opened_at timestamptz not null,
        updated_at timestamptz not null,
        vat_hold_reason text,
        accept_by timestamptz,
        ship_by timestamptz,
        ship_by_calendar text,
        shipment_id uuid,
        cancel_reason text,
        primary key (id),
        constraint seller_orders_totals_add_up check (net_minor + vat_minor + rounding_minor = gross_minor),
        constraint seller_orders_one_per_seller unique (order_id, seller_id),
        foreign key (order_id) references orders (id),
        unique (number)
    )
    """,
    "create index seller_orders_of_seller on seller_orders (seller_id, opened_at, id)",
    "create index seller_orders_of_seller_changed on seller_orders (seller_id, updated_at, id)",
    """
    create table shipments (
        id uuid not null,
        version integer not null,
        seller_order_id uuid not null,
        order_id uuid not null,
        seller_id uuid not null,
        buyer_id uuid not null,
        market text not null,
        policy_version text not null,
        carrier text not null,
        tracking_number text not null,
        delivery_country text not null,
        lines jsonb not null,
        state text not null,
        dispatched_at timestamptz not null,
        delivered_at timestamptz,
        primary key (id),
        constraint shipments_parcel unique (carrier, tracking_number),
        foreign key (seller_order_id) references seller_orders (id)
    )
    """,
    "create index shipments_of_order on shipments (order_id)",
    """
    create table shipped_units (
        number text not null,
        shipment_id uuid not null,
        primary key (number),
        foreign key (shipment_id) references shipments (id)
    )
    """,
    "create index ix_shipped_units_shipment_id on shipped_units (shipment_id)",
    # What happened cannot be made unhappened.
    """
    create function order_history_is_append_only() returns trigger language plpgsql as $$
    begin
        raise exception 'the history of orders is append-only';
    end
    $$
    """,
    """
    create trigger order_history_append_only before update or delete or truncate on order_history
    for each statement execute function order_history_is_append_only()
    """,
)


def upgrade() -> None:
    for statement in (*STEP_1, *TABLES):
        op.execute(statement)
