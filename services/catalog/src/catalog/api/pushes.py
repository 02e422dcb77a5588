"""The door of every push: lines of NDJSON in, what became of each line out, once for each key."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from catalog.api.ndjson import LINES_MAX, MEDIA_TYPE, MEDIA_TYPES, schema_of
from catalog.domain.errors import LineProblem
from catalog.domain.seller import Seller, active
from catalog.use_cases.ports import CatalogQueries
from chassis.db.executor import Work
from chassis.db.receipts import Answer
from chassis.web.auth import Subject
from chassis.web.bodies import body_sent_as
from chassis.web.writes import WriteCall

R = TypeVar("R")


def lines_in(line: type[BaseModel], each: str) -> dict[str, Any]:
    """What the contract says of the body; `each` is what a line stands for."""
    return {
        "requestBody": {
            "required": True,
            "description": f"One line per {each}, at most {LINES_MAX:,} lines of 64 kB and 10 MB in all",
            "content": {MEDIA_TYPE: {"schema": schema_of(line)}},
        }
    }


def lines_out(result: type[BaseModel], said: str = "One line per line that was sent, in order") -> dict[int | str, Any]:
    """What the contract says of the answer."""
    return {200: {"description": said, "content": {MEDIA_TYPE: {"schema": schema_of(result)}}}}


async def sent_lines(request: Request) -> bytes:
    """The body, if it says that it is NDJSON."""
    return await body_sent_as(request, *MEDIA_TYPES)


async def active_seller(request: Request, subject: Subject) -> Seller:
    """Who pushes. Asked here and again in the transaction: this refusal is not stored under the key, so that a seller whose
    activation is on its way can try again."""
    queries: CatalogQueries = request.app.state.queries
    return active(await queries.seller(subject.company_id))


async def answer_lines(
    write: WriteCall, subject: Subject, work: Work[Any, Sequence[R]], line_of: Callable[[R], str]
) -> Response:
    """Push, and answer line by line; stored as text, so that a repeat gets the very same bytes."""

    def answer(results: Sequence[R]) -> Answer:
        return Answer(200, "".join(map(line_of, results)))

    return await write.respond(subject.tenant, work, answer, media_type=MEDIA_TYPE)


def line_text(line: dict[str, Any], problem: LineProblem | None) -> str:
    """A line of the answer, with what is wrong with the one that was sent."""
    if problem:
        line["problem"] = {"code": problem.code, "title": problem.title}
        if problem.detail:
            line["problem"]["detail"] = problem.detail
        if problem.errors:
            line["problem"]["errors"] = list(problem.errors)
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n"
