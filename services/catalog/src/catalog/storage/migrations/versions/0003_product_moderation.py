"""Products with attributes and part numbers, a state that operators give them, and what they were called before."""

from alembic import op

revision = "0003"
down_revision = "0004"
branch_labels = None
depends_on = None

_STATEMENTS = (
    # Products of before have told nothing yet, so that their first event is number 1, whatever it says.
    """
    alter table products
        add column version integer not null default 0,
        add column state text not null default 'unreviewed'
            constraint products_state check (state in ('unreviewed', 'confirmed', 'merged')),
        add column merged_into uuid references products (id),
        add column facts integer not null default 1,
        add column mpn text,
        add column mpn_key text,
        add column gtin_key text generated always as (lpad(gtin, 14, '0')) stored,
        add column attributes jsonb not null default '{}'::jsonb,
        add constraint products_merged check ((state = 'merged') = (merged_into is not null)),
        drop constraint products_key,
        drop constraint products_gtin
    """,
    # A double keeps its description, which then means its survivor.
    "create unique index products_key on products (key) where state <> 'merged'",
    "create unique index products_gtin on products (gtin) where state <> 'merged'",
    "create index products_every_key on products (key)",
    "create index products_gtin_key on products (gtin_key)",
    "create index products_mpn_key on products (mpn_key)",
    "create index products_unreviewed on products (id) where state = 'unreviewed'",
    "create index products_merged_into on products (merged_into) where merged_into is not null",
    "alter table offers add column product_facts integer not null default 1",
    """
    create table product_names (
        kind text not null constraint product_names_kind check (kind in ('gtin', 'mpn', 'key')),
        value text not null,
        product_id uuid not null references products (id),
        primary key (kind, value)
    )
    """,
    "create index product_names_product on product_names (product_id)",
    """
    create table product_conflicts (
        product_id uuid not null references products (id),
        other_id uuid not null references products (id),
        kind text not null constraint product_conflicts_kind check (kind in ('gtin', 'mpn', 'key')),
        value text not null,
        seller_id uuid not null references sellers (id),
        sku text not null,
        noticed_at timestamptz not null,
        settled_at timestamptz,
        primary key (product_id, other_id)
    )
    """,
    "create index product_conflicts_open on product_conflicts (product_id) where settled_at is null",
    "create index product_conflicts_other on product_conflicts (other_id)",
)


def upgrade() -> None:
    """Go forward. There is no way back: a mistake is corrected by a further migration."""
    for statement in _STATEMENTS:
        op.execute(statement)
