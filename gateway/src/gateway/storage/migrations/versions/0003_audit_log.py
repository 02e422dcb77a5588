"""The audit log: what operators did, in a chain that is only added to."""

from alembic import op

from chassis.db.audit_log import AUDIT_LOG_1

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was recorded before; the chain begins here."""
    for statement in AUDIT_LOG_1:
        op.execute(statement)
