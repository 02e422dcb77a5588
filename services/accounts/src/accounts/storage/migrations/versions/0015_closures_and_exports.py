"""Archives of personal data, and the first look at how long each buyer has been unused."""

from alembic import op

revision = "0015"
down_revision = "0012"
branch_labels = None
depends_on = None

_STEPS = (
    """
    create table data_exports (
        id uuid primary key,
        version integer not null check (version > 0),
        company_id uuid not null,
        user_id uuid,
        asked_by uuid not null,
        state text not null check (state in ('gathering', 'ready', 'gone')),
        asked_at timestamptz not null,
        expires_at timestamptz,
        archive bytea,
        check ((state = 'ready') = (archive is not null))
    )
    """,
    # Whoever was there before begins to count today.
    """
    insert into timers (id, kind, key, due_at, payload)
    select gen_random_uuid(), 'weigh_retention', id, now(), '{}' from companies
    where kind = 'buyer' and state = 'active'
    """,
)


def upgrade() -> None:
    """One timer per buyer."""
    for statement in _STEPS:
        op.execute(statement)
