"""Idempotent writes: every write carries an Idempotency-Key and is answered once; a repeat gets the same answer."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request
from fastapi.encoders import jsonable_encoder
from starlette.responses import JSONResponse, Response

from chassis.db.executor import Executor, Work
from chassis.db.receipts import Answer, Receipt
from chassis.kernel.errors import DomainError
from chassis.web.acts import Acting
from chassis.web.problems import Problem

R = TypeVar("R")

KEY_LENGTH_MAX = 255


class WriteCall:
    """One write request: its key and fingerprint, and the executor that answers it. `tenant` is set by the route.

    What an operator writes is recorded in the audit log in the same transaction, whatever the route.
    """

    def __init__(self, executor: Executor[Any], key: str | None, fingerprint: str, acting: Acting) -> None:
        self.executor = executor
        self._key = key
        self.fingerprint = fingerprint
        self._acting = acting

    @property
    def key(self) -> str:
        """The client's key; asked for only once the caller is known, so that 401 and 403 come before this 400."""
        if not self._key or not self._key.strip():
            raise Problem(400, "idempotency_key_required", "Every write needs an Idempotency-Key header")
        return self._key

    async def answer(
        self,
        tenant: str,
        work: Work[Any, R],
        render: Callable[[R], Any],
        *,
        status: int = 200,
        location: Callable[[R], str] | None = None,
    ) -> Response:
        """Run the use case once for this key and answer with `render(result)`; a repeat says that it is one."""

        def rendered(result: R) -> Answer:
            return Answer(status, jsonable_encoder(render(result)), {"Location": location(result)} if location else {})

        return await self.respond(tenant, work, rendered)

    async def respond(
        self, tenant: str, work: Work[Any, R], render: Callable[[R], Answer], *, media_type: str | None = None
    ) -> Response:
        """As `answer`, where the status or the headers depend on the result. With a media type the body is text of that type."""
        work = self._acting.recorded(work, lambda result: render(result).body)
        verdict = await self.executor.answer(work, Receipt(tenant, self.key, self.fingerprint), render)
        headers = dict(verdict.headers)
        if verdict.replayed:
            headers["Idempotent-Replayed"] = "true"
        if verdict.body is None:
            return Response(status_code=verdict.status, headers=headers)
        if media_type is not None:
            return Response(verdict.body, verdict.status, headers, media_type=media_type)
        return JSONResponse(verdict.body, verdict.status, headers)


def replay_header(done: Response) -> dict[str, str]:
    """Of a write's answer, whether it is one given before: for routes that tell the present truth instead of that answer."""
    replayed = done.headers.get("Idempotent-Replayed")
    return {"Idempotent-Replayed": replayed} if replayed else {}


def refusing(refusal: DomainError) -> Work[Any, Any]:
    """Work that does nothing but refuse: what is found before any use case begins is a verdict too, and kept under the key."""

    async def refuse(uow: Any, now: datetime) -> Any:
        raise refusal

    return refuse


async def write_call(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            description="A key of your own making; the same key gets the same answer for 30 days",
            max_length=KEY_LENGTH_MAX,
            pattern="^[ -~]*$",
        ),
    ] = None,
) -> WriteCall:
    """The dependency of every route that writes."""
    body = await request.body()
    fingerprint = hashlib.sha256(
        b"\n".join([request.method.encode(), request.url.path.encode(), request.url.query.encode(), body])
    ).hexdigest()
    return WriteCall(request.app.state.executor, idempotency_key, fingerprint, Acting(request, body))


Write = Annotated[WriteCall, Depends(write_call)]


class UnkeptWriteCall:
    """A write whose answer is not kept for a repeat, because it, or its body, holds secrets.

    An operator's is recorded all the same.
    """

    def __init__(self, executor: Executor[Any], acting: Acting) -> None:
        self._executor = executor
        self._acting = acting

    async def run(self, work: Work[Any, R]) -> R:
        """Run the use case; nothing of what it gives is written down."""
        return await self._executor.run(self._acting.recorded(work, lambda result: None))


async def unkept_write_call(request: Request) -> UnkeptWriteCall:
    """The dependency of every route that writes without a receipt."""
    return UnkeptWriteCall(request.app.state.executor, Acting(request, await request.body()))


UnkeptWrite = Annotated[UnkeptWriteCall, Depends(unkept_write_call)]
