"""Every refusal leaves as a problem document (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from chassis.kernel.errors import DomainError, Forbidden, Invalid, NotFound, Unavailable, WrongState
from sandbox.domain.errors import AnswerWithheld, ApiKeyWrong, FaultInjected

log = structlog.get_logger(__name__)

_STATUS: tuple[tuple[type[DomainError], int], ...] = (
    (ApiKeyWrong, 401),
    (FaultInjected, 500),
    (AnswerWithheld, 504),
    (NotFound, 404),
    (WrongState, 409),
    (Invalid, 422),
    (Forbidden, 403),
    (Unavailable, 503),
    (DomainError, 400),
)


def status_of(refusal: DomainError) -> int:
    """404 not there, 409 wrong state, 422 can never be right, 400 for the rest."""
    return next(status for kind, status in _STATUS if isinstance(refusal, kind))


def problem_of(refusal: DomainError) -> dict[str, Any]:
    """The document for a refusal; `code` is stable, `title` is the sentence for people."""
    return _document(status_of(refusal), refusal.title, refusal.code, {"detail": refusal.detail, **refusal.facts})


def problem_answer(document: Mapping[str, Any]) -> JSONResponse:
    return JSONResponse(dict(document), document["status"], media_type="application/problem+json")


def add_problem_handlers(app: FastAPI) -> None:
    """Answer everything that goes wrong in one shape, and never with the text of a bug."""
    app.add_exception_handler(DomainError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(Exception, _bug)


def _document(status: int, title: str, code: str, more: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "code": code} | {
        k: v for k, v in more.items() if v
    }


def _refused(request: Request, reason: Exception) -> JSONResponse:
    assert isinstance(reason, DomainError)
    return problem_answer(problem_of(reason))


def _http(request: Request, reason: Exception) -> JSONResponse:
    assert isinstance(reason, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed", 400: "body_unreadable"}.get(reason.status_code, "refused")
    return problem_answer(_document(reason.status_code, str(reason.detail), code, {}))


def _malformed(request: Request, reason: Exception) -> JSONResponse:
    assert isinstance(reason, RequestValidationError)
    errors = [{"pointer": "/" + "/".join(map(str, e["loc"])), "detail": e["msg"]} for e in reason.errors()]
    return problem_answer(_document(422, "The request is not valid", "request_invalid", {"errors": errors}))


def _bug(request: Request, reason: Exception) -> JSONResponse:
    log.error("request_broke", path=request.url.path, reason=type(reason).__name__)
    return problem_answer(_document(500, "The sandbox made a mistake", "internal_error", {}))
