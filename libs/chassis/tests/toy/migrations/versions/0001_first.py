"""The chassis' tables and the counters."""

from alembic import op

from chassis.db.audit_log import AUDIT_LOG_1
from chassis.db.schema import STEP_1

revision = "0001"
down_revision = None


def upgrade() -> None:
    for statement in (*STEP_1, *AUDIT_LOG_1):
        op.execute(statement)
    op.execute(
        "create table counters (id uuid primary key, version integer not null, total integer not null, state text not null)"
    )
