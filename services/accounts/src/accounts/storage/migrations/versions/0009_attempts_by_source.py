"""Attempts to sign in are counted where they come from."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those of the last quarter of an hour have come from nowhere in particular."""
    op.execute("alter table sign_in_attempts add column source text not null default 'network/unknown'")
    op.execute("alter table sign_in_attempts alter column source drop default")
