"""Saved carts, and which of them an order was made of."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    create table carts (
        id uuid primary key,
        version integer not null,
        buyer_id uuid not null,
        market text not null,
        name text not null,
        note text,
        lines jsonb not null,
        price_country text not null,
        currency text not null,
        saved_at timestamptz not null,
        saved_by uuid,
        seen jsonb,
        order_id uuid,
        leaves_with uuid,
        constraint carts_by_name unique (buyer_id, name)
    )
    """,
    "create index carts_of_buyer on carts (buyer_id, saved_at, id)",
    "create index carts_saved on carts (saved_at, id)",
    "create index carts_leaving on carts (leaves_with) where leaves_with is not null",
    "alter table orders add column cart_id uuid",
    "alter table orders add column cart_version integer",
    "create unique index orders_of_cart on orders (cart_id, cart_version) where cart_id is not null",
)


def upgrade() -> None:
    """Go forward. There is no way back: a mistake is corrected by a further migration."""
    for statement in _STATEMENTS:
        op.execute(statement)
