"""The first tables: companies, people, sellers, keys and what was proven about them."""

from alembic import op

from chassis.db.schema import STEP_1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_OWN = (
    """
    create table companies (
        id uuid primary key,
        version integer not null check (version > 0),
        kind text not null check (kind in ('buyer', 'seller', 'operator')),
        state text not null check (state in ('pending_activation', 'active', 'closed')),
        market text,
        legal_name text not null,
        country text not null,
        registration_number text not null,
        vat_numbers jsonb not null,
        address jsonb not null,
        contact jsonb not null,
        language text not null,
        legal_form text,
        share_capital text,
        check ((kind = 'buyer') = (market is not null))
    )
    """,
    """
    create table users (
        id uuid primary key,
        version integer not null check (version > 0),
        company_id uuid not null references companies,
        kind text not null,
        state text not null check (state in ('pending', 'active')),
        email text not null unique check (email = lower(email)),
        name text not null,
        password_hash text,
        link jsonb,
        check ((state = 'active') = (password_hash is not null))
    )
    """,
    "create index ix_users_company_id on users (company_id)",
    """
    create table sellers (
        id uuid primary key references companies,
        version integer not null check (version > 0),
        state text not null,
        markets text[] not null check (cardinality(markets) > 0),
        regimes text[] not null check (cardinality(regimes) > 0),
        payout_iban text not null,
        payout_holder text not null,
        return_address jsonb not null,
        support_phone text not null,
        invoice_prefix text not null unique check (invoice_prefix ~ '^[A-Z0-9]{2,}$'),
        reason text,
        next_step text,
        mandate jsonb,
        check (state not in ('active', 'suspended') or mandate is not null)
    )
    """,
    """
    create table api_keys (
        id uuid primary key,
        version integer not null check (version > 0),
        company_id uuid not null references companies,
        kind text not null,
        market text,
        name text not null,
        scopes text[] not null,
        hash text not null unique,
        created_at timestamptz not null,
        revoked_at timestamptz
    )
    """,
    "create index ix_api_keys_company_id on api_keys (company_id)",
    """
    create table vat_evidence (
        id uuid primary key,
        company_id uuid not null references companies,
        number text not null,
        status text not null check (status in ('valid', 'invalid', 'unavailable')),
        name text,
        consultation_number text,
        checked_at timestamptz not null
    )
    """,
    "create index ix_vat_evidence_company_id on vat_evidence (company_id)",
    "create table sign_in_attempts (id uuid primary key, address_hash text not null, at timestamptz not null)",
    "create index ix_sign_in_attempts_address_hash on sign_in_attempts (address_hash)",
    "create index ix_sign_in_attempts_at on sign_in_attempts (at)",
    "create table signing_keys (kid text primary key, private_jwk jsonb not null, created_at timestamptz not null)",
)


def upgrade() -> None:
    """The chassis' tables first, then our own."""
    for statement in (*STEP_1, *_OWN):
        op.execute(statement)
