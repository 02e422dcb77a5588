"""A number for each offer, and a log of what changed for buyers, written by the database itself: no writer can forget it."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# A row of the log names 500 offers at the most, so that a page of the feed never reads much more than it shows.
_LOG = """
insert into offer_changes (xid, markets, offers)
select pg_current_xact_id()::text::bigint, markets, array_agg(id order by id)
from (select id, markets, (row_number() over (partition by markets order by id) - 1) / 500 as part from changed) parts
group by markets, part
"""


def _function(name: str, changed: str, settings: str = "") -> str:
    return (
        f"create function {name}() returns trigger language plpgsql {settings} as "
        f"$$ begin with changed as ({changed}) {_LOG}; return null; end $$"
    )


def _trigger(table: str, what: str, changed: str, *, when: str = "update", settings: str = "") -> tuple[str, str]:
    """A trigger for a whole statement."""
    name = f"{table}_{what}_change_offers"
    rows = "new table as new_rows" + (" old table as old_rows" if when == "update" else "")
    return (
        _function(name, changed, settings),
        f"create trigger {name} after {when} on {table} referencing {rows} for each statement execute function {name}()",
    )


# A plan made for one row is kept, and thousands come next: old rows are joined with new ones by hash, never row by row.
_BY_HASH = "set enable_nestloop = off"

_STATEMENTS = (
    "alter table offers add column n bigint generated always as identity",
    "create unique index offers_n on offers (n)",
    # The transaction's number is kept as a plain one: it is compared with what a snapshot calls finished.
    """
    create table offer_changes (
        n bigint generated always as identity primary key,
        xid bigint not null,
        at timestamptz not null default clock_timestamp(),
        markets text[] not null,
        offers uuid[] not null
    )
    """,
    "create index offer_changes_in_order on offer_changes (xid, n)",
    *_trigger("offers", "opening", "select id, markets from new_rows", when="insert"),
    # An offer that leaves a market has changed there too.
    *_trigger(
        "offers",
        "change",
        "select n.id, case when o.markets = n.markets then n.markets else "
        "array(select distinct unnest(o.markets || n.markets) order by 1) end as markets "
        "from new_rows n join old_rows o on o.id = n.id",
        settings=_BY_HASH,
    ),
    *_trigger(
        "stock",
        "change",
        "select n.offer_id as id, (select markets from offers where id = n.offer_id) as markets "
        "from new_rows n join old_rows o on o.offer_id = n.offer_id where o.available <> n.available",
        settings=_BY_HASH,
    ),
    *_trigger(
        "products",
        "change",
        "select id, markets from offers where product_id in (select n.id from new_rows n join old_rows o on o.id = n.id "
        "where (n.title, n.brand, n.model, n.category, n.storage, n.ram, n.color, n.launch_year, n.gtin, n.attributes) "
        "is distinct from "
        "(o.title, o.brand, o.model, o.category, o.storage, o.ram, o.color, o.launch_year, o.gtin, o.attributes))",
    ),
    _function("sellers_change_offers", "select id, markets from offers where seller_id = new.id"),
    """
    create trigger sellers_change_offers after update on sellers for each row
    when (old.state is distinct from new.state) execute function sellers_change_offers()
    """,
)


def upgrade() -> None:
    """The number is given to stored offers too, in no order that matters."""
    for statement in _STATEMENTS:
        op.execute(statement)
