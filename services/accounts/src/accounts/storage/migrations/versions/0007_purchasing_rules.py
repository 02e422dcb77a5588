"""How buyer companies buy: a document per company that has said so."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A company without a row has no rules."""
    op.execute(
        """
        create table purchasing_rules (
            id uuid primary key references companies,
            version integer not null check (version > 1),
            rules jsonb not null
        )
        """
    )
