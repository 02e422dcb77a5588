"""Terms of offers beside the price: tiers, quantities, floor, accessories, units being refurbished, options and levies."""

from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None

_COLUMNS = (
    "price_tiers jsonb not null default '{}'",
    "min_order_quantity integer not null default 1",
    "pack_size integer not null default 1",
    "floor_price_minor bigint",
    "floor_price_currency text",
    "accessories text[]",
    "in_refurbishment jsonb not null default '[]'",
    "options jsonb not null default '[]'",
    "levies jsonb not null default '{}'",
)


def upgrade() -> None:
    """Constant defaults: no row is written. The check holds for all rows, which have the default."""
    op.execute(f"alter table offers {', '.join(f'add column {column}' for column in _COLUMNS)}")
    op.execute(
        "alter table offers add constraint offers_quantities check (min_order_quantity > 0 and pack_size > 0) not valid"
    )
    op.execute("alter table offers validate constraint offers_quantities")
