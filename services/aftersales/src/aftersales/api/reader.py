"""Who may read coverages: buyers and sellers their own, operators and auditors all."""

from typing import Annotated

from fastapi import Depends

from aftersales.use_cases.ports import Reader
from chassis.web.auth import Subject, signed_in
from chassis.web.problems import Problem

# Each kind has a scope of its own here, because a seller's keys speak of its orders and an auditor's of everything.
SCOPE_BY_KIND = {
    "buyer": "aftersales:read",
    "seller": "seller_orders:read",
    "operator": "aftersales:read",
    "auditor": "audit:read",
}


async def reader_of(subject: Annotated[Subject, Depends(signed_in)]) -> Reader:
    """What the subject sees; 403 without the scope of its kind."""
    scope = SCOPE_BY_KIND.get(subject.kind)
    if scope is None or scope not in subject.scopes:
        raise Problem(403, "scope_missing", "Your sign-in does not allow this", scope=scope)
    if subject.kind == "buyer":
        return Reader(buyer_id=subject.company_id)
    if subject.kind == "seller":
        return Reader(seller_id=subject.company_id)
    return Reader()


Reading = Annotated[Reader, Depends(reader_of)]
