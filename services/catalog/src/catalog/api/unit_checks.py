"""What anybody who holds a device reads of its passport; the code on the box is the only way to it."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from catalog.api.unit_schemas import UnitCheckBody
from catalog.api.unit_views import check_body
from catalog.domain.unit_errors import UnitCheckNotFound
from catalog.use_cases.ports_units import UnitQueries

router = APIRouter(tags=["unit checks"])


@router.get("/v1/units/check/{code}")
async def check_unit(
    code: Annotated[str, Path(max_length=64, pattern="^[0-9A-Za-z]+$")], request: Request, response: Response
) -> UnitCheckBody:
    """A device by the code on its box: grade, battery, tests, parts, erasure, and where it was. No person and no company."""
    queries: UnitQueries = request.app.state.unit_queries
    found = await queries.check(code.lower())
    if found is None:
        raise UnitCheckNotFound
    response.headers["Cache-Control"] = "no-store"
    return check_body(found)
