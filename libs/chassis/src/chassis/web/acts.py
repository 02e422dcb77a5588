"""What an operator does over HTTP becomes an entry of the audit log, in the transaction of the act.

No route has to think of it: whatever goes through `Write` and comes from a company of kind operator is recorded. The act is
the operation's id, its subject the last id on the path; the service says once per kind of id how that thing looks, and
what differs after the act is what changed.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from fastapi import Request
from fastapi.encoders import jsonable_encoder
from opentelemetry import trace

from chassis.db.executor import Work
from chassis.kernel.audit_log import Act, Actor, Personal, changed, secret_for_hashes
from chassis.kernel.ids import Id
from chassis.web.auth import Subject

R = TypeVar("R")

OPERATOR = "operator"
# How a thing looks: its fields, personal ones as `Personal`; nothing where it is not there.
Look = Callable[[Any, Id], Awaitable[Mapping[str, Any]]]
# By the name of the id on the path.
Looks = Mapping[str, Look]


def look_at(repository: str, fields: Sequence[str], personal: Sequence[str] = ()) -> Look:
    """Of the thing in this repository of the unit of work: these fields, and the personal ones as hashes."""

    async def look(uow: Any, id: Id) -> Mapping[str, Any]:
        found = await getattr(uow, repository).find(id)
        if found is None:
            return {}
        plain = {name: getattr(found, name) for name in fields}
        return plain | {name: Personal(getattr(found, name)) for name in personal}

    return look


def actor_of(subject: Subject) -> Actor:
    """The person in its session, or the key."""
    if subject.session_id is None:
        return Actor("key", subject.id)
    return Actor("person", subject.id, subject.role)


def request_id() -> str | None:
    """The trace that the request is part of, by which logs and events of it are found."""
    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else None


class Acting:
    """One write request, as far as the audit log is concerned."""

    def __init__(self, request: Request, body: bytes) -> None:
        self._request = request
        self._body = body

    def recorded(self, work: Work[Any, R], show: Callable[[R], Any]) -> Work[Any, R]:
        """The work, which also records the act if it is an operator's; `show` gives the answer that the operator gets."""
        subject: Subject | None = getattr(self._request.state, "subject", None)
        if subject is None or subject.kind != OPERATOR:
            return work
        path = dict(self._request.path_params)
        kind, id = _last_id(path) or ("company", str(subject.company_id))
        looks: Looks = getattr(self._request.app.state, "looks", {})
        look = looks.get(f"{kind}_id", _unseen)
        key = secret_for_hashes(self._request.app.state.internal_token)
        code, request, reason = self._request.scope["route"].name, request_id(), self._reason()

        async def act_and_record(uow: Any, now: datetime) -> R:
            before = await look(uow, Id(id))
            result = await work(uow, now)
            details = {
                "changed": changed(before, await look(uow, Id(id)), key),
                "named": {name: str(value) for name, value in path.items()},
                "made": _ids(jsonable_encoder(show(result))),
            }
            shown = {name: value for name, value in details.items() if value}
            await uow.audit_log.record(Act(code, actor_of(subject), kind, id, shown, reason, request), now)
            return result

        return act_and_record

    def _reason(self) -> str | None:
        try:
            reason = json.loads(self._body or b"{}").get("reason")
        except (ValueError, AttributeError):
            return None
        return reason if isinstance(reason, str) else None


async def _unseen(uow: Any, id: Id) -> Mapping[str, Any]:
    return {}


def _last_id(path: Mapping[str, Any]) -> tuple[str, str] | None:
    found = [(name.removesuffix("_id"), str(value)) for name, value in path.items() if name.endswith("_id")]
    return found[-1] if found else None


def _ids(answer: Any) -> dict[str, str]:
    """What the answer names: ids of things, never their contents."""
    if not isinstance(answer, dict):
        return {}
    return {
        name: value
        for name, value in answer.items()
        if isinstance(value, str) and (name == "id" or name.endswith("_id"))
    }
