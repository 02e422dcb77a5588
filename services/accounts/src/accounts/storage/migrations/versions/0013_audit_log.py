"""What operators did, in a chain that is only added to, and what waits for a second person."""

from alembic import op

from chassis.db.audit_log import AUDIT_LOG_1
from chassis.db.proposals import PROPOSALS_1

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None

# The one scope that opened everything became several; what a key of an operator could do, it can do still.
_SCOPES = """
update api_keys set scopes = array(
    select distinct one from unnest(array_remove(scopes, 'operator') || array[
        'operator:companies', 'operator:sellers', 'operator:money', 'operator:cases', 'operator:events'
    ]) one order by one
) where 'operator' = any (scopes)
"""


def upgrade() -> None:
    """Nothing was recorded before; the chain begins here."""
    for statement in (*AUDIT_LOG_1, *PROPOSALS_1, _SCOPES):
        op.execute(statement)
