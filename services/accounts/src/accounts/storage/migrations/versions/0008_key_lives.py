"""API keys that expire, and when they were used last."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keys that exist go on without an end."""
    op.execute(
        "alter table api_keys add column expires_at timestamptz, add column last_used_at timestamptz, "
        "add column last_four text"
    )
