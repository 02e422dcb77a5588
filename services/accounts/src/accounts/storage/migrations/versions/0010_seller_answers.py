"""What an applicant answers to the operator's question."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Null until somebody was asked and has answered."""
    op.execute("alter table sellers add column answer text")
