"""Buy boxes and their decisions, sellers' records, and triggers that mark the products whose boxes may change."""

from alembic import op

revision = "0008"
down_revision = "0010"
branch_labels = None
depends_on = None

# What the formula looks at, and what decides whether one unit can be bought.
_WATCHED = (
    "product_id", "grade", "price_minor", "currency", "prices", "warranty_months", "battery_health_percent",
    "dispatch_business_days", "shipping_fee_minor", "markets", "paused", "min_order_quantity", "pack_size",
)  # fmt: skip

# A mark names 200 products at the most, so that no decision takes long.
_MARK = """
insert into buy_box_marks (product_ids) select array_agg(product_id)
from (
    select product_id, (row_number() over (order by product_id) - 1) / 200 as part
    from (select distinct product_id from changed) products
) parts
group by part
"""


def _function(name: str, changed: str) -> str:
    # It joins old rows with new ones, and never row by row: a plan made for one row is kept, and thousands come next.
    return (
        f"create function {name}() returns trigger language plpgsql set enable_nestloop = off as "
        f"$$ begin with changed as ({changed}) {_MARK}; return null; end $$"
    )


def _trigger(table: str, name: str, when: str, changed: str) -> tuple[str, str]:
    rows = "new table as new_rows" + (" old table as old_rows" if when == "update" else "")
    return (
        _function(name, changed),
        f"create trigger {name} after {when} on {table} referencing {rows} for each statement execute function {name}()",
    )


def _row(alias: str) -> str:
    return f"({', '.join(f'{alias}.{name}' for name in _WATCHED)})"


_STATEMENTS = (
    """
    create table buy_box_marks (
        n bigint generated always as identity primary key,
        product_ids uuid[] not null
    )
    """,
    """
    create table buy_boxes (
        id uuid primary key,
        product_id uuid not null references products (id),
        grade text not null,
        market text not null,
        price_country text not null,
        currency text not null,
        version integer not null,
        winner_offer_id uuid references offers (id),
        basis text not null,
        decided_at timestamptz not null,
        constraint buy_boxes_contest unique (product_id, grade, market, price_country, currency)
    )
    """,
    """
    create table buy_box_decisions (
        box_id uuid not null references buy_boxes (id),
        version integer not null,
        formula smallint not null,
        decided_at timestamptz not null,
        winner_offer_id uuid,
        contenders jsonb not null,
        contenders_in_all integer not null,
        primary key (box_id, version)
    )
    """,
    """
    create table seller_services (
        seller_order_id uuid primary key,
        seller_id uuid,
        ship_by timestamptz,
        shipped_at timestamptz,
        claims integer not null
    )
    """,
    "create index seller_services_due on seller_services (ship_by)",
    """
    create table seller_records (
        seller_id uuid primary key,
        day date not null,
        due integer not null,
        late integer not null,
        claimed integer not null,
        constraint seller_records_shares check (due >= late and due >= claimed and late >= 0 and claimed >= 0)
    )
    """,
    """
    create function buy_box_decisions_append_only() returns trigger language plpgsql as
    $$ begin raise exception 'buy_box_decisions is append-only'; end $$
    """,
    """
    create trigger buy_box_decisions_append_only before update or delete on buy_box_decisions
    for each statement execute function buy_box_decisions_append_only()
    """,
    *_trigger("offers", "offers_opening_marks_buy_boxes", "insert", "select product_id from new_rows"),
    # A product that an offer was moved away from is decided anew as well.
    *_trigger(
        "offers",
        "offers_change_marks_buy_boxes",
        "update",
        "select unnest(array[o.product_id, n.product_id]) as product_id from new_rows n join old_rows o "  # noqa: S608
        f"on o.id = n.id where {_row('o')} is distinct from {_row('n')}",
    ),
    # How many units there are is not asked for one unit, only whether there is one.
    *_trigger(
        "stock",
        "stock_change_marks_buy_boxes",
        "update",
        "select f.product_id from new_rows n join old_rows o on o.offer_id = n.offer_id "
        "join offers f on f.id = n.offer_id where (o.available = 0) <> (n.available = 0)",
    ),
    _function("sellers_change_marks_buy_boxes", "select product_id from offers where seller_id = new.id"),
    """
    create trigger sellers_change_marks_buy_boxes after update on sellers for each row
    when (old.state is distinct from new.state) execute function sellers_change_marks_buy_boxes()
    """,
    # What is on offer already is decided as soon as the service runs.
    f"with changed as (select product_id from offers) {_MARK}",  # noqa: S608 - no word of a stranger
)


def upgrade() -> None:
    """Go forward. There is no way back: a mistake is corrected by a further migration."""
    for statement in _STATEMENTS:
        op.execute(statement)
