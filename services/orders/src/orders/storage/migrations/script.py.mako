"""${message}"""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    # A lock that is not free soon must fail the migration, not stop the service.
    op.execute("set lock_timeout = '5s'")
    ${upgrades if upgrades else ""}
