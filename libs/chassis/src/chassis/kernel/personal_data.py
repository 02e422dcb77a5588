"""Whose personal data is asked for or erased, and what of it has to stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from chassis.kernel.ids import Id

# Where a name stood that nobody has a right to know any more.
ERASED = "erased"


@dataclass(frozen=True)
class Subject:
    """A company with all its people, or one person of it."""

    company_id: Id
    person_id: Id | None = None


@dataclass(frozen=True)
class Kept:
    """What a holder may not erase yet: `why` is the law's reason as a code, `until` the last day of the duty (None: no end)."""

    what: str
    why: str
    until: date | None = None


@dataclass(frozen=True)
class Obeyed:
    """What a holder did: how many rows of which table it erased, and what it keeps."""

    erased: Mapping[str, int]
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True)
class OpenItem:
    """Something that is not finished: an order, a refund, a balance (whose `id` is its account)."""

    kind: str
    id: str
    state: str


@dataclass(frozen=True)
class Business:
    """What of a company's is open somewhere, and when it bought last (business time)."""

    open: tuple[OpenItem, ...] = ()
    last_purchase_at: datetime | None = None
