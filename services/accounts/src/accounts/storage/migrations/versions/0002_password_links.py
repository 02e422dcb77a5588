"""Links with which people set another password."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Null until somebody asks for a link."""
    op.execute("alter table users add column password_link jsonb")
