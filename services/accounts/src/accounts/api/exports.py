"""Everything that is kept of a person, or of a company, as one archive."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, status
from pydantic import BaseModel
from starlette.responses import Response

from accounts.api.state import Doors, Given
from accounts.domain.data_export import DataExport, ExportState
from accounts.domain.errors import ExportNotFound
from accounts.domain.scopes import SELF
from accounts.use_cases.ask_for_export import AskForExport, ask_for_export
from chassis.kernel.ids import Id
from chassis.kernel.personal_data import Subject as WhoseData
from chassis.web.auth import Subject, require
from chassis.web.problems import Problem
from chassis.web.writes import Write

router = APIRouter(prefix="/v1", tags=["accounts"])
Person = Annotated[Subject, require(SELF)]

_OWNERS = "account:write"
_ZIP: dict[int | str, dict[str, Any]] = {200: {"content": {"application/zip": {}}, "description": "The archive"}}


class ExportBody(BaseModel):
    """An archive. It is gathered from every service and can be fetched until `expires_at`; `of` says whose data it is."""

    id: UUID
    of: str
    state: ExportState
    asked_at: datetime
    expires_at: datetime | None
    href: str | None


@router.post("/me/exports", status_code=status.HTTP_202_ACCEPTED, response_model=ExportBody)
async def export_my_data(subject: Person, write: Write) -> Response:
    """Ask for everything that any service keeps of you. A mail tells when the archive is ready; it is there for a week."""
    command = AskForExport(WhoseData(subject.company_id, subject.id), subject.id)
    return await _ask(subject, command, write)


@router.post("/company/exports", status_code=status.HTTP_202_ACCEPTED, response_model=ExportBody)
async def export_company_data(subject: Person, write: Write) -> Response:
    """Ask for everything that any service keeps of the company, its documents included. Owners only."""
    if _OWNERS not in subject.scopes:
        raise Problem(403, "scope_missing", "Your sign-in does not allow this", scope=_OWNERS)
    return await _ask(subject, AskForExport(WhoseData(subject.company_id), subject.id), write)


@router.get("/me/exports/{export_id}")
async def read_export(export_id: Id, subject: Person, given: Given) -> ExportBody:
    """How it stands; only who asked for it sees it."""
    return _body(await _own(export_id, subject, given))


@router.get("/me/exports/{export_id}/archive", response_class=Response, responses=_ZIP)
async def read_export_archive(export_id: Id, subject: Person, given: Given) -> Response:
    """The ZIP: a folder per service, and a page that explains it. 409 `export_not_ready` before, `export_gone` after."""
    export = await _own(export_id, subject, given)
    headers = {
        "Content-Disposition": f'attachment; filename="personal-data-{export.id}.zip"',
        "Cache-Control": "private, no-store",
    }
    return Response(export.fetched(), media_type="application/zip", headers=headers)


async def _ask(subject: Subject, command: AskForExport, write: Any) -> Response:
    answer: Response = await write.answer(
        subject.tenant, partial(ask_for_export, command), _body, status=status.HTTP_202_ACCEPTED
    )
    return answer


async def _own(export_id: Id, subject: Subject, given: Doors) -> DataExport:
    export = await given.queries.data_export(export_id)
    if export.asked_by != subject.id:
        raise ExportNotFound(id=str(export_id))
    return export


def _body(export: DataExport) -> ExportBody:
    ready = export.state is ExportState.READY
    return ExportBody(
        id=export.id,
        of="person" if export.subject.person_id else "company",
        state=export.state,
        asked_at=export.asked_at,
        expires_at=export.expires_at,
        href=f"/v1/me/exports/{export.id}/archive" if ready else None,
    )
