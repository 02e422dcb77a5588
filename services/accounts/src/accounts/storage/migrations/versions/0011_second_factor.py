"""Second factors and passkeys of people, and the challenges that were used."""

from alembic import op

revision = "0011"
down_revision = "0014"
branch_labels = None
depends_on = None

_STEPS = (
    """
    create table second_factors (
        id uuid primary key references users,
        version integer not null check (version > 0),
        authenticator text not null check (authenticator in ('off', 'offered', 'on')),
        secret text,
        last_step bigint,
        recovery_hashes text[] not null,
        constraint second_factors_secret check ((authenticator = 'off') = (secret is null))
    )
    """,
    """
    create table passkeys (
        id uuid primary key,
        version integer not null check (version > 0),
        user_id uuid not null references users,
        credential_id bytea not null unique,
        public_key bytea not null,
        sign_count bigint not null check (sign_count >= 0),
        name text not null,
        added_at timestamptz not null,
        last_used_at timestamptz
    )
    """,
    "create index ix_passkeys_user_id on passkeys (user_id)",
    """
    create table spent_challenges (
        id uuid primary key,
        expires_at timestamptz not null
    )
    """,
    "create index ix_spent_challenges_expires_at on spent_challenges (expires_at)",
)


def upgrade() -> None:
    """Nobody has any; everybody signs in as before."""
    for step in _STEPS:
        op.execute(step)
