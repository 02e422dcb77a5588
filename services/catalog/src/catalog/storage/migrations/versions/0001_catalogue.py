"""The chassis's tables, and the catalogue's: sellers, products, offers, stock with its movements, reservations."""

from alembic import op

from chassis.db.schema import STEP_1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_OWN = (
    "create extension if not exists pg_trgm",
    """
    create table sellers (
        id uuid primary key,
        state text not null
            constraint sellers_state check (state in ('submitted', 'approved', 'rejected', 'active', 'suspended')),
        markets text[] not null,
        version integer not null
    )
    """,
    """
    create table products (
        id uuid primary key,
        key text not null constraint products_key unique,
        gtin text constraint products_gtin unique,
        brand text not null,
        model text not null,
        category text not null,
        storage text,
        ram text,
        color text,
        launch_year smallint,
        title text not null,
        search tsvector generated always as (to_tsvector('simple', title || ' ' || category)) stored,
        created_at timestamptz not null default now()
    )
    """,
    "create index products_search on products using gin (search)",
    "create index products_title_trigrams on products using gin (title gin_trgm_ops)",
    """
    create table offers (
        id uuid primary key,
        version integer not null,
        seller_id uuid not null references sellers (id),
        sku text not null,
        sku_key text not null,
        product_id uuid not null references products (id),
        category text not null,
        brand text not null,
        storage text,
        grade text not null,
        price_minor bigint not null,
        currency text not null,
        prices jsonb not null,
        vat_regime text not null constraint offers_vat_regime check (vat_regime in ('normal', 'margin')),
        ship_from text not null,
        warranty_months smallint not null,
        battery_health_percent smallint,
        dispatch_business_days smallint not null,
        shipping_fee_minor bigint not null,
        shipping_fee_currency text not null,
        markets text[] not null,
        paused boolean not null,
        created_at timestamptz not null,
        constraint offers_sku unique (seller_id, sku_key),
        constraint offers_amounts check (price_minor > 0 and shipping_fee_minor >= 0)
    )
    """,
    "create index offers_product on offers (product_id)",
    "create index offers_price on offers (price_minor, id)",
    "create index offers_category_price on offers (category, price_minor, id)",
    # The few offers with prices of their own for single countries are read apart from the many without.
    "create index offers_own_prices on offers (id) where prices <> '{}'::jsonb",
    """
    create table stock (
        offer_id uuid primary key references offers (id),
        counted integer not null,
        available integer not null,
        held integer not null,
        sold integer not null,
        shortage integer not null,
        counted_at timestamptz not null,
        as_of timestamptz not null,
        updated_at timestamptz not null,
        constraint stock_not_negative
            check (counted >= 0 and available >= 0 and held >= 0 and sold >= 0 and shortage >= 0),
        constraint stock_balances check (counted + shortage = available + held + sold),
        constraint stock_short_or_free check (available = 0 or shortage = 0)
    ) with (fillfactor = 70)
    """,
    """
    create table stock_movements (
        id bigint generated always as identity primary key,
        offer_id uuid not null references offers (id),
        kind text not null
            constraint stock_movements_kind check (kind in ('pushed', 'adjusted', 'held', 'released', 'sold')),
        quantity integer not null,
        at timestamptz not null,
        cause_id uuid not null,
        recorded_at timestamptz not null
    )
    """,
    "create index stock_movements_offer on stock_movements (offer_id, id)",
    "create index stock_movements_sold on stock_movements (offer_id, at) where kind = 'sold'",
    # The book is the proof of the figures: a mistake is corrected by a further movement.
    """
    create function stock_movements_stay() returns trigger language plpgsql as
    $$ begin raise exception 'stock_movements is append-only'; end $$
    """,
    """
    create trigger stock_movements_stay before update or delete or truncate on stock_movements
    for each statement execute function stock_movements_stay()
    """,
    """
    create table reservations (
        id uuid primary key,
        version integer not null,
        state text not null
            constraint reservations_state check (state in ('refused', 'held', 'consumed', 'released')),
        held_at timestamptz not null,
        changed_at timestamptz not null
    )
    """,
    """
    create table reservation_units (
        reservation_id uuid not null references reservations (id),
        offer_id uuid not null references offers (id),
        quantity integer not null constraint reservation_units_positive check (quantity > 0),
        primary key (reservation_id, offer_id)
    )
    """,
    "create index reservation_units_offer on reservation_units (offer_id)",
)


def upgrade() -> None:
    """Go forward. There is no way back: a mistake is corrected by a further migration."""
    for statement in (*STEP_1, *_OWN):
        op.execute(statement)
