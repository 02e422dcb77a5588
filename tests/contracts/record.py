"""Makes the examples of HTTP doors real: `python -m tests.contracts.record` plays a platform and keeps what was sent and said.

The fullest good answer of every operation replaces its example; secrets are replaced, long lists cut. Run `make contracts` after.
"""

import json
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx

from launcher.ports import free_port_base
from launcher.stack import Stack
from regrade import demo
from regrade.platform import Caller, Refused
from tests.contracts import openapi
from tests.contracts.generate import as_json, write
from tests.contracts.kit import SERVICES
from tests.contracts.samples import example_file, fitted, shown_parts
from tests.journeys.prey import APPLICANT, RIVAL
from tests.journeys.world import Said, World, settled

_SECRETS = {
    "access_token": "eyJhbGciOi…",
    "api_key": "rg_…",
    "client_secret": "…",
    "password": "a long enough password",
    "secret": "rg_…",
    "token": "the token of the mail",
}
_ITEMS_MAX = 2


class Recorder:
    """Sees every request of this process, and keeps the fullest good answer per operation and status."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], dict[str, Any]] = {}
        # The fullest one says most.
        self._lengths: dict[tuple[str, int], int] = {}
        self._doors = [
            (name, method, re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), item[method], openapi.document(name))
            for name in SERVICES
            for path, item in openapi.document(name)["paths"].items()
            for method in openapi.METHODS
            if method in item
        ]

    def listen(self) -> None:
        """From now on."""
        send = httpx.Client.send

        def recorded(client: httpx.Client, request: httpx.Request, **more: Any) -> httpx.Response:
            response = send(client, request, **more)
            self.keep(request, response)
            return response

        httpx.Client.send = recorded  # type: ignore[method-assign,assignment]

    def keep(self, request: httpx.Request, response: httpx.Response) -> None:
        """The request and its answer, where they belong to an operation and the answer says something."""
        if not response.is_success:
            return
        for name, method, path, operation, document in self._doors:
            if method != request.method.lower() or not path.fullmatch(request.url.path):
                continue
            said = {str(response.status_code): _body(response.content), "request": _body(request.content)}
            example = self.kept.setdefault((name, operation["operationId"]), {})
            if len(as_json(said)) > self._lengths.get((operation["operationId"], response.status_code), 0):
                self._lengths[operation["operationId"], response.status_code] = len(as_json(said))
                for part, media in shown_parts(operation).items():
                    if said.get(part):
                        told = _public(said[part])
                        example[part] = fitted(media["schema"], told, document["components"]["schemas"])

    def write(self) -> None:
        """One file per operation."""
        for (name, operation_id), example in self.kept.items():
            if example:
                write(example_file(name, operation_id), as_json(dict(sorted(example.items(), reverse=True))))


def _body(content: bytes) -> Any:
    text = content.decode("utf-8", "replace").strip()
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        # A stream of lines is shown by its first.
        return json.loads(text.split("\n", 1)[0])
    except ValueError:
        return dict(parse_qsl(text))


def _public(value: Any) -> Any:
    if isinstance(value, list):
        return [_public(item) for item in value[:_ITEMS_MAX]]
    if isinstance(value, dict):
        return {
            name: _SECRETS[name] if name in _SECRETS and isinstance(one, str) else _public(one)
            for name, one in value.items()
        }
    return value


def _walk(world: World) -> None:
    """Through the doors that the demo does not open."""
    story, buyer, seller = world.story, world.buyer, world.sellers[0]
    auditor = world.platform.with_key(world.contract["auditor"]["api_key"])
    offer = next(one for one in buyer.caller.get("/v1/offers")["items"] if one["available"] > 2)
    rival = story.buyer(RIVAL)
    waiting = story.place_order(rival, [(offer, 1)], RIVAL.deliver_to(), "PO-4711")
    story.purchase_order(rival, waiting["id"])
    rival.caller.post(f"/v1/orders/{waiting['id']}/cancellation")
    person = world.platform.signed_in(rival.email, rival.password)
    made = person.post("/v1/api-keys", {"name": "warehouse", "scopes": ["orders:read"]})
    world.platform.anybody.post("/v1/activation-mails", {"email": rival.email})
    form = {"grant_type": "client_credentials", "client_id": made["id"], "client_secret": made["client_secret"]}
    plain = httpx.Client(base_url=world.platform.gateway)
    plain.post("/v1/oauth/token", data=form)
    world.platform.anybody.post("/v1/sellers", APPLICANT.seller_application("fr-pro", ["normal"]))
    story.operator.post(f"/v1/operator/sellers/{seller.company_id}/suspension", {"reason": "service_level"})
    operators = {"Authorization": f"Bearer {world.stack.secrets['operator_api_key']}", "Idempotency-Key": "lift"}
    plain.delete(f"/v1/operator/sellers/{seller.company_id}/suspension", headers=operators)
    applicants = story.operator.get("/v1/operator/sellers")["items"]
    for one in applicants:
        if one["state"] == "submitted":
            refusal = {"reason": "documents_missing", "next_step": "Send the extract of the register."}
            _try(story.operator.post, f"/v1/operator/sellers/{one['seller_id']}/rejection", refusal)
    seller_person = world.platform.signed_in(seller.email, seller.password)
    for caller in (buyer.caller, person, seller.caller, seller_person, auditor, story.operator):
        _look_around(caller)
    story.operator.post(f"/v1/operator/companies/{rival.company_id}/closure")
    story.live(0.01)


def _look_around(caller: Caller) -> None:
    """Every list, and the first thing of each. A stream has no end."""
    for path, item in openapi.public_document()["paths"].items():
        if "get" in item and "{" not in path and shown_parts(item["get"]):
            found = _try(caller.get, path)
            items = found.get("items", []) if isinstance(found, dict) else []
            for one in items[:1]:
                ids = [one[name] for name in ("id", "offer_id", "shipment_id") if name in one]
                _try(caller.get, f"{path}/{ids[0]}" if ids else path)


def _try(call: Callable[..., Any], path: str, *more: Any) -> Any:
    try:
        return call(path, *more)
    except (Refused, UnicodeDecodeError, json.JSONDecodeError):
        return None


def main() -> None:
    """A platform of its own, from sign-up to payout."""
    recorder = Recorder()
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder) / "state", free_port_base(), durable=False)
        try:
            stack.start()
            recorder.listen()
            demo.play(stack, Said())
            _walk(settled(stack, Said()))
        finally:
            stack.stop()
            recorder.write()
    all_of_them = {(name, one) for name in SERVICES for one in _operations(name)}
    for name, operation_id in sorted(all_of_them - {key for key, example in recorder.kept.items() if example}):
        sys.stdout.write(f"not seen: {name} {operation_id}\n")


def _operations(name: str) -> list[str]:
    paths = openapi.document(name)["paths"].values()
    operations = [item[method] for item in paths for method in openapi.METHODS if method in item]
    return [one["operationId"] for one in operations if shown_parts(one)]


if __name__ == "__main__":
    main()
