"""The whole case of a seller: drafts, documents, owners, tax data, addresses by country, signatures of the mandate."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_STEPS = (
    """
    alter table sellers
        alter column payout_iban drop not null,
        alter column payout_holder drop not null,
        alter column return_address drop not null,
        alter column support_phone drop not null,
        alter column invoice_prefix drop not null,
        drop constraint sellers_regimes_check,
        add column ship_from text[] not null default '{}',
        add column return_addresses jsonb not null default '[]',
        add column owners jsonb,
        add column tax jsonb,
        add column tax_request jsonb,
        add column payouts_held boolean not null default false,
        add column mandate_due_at timestamptz,
        add constraint sellers_complete check (
            state = 'draft' or (payout_iban is not null and payout_holder is not null and return_address is not null
                and support_phone is not null and invoice_prefix is not null and cardinality(regimes) > 0)
        )
    """,
    "alter table sellers alter column ship_from drop default, alter column return_addresses drop default",
    "alter table sellers alter column payouts_held drop default",
    "alter table change_requests add column payout jsonb",
    """
    create table seller_documents (
        id uuid primary key,
        version integer not null check (version > 0),
        seller_id uuid not null references sellers,
        kind text not null,
        state text not null check (state in ('uploaded', 'accepted', 'refused', 'expired', 'replaced')),
        file_name text not null,
        media_type text not null,
        sha256 text not null,
        size integer not null,
        uploaded_at timestamptz not null,
        valid_until date,
        decided_at timestamptz,
        reason text,
        next_step text,
        check (state <> 'refused' or reason is not null)
    )
    """,
    "create index ix_seller_documents_seller_id on seller_documents (seller_id)",
    "create table document_files (sha256 text primary key, content bytea not null)",
    """
    create table mandate_acts (
        id uuid primary key,
        seller_id uuid not null references sellers,
        act text not null check (act in ('signed', 'revoked')),
        version text not null,
        sha256 text,
        signatory text not null,
        by_id uuid,
        at timestamptz not null
    )
    """,
    "create index ix_mandate_acts_seller_id on mandate_acts (seller_id)",
    # What was signed before there was a log.
    """
    insert into mandate_acts (id, seller_id, act, version, signatory, at)
    select gen_random_uuid(), id, 'signed', mandate->>'version', mandate->>'signatory', (mandate->>'signed_at')::timestamptz
    from sellers where mandate is not null
    """,
)


def upgrade() -> None:
    """Whoever sells already keeps everything; what is new is asked for by and by."""
    for statement in _STEPS:
        op.execute(statement)
