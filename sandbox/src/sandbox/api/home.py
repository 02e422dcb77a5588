"""The front page and the health answers."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import text

from sandbox.api.common import TheWorld
from sandbox.api.pages import render
from sandbox.storage.faults import list_faults

router = APIRouter(tags=["sandbox"])


@router.get("/", response_class=HTMLResponse)
async def get_home(request: Request, world: TheWorld) -> HTMLResponse:
    """What there is, for people."""
    async with world.engine.connect() as tx:
        faults = await list_faults(tx)
    offset = world.clock.offset
    return render(request, "home.html", {"faults": faults, "offset": offset})


@router.get("/livez")
async def get_livez() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def get_readyz(world: TheWorld) -> dict[str, str]:
    """The database answers too."""
    async with world.engine.connect() as tx:
        await tx.execute(text("select 1"))
    return {"status": "ok"}
