"""Parcels that are late, what buyers are told of them, and buyers who want to be free of what they paid.

What waits to be accepted, and what waits to be shipped, gets the deadline that it would have had from its beginning.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# A date is the last second of a day; what it leads to happens in the next one.
_SET = """
    insert into timers (id, kind, key, due_at, payload)
    select gen_random_uuid(), '{kind}', id, {due} + interval '1 second', '{{}}'::jsonb
    from seller_orders where state = '{state}' and {due} is not null
    on conflict (kind, key) where state = 'open' do nothing
"""
_STATEMENTS = (
    "alter table seller_orders add column cancellation_request jsonb, add column late_at timestamptz, "
    "add column free_from timestamptz, add column delay jsonb",
    "create index seller_orders_late on seller_orders (late_at) where state = 'to_ship' and late_at is not null",
    "create index seller_orders_asked_about on seller_orders (id) where cancellation_request ->> 'state' = 'open'",
    _SET.format(kind="acceptance_lapse", due="accept_by", state="awaiting_acceptance"),
    _SET.format(kind="late_shipment", due="ship_by", state="to_ship"),
)


def upgrade() -> None:
    """Go forward. There is no way back: a mistake is corrected by a further migration."""
    for statement in _STATEMENTS:
        op.execute(statement)
