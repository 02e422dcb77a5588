"""The chassis' tables and the advances of the test clock."""

from alembic import op

from chassis.db.schema import STEP_1

revision = "0001"
down_revision = None


def upgrade() -> None:
    for statement in STEP_1:
        op.execute(statement)
    op.execute(
        """
        create table advances (
            id uuid primary key,
            version integer not null,
            state text not null,
            started_from timestamptz not null,
            target timestamptz not null,
            reached timestamptz not null,
            reason text not null default ''
        )
        """
    )
    op.execute("create unique index advances_running on advances (state) where state = 'running'")
