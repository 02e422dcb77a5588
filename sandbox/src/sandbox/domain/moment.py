"""An instant as two clocks tell it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """`business` follows the sandbox clock (value dates, facts); `real` never does (retries, receipts, signatures)."""

    business: datetime
    real: datetime
