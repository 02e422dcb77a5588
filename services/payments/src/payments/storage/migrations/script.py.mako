"""${message}"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Locks are waited for 5 s at most (see env.py)."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """A step back is a new step forward."""
    raise NotImplementedError
