"""What the routes share when they read: whose things are shown, list slices, papers."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.responses import Response

from chassis.kernel.ids import Id
from chassis.web.auth import Subject
from chassis.web.pages import PageRequest
from chassis.web.problems import Problem
from orders.use_cases.ports import Queries, StoredDocument, Wanted

UpdatedSince = Annotated[
    datetime | None,
    Query(description="Only what changed at or after this time, oldest change first: a feed to follow"),
]


async def queries(request: Request) -> Queries:
    """The read side."""
    found: Queries = request.app.state.queries
    return found


Reads = Annotated[Queries, Depends(queries)]


def owner(subject: Subject, kind: str) -> Id | None:
    """Whose things the subject sees: its own company's; an operator or auditor sees everybody's. Others see nothing."""
    if subject.kind == "operator" or "audit:read" in subject.scopes:
        return None
    if subject.kind != kind:
        raise Problem(403, "wrong_kind_of_company", f"Only a {kind} company sees this")
    return subject.company_id


def wanted(paging: PageRequest, state: str | None, updated_since: datetime | None) -> Wanted:
    """The slice that is asked for; a cursor of another list is refused."""
    if updated_since is not None and updated_since.tzinfo is None:
        updated_since = updated_since.replace(tzinfo=UTC)
    return Wanted(paging.limit, state, updated_since, paging.after_moment)


def paper(document: StoredDocument, name: str) -> Response:
    """A stored PDF with its hash as ETag."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "ETag": f'"{document.sha256}"'}
    return Response(document.content, media_type="application/pdf", headers=headers)
