"""Who may read what: buyers and sellers their own, operators and auditors all."""

from typing import Annotated

from fastapi import Depends, Request

from chassis.web.auth import Subject, signed_in
from chassis.web.problems import Problem
from payments.domain.views import Reader
from payments.use_cases.ports import Queries

# Auditors hold one scope for everything; the others need the scope of the thing they read.
_AUDIT = "audit:read"


def reading(scope: str) -> object:
    """A dependency: the reader behind a token that holds this scope (or the auditor's), else 403."""

    async def check(subject: Annotated[Subject, Depends(signed_in)]) -> Reader:
        sees_all = subject.kind in ("operator", "auditor") and _AUDIT in subject.scopes
        if scope not in subject.scopes and not sees_all:
            raise Problem(403, "scope_missing", "Your sign-in does not allow this", scope=scope)
        if subject.kind == "buyer":
            # Who trades with an erased company has to keep its own papers; the erased one signs in no more.
            return Reader(buyer_id=subject.company_id, sees_sealed=True)
        if subject.kind == "seller":
            return Reader(seller_id=subject.company_id, sees_sealed=True)
        return Reader(sees_sealed=subject.kind == "auditor")

    return Depends(check)


async def queries_of(request: Request) -> Queries:
    """The read side."""
    queries: Queries = request.app.state.queries
    return queries


PaymentReader = Annotated[Reader, reading("payments:read")]
PayoutReader = Annotated[Reader, reading("payouts:read")]
Read = Annotated[Queries, Depends(queries_of)]
