"""Problem documents (RFC 9457): every refusal has a stable `code`, and nothing internal ever leaks into one."""

from typing import Any

import structlog
from asyncpg import PostgresError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import Scope

from chassis.db.receipts import StoredRefusal, kind_of
from chassis.kernel.errors import DomainError

log = structlog.get_logger(__name__)

STATUS_BY_KIND = {
    "NotFound": 404,
    "WrongState": 409,
    "Invalid": 422,
    "Forbidden": 403,
    "Unavailable": 503,
    "Overtaken": 412,
}

_CONNECTION_FAILED = "08"
# Administrator's shutdown, crash of another session, still starting up.
_SERVER_AWAY = {"57P01", "57P02", "57P03"}
# Character not in repertoire, untranslatable character.
_TEXT_NOT_STORABLE = {"22021", "22P05"}

_BY_STATUS = {
    400: ("malformed_request", "The request could not be read"),
    401: ("not_signed_in", "A valid token is needed"),
    403: ("forbidden", "You may not do this"),
    404: ("not_found", "There is no such thing, or it is not yours"),
    405: ("method_not_allowed", "This resource does not take this method"),
    412: ("stale_version", "The object was changed by somebody else in the meantime"),
    413: ("body_too_large", "The request body is too large"),
    415: ("unsupported_media_type", "This media type is not understood here"),
    428: ("if_match_required", "An If-Match header with the object's ETag is needed"),
    429: ("too_many_requests", "Too many requests"),
}


class Problem(HTTPException):
    """A refusal of the door itself (not of the domain): status, stable code, and the sentence the user hears."""

    def __init__(
        self, status: int, code: str, title: str, detail: str = "", headers: dict[str, str] | None = None, **facts: Any
    ) -> None:
        super().__init__(status, title, headers)
        self.code = code
        self.title = title
        self.explanation = detail
        self.facts = facts


def problem(
    status: int, code: str, title: str, detail: str = "", *, headers: dict[str, str] | None = None, **facts: Any
) -> JSONResponse:
    """A problem document as a response."""
    body = {"type": f"urn:regrade:problem:{code}", "title": title, "status": status, "code": code}
    if detail:
        body["detail"] = detail
    return JSONResponse({**facts, **body}, status, headers, media_type="application/problem+json")


def unsupported_media_type(detail: str) -> Problem:
    """The body is of another kind than this door takes; `detail` says what to send."""
    return Problem(415, *_BY_STATUS[415], detail)


def media_type_of(request: Request) -> str:
    """What the request says its body is, such as application/json; empty where it says nothing."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def install(app: FastAPI) -> None:
    """Register the handlers; the last one makes sure that a bug is a plain 500 and a log line, never a stack trace."""
    app.add_exception_handler(DomainError, _domain)
    app.add_exception_handler(StoredRefusal, _stored)
    app.add_exception_handler(Problem, _door)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(DBAPIError, _database)
    # Who reads by the driver itself, or finds nobody where the database should be, gets its error as it is.
    app.add_exception_handler(PostgresError, _database)
    app.add_exception_handler(ConnectionError, _silence)
    app.add_exception_handler(Exception, _bug)


def answer_to(error: Exception, scope: Scope) -> JSONResponse:
    """The answer of whoever stands before the application and refuses, or fails, by itself."""
    if isinstance(error, Problem):
        return problem(
            error.status_code,
            error.code,
            error.title,
            error.explanation,
            headers=dict(error.headers) if error.headers else None,
            **error.facts,
        )
    log.error("http.unexpected", path=scope["path"], method=scope["method"], exc_info=error)
    # The server closes the connection after a bug; who is not told sends the next request into a closed one.
    return problem(500, "internal_error", "Something went wrong on our side", headers={"Connection": "close"})


async def _domain(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)
    return problem(STATUS_BY_KIND[kind_of(error)], error.code, error.title, error.detail, **error.facts)


async def _stored(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, StoredRefusal)
    return problem(
        STATUS_BY_KIND[error.kind],
        error.code,
        error.title,
        error.detail,
        headers={"Idempotent-Replayed": "true"},
        **error.facts,
    )


async def _door(request: Request, error: Exception) -> JSONResponse:
    return answer_to(error, request.scope)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code, title = _BY_STATUS.get(error.status_code, ("refused", "The request was refused"))
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, code, title, headers=headers)


async def _validation(request: Request, error: Exception) -> JSONResponse:
    """422 with a JSON pointer per fault; what the client sent is not echoed, for it may be a password."""
    assert isinstance(error, RequestValidationError)
    faults = [
        {"pointer": "/" + "/".join(str(part) for part in fault["loc"]), "detail": fault["msg"], "code": fault["type"]}
        for fault in error.errors()
    ]
    if any(fault["code"] == "json_invalid" for fault in faults):
        return problem(400, "malformed_json", "The body is not valid JSON", errors=faults)
    if any(fault["pointer"] == "/body" for fault in faults) and not media_type_of(request).endswith("json"):
        return answer_to(unsupported_media_type("Send application/json"), request.scope)
    return problem(422, "validation_failed", "Some fields are missing or wrong", errors=faults)


async def _database(request: Request, error: Exception) -> JSONResponse:
    """Text with NUL in it is the client's fault wherever it came in, a database that is away nobody's; the rest is a bug."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None) or ""
    if state in _TEXT_NOT_STORABLE:
        return problem(422, "text_not_storable", "A text holds characters that cannot be stored")
    if getattr(error, "connection_invalidated", False) or state.startswith(_CONNECTION_FAILED) or state in _SERVER_AWAY:
        return await _silence(request, error)
    raise error


async def _silence(request: Request, error: Exception) -> JSONResponse:
    """503: a write may or may not have been committed when the connection broke, and its key tells."""
    log.warning("http.database_away", path=request.url.path, method=request.method, error=type(error).__name__)
    return problem(
        503,
        "database_unavailable",
        "The database does not answer at the moment",
        "repeat the request, a write with the same Idempotency-Key, to learn the outcome",
        headers={"Retry-After": "1"},
    )


async def _bug(request: Request, error: Exception) -> JSONResponse:
    return answer_to(error, request.scope)
