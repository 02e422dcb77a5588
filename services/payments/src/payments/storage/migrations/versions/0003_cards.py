"""Card payments: attempts, captures, and the link that stands on the purchase order."""

from alembic import op

from payments.storage.laws import LAWS_3

revision = "0003"
down_revision = "0002"

_PAYMENTS = (
    "alter table payments add column card_token text",
    "alter table payments add column method text",
    "alter table payments add column capture text",
    "alter table payments add constraint payments_card_token_key unique (card_token)",
    "update payments set method = 'bank_transfer', capture = 'done' where state in ('partially_paid', 'secured')",
)

_CARDS = (
    """
    create table card_payments (
        id uuid primary key,
        version integer not null,
        payment_id uuid not null references payments (id),
        order_id uuid not null,
        buyer_id uuid not null,
        number text not null,
        attempt integer not null,
        state text not null,
        currency text not null,
        amount_minor bigint not null,
        stands_for_minor bigint not null,
        captured_minor bigint not null,
        capture_moment text not null,
        wallet_id text not null,
        created_at timestamptz not null,
        expires_at timestamptz not null,
        provider_id text,
        hosted_page text,
        valid_until timestamptz,
        failure_reason text,
        constraint card_payments_numbered_once unique (payment_id, attempt),
        constraint card_payments_positive check (amount_minor > 0),
        constraint card_payments_captured_within_amount check (captured_minor between 0 and amount_minor)
    )
    """,
    "create unique index card_payments_one_waiting on card_payments (payment_id) "
    "where state in ('created', 'requires_3ds')",
    """
    create table card_captures (
        id uuid primary key,
        card_payment_id uuid not null references card_payments (id),
        order_id uuid not null,
        buyer_id uuid not null,
        wallet_id text not null,
        currency text not null,
        amount_minor bigint not null,
        applied_minor bigint not null,
        state text not null,
        wanted_at timestamptz not null,
        seller_order_id uuid,
        shipment_id uuid unique,
        provider_id text,
        failure_reason text,
        constraint card_captures_not_negative check (amount_minor >= 0),
        constraint card_captures_applied_within_amount check (applied_minor between 0 and amount_minor)
    )
    """,
    "create index card_captures_card_payment on card_captures (card_payment_id)",
    "create index card_captures_order on card_captures (order_id)",
)


def upgrade() -> None:
    """Orders that are open already keep their transfer; only new ones get a card link."""
    for statement in (*_PAYMENTS, *_CARDS, *LAWS_3):
        op.execute(statement)
