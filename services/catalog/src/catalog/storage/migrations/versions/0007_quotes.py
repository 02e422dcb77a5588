"""Quotes: what buyers ask for, and what sellers answer."""

from alembic import op

revision = "0007"
down_revision = "0003"
branch_labels = None
depends_on = None

_STATEMENTS = (
    """
    create table quote_requests (
        id uuid not null,
        version integer not null,
        buyer_id uuid not null,
        market text not null,
        policy_version text not null,
        delivery_country text not null,
        currency text not null,
        lines jsonb not null,
        categories text[] not null,
        note text,
        state text not null,
        round smallint not null,
        answers_until timestamptz not null,
        closes_at timestamptz not null,
        asked_at timestamptz not null,
        updated_at timestamptz not null,
        valid_until timestamptz,
        award_id uuid,
        award jsonb,
        order_id uuid,
        primary key (id),
        constraint quote_requests_one_award unique (award_id),
        constraint quote_requests_one_order unique (order_id),
        constraint quote_requests_state check (state in
            ('open', 'offered', 'accepted', 'ordered', 'closed_no_offer', 'declined', 'withdrawn', 'expired')),
        constraint quote_requests_awarded check ((state in ('accepted', 'ordered')) <= (award is not null)),
        constraint quote_requests_ordered check ((state = 'ordered') <= (order_id is not null)),
        constraint quote_requests_award check ((award is null) = (award_id is null))
    )
    """,
    "create index quote_requests_of_buyer on quote_requests (buyer_id, id)",
    "create index quote_requests_open on quote_requests (market, id) where state = 'open'",
    """
    create table quote_bids (
        id uuid not null,
        version integer not null,
        quote_request_id uuid not null references quote_requests (id),
        seller_id uuid not null references sellers (id),
        round smallint not null,
        lines jsonb not null,
        shipping_fee_minor bigint not null,
        currency text not null,
        note text,
        state text not null,
        given_at timestamptz not null,
        updated_at timestamptz not null,
        valid_until timestamptz,
        primary key (id),
        constraint quote_bids_one_a_round unique (quote_request_id, round, seller_id),
        constraint quote_bids_state check (state in ('sealed', 'offered', 'replaced', 'withdrawn', 'dropped')),
        constraint quote_bids_fee check (shipping_fee_minor >= 0)
    )
    """,
    "create index quote_bids_of_seller on quote_bids (seller_id, quote_request_id)",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
