"""A feed that changes every price touches no index: the search keeps prices in memory and asks none of them."""

from alembic import op

revision = "0013"
down_revision = "0015"
branch_labels = None
depends_on = None

# Sorted by number alone, market by market: to sort thousands of rows by their lists of markets took longer than to write them.
_FUNCTION = """
create or replace function offers_change_change_offers() returns trigger language plpgsql set enable_nestloop = off as $$
begin
    with changed as (
        select n.id, case when o.markets = n.markets then n.markets else
        array(select distinct unnest(o.markets || n.markets) order by 1) end as markets
        from new_rows n join old_rows o on o.id = n.id
    )
    insert into offer_changes (xid, markets, offers)
    select pg_current_xact_id()::text::bigint, markets, ids[start + 1 : start + 500]
    from (
        select markets, array(select unnest(array_agg(id)) order by 1) as ids from changed group by markets
    ) by_markets, generate_series(0, cardinality(ids) - 1, 500) as start
    order by markets, start;
    return null;
end $$
"""

_STATEMENTS = (
    "drop index offers_price",
    "drop index offers_category_price",
    "drop index offers_own_prices",
    # Half of each page is free for the next version of its rows; what is stored already moves there when it next changes.
    "alter table offers set (fillfactor = 50)",
    "alter table stock set (fillfactor = 50)",
    _FUNCTION,
)


def upgrade() -> None:
    """The trigger stays and calls what is there now."""
    for statement in _STATEMENTS:
        op.execute(statement)
