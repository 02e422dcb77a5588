"""The HTTP contracts: what FastAPI knows of a service, completed with what its doors do by rule, and the one public document."""

import json
import re
import sys
from functools import cache
from typing import Any

from fastapi.routing import APIRoute

from chassis.web.app import make_app
from chassis.web.writes import KEY_LENGTH_MAX
from gateway.domain.routes import service_for
from tests.contracts.kit import SERVICES, service
from tests.contracts.samples import forget_examples, show_example

METHODS = ("get", "put", "post", "delete", "patch")
_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")
_LICENCE = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
_WELCOME = """\
Everything the platform offers to buyers, sellers, operators and auditors.

Send an access token, or an API key of your company, as a bearer. Every write carries an `Idempotency-Key`; a repeat with the
same key and body gets the first answer again with `Idempotent-Replayed: true`. Lists are pages: follow `Link: rel="next"` or
pass `next_cursor` as `cursor`. Amounts are integers in minor units. Refusals are problem documents (RFC 9457) whose `code` is
stable. The test clock exists in sandbox mode only.

The events behind it are described in `contracts/asyncapi` and `contracts/events`."""

_SERVERS = [
    {"url": "/", "description": "The gateway that serves this document"},
    {"url": "http://127.0.0.1:8080", "description": "`make run`"},
]

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "A refusal (RFC 9457). `code` is stable; `title` is the sentence for people. More facts may follow.",
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri", "examples": ["urn:regrade:problem:not_found"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string", "pattern": "^[a-z0-9_]+$", "examples": ["not_found"]},
        "detail": {"type": "string"},
        "errors": {
            "description": "With `validation_failed`: every fault, with a JSON pointer to its place",
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail", "code"],
                "properties": {
                    "pointer": {"type": "string"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
    "additionalProperties": True,
}
_REFUSALS = {
    "400": ("Malformed", "The request could not be read, or its Idempotency-Key is missing"),
    "401": ("NotSignedIn", "A valid token or API key is needed"),
    "403": ("Forbidden", "Your sign-in does not allow this"),
    "404": ("NotFound", "There is no such thing, or it is not yours"),
    "409": ("WrongState", "The state of the thing does not allow this, or the same Idempotency-Key is still at work"),
    "410": ("Gone", "What you ask for is no longer kept"),
    "412": ("Overtaken", "The object is no longer as the If-Match header has it; read it again"),
    "413": ("TooLarge", "The request body is too large"),
    "422": ("Invalid", "Some fields are missing or wrong, or the Idempotency-Key was used for another request"),
    "428": ("MatchRequired", "An If-Match header with the object's ETag is needed"),
    "429": ("TooManyRequests", "Too many requests; Retry-After says when to come again"),
    "503": ("Unavailable", "Not available at the moment; repeat the request with the same Idempotency-Key"),
}
# A refusal as one meets it: the code behind each status that most callers see first.
_CODES = {
    "400": ("idempotency_key_required", "Every write needs an Idempotency-Key header"),
    "401": ("not_signed_in", "A valid token is needed"),
    "403": ("scope_missing", "Your sign-in does not allow this"),
    "404": ("not_found", "There is no such thing, or it is not yours"),
    "409": ("idempotency_key_in_progress", "A request with this Idempotency-Key is still being worked on"),
    "410": ("changes_forgotten", "Changes that long ago are not kept: read all offers anew"),
    "412": ("stale_version", "The object was changed by somebody else in the meantime"),
    "413": ("body_too_large", "The request body is too large"),
    "422": ("validation_failed", "Some fields are missing or wrong"),
    "428": ("if_match_required", "An If-Match header with the object's ETag is needed"),
    "429": ("too_many_requests", "Too many requests"),
    "503": ("database_unavailable", "The database does not answer at the moment"),
}
# OAuth libraries read only the shape of RFC 6749.
_OAUTH_REFUSAL = {
    "description": "A refusal in the words of RFC 6749, section 5.2",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["error"],
                "properties": {
                    "error": {
                        "type": "string",
                        "enum": ["invalid_request", "invalid_client", "unsupported_grant_type", "invalid_scope"],
                    }
                },
            }
        }
    },
}


@cache
def document(name: str) -> dict[str, Any]:
    """The public operations of one service; internal paths are in no document."""
    built = service(name)
    app = make_app(title=f"Regrade {name}", description=built.description, routers=built.routers)
    made: dict[str, Any] = json.loads(json.dumps(app.openapi()))
    made["info"] = {**made["info"], "license": _LICENCE}
    for path, item in made["paths"].items():
        for method in METHODS:
            if method in item:
                _complete(path, method, item[method])
                show_example(name, item[method])
    made["servers"] = _SERVERS
    made["tags"] = _tags(name)
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for own in _FRAMEWORKS_OWN:
        schemas.pop(own, None)
    schemas["Problem"] = PROBLEM
    text = json.dumps(made["paths"])
    components["responses"] = {
        title: _refusal(status, meaning)
        for status, (title, meaning) in _REFUSALS.items()
        if f'"#/components/responses/{title}"' in text
    }
    return made


@cache
def public_document() -> dict[str, Any]:
    """What the gateway serves: the operations of all services behind it, and its own."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    responses: dict[str, Any] = {}
    clashes = _clashes()
    for name in SERVICES:
        own = _with_prefix(document(name), name, clashes)
        schemas.update(own["components"]["schemas"])
        responses.update(own["components"]["responses"])
        for path, item in own["paths"].items():
            if name not in (service_for(path), "gateway"):
                continue
            for method in METHODS:
                if method in item:
                    item[method]["tags"] = [name]
            paths[path] = {**paths.get(path, {}), **item}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Regrade", "description": _WELCOME, "version": "1", "license": _LICENCE},
        "servers": _SERVERS,
        "tags": [{"name": name, "description": service(name).description} for name in SERVICES],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": dict(sorted(responses.items())),
            "securitySchemes": document("gateway")["components"]["securitySchemes"],
        },
    }


def forget() -> None:
    """The files that documents are made of have changed: make them anew."""
    document.cache_clear()
    public_document.cache_clear()
    forget_examples()


def _tags(name: str) -> list[dict[str, str]]:
    """The tags of a service's routes, each introduced by the first line of the modules that use it."""
    found: dict[str, list[str]] = {}
    routes = [route for router in service(name).routers for route in router.routes if isinstance(route, APIRoute)]
    for route in routes:
        sentence = (sys.modules[route.endpoint.__module__].__doc__ or "").strip().split("\n")[0]
        for tag in route.tags if route.include_in_schema else ():
            if sentence not in found.setdefault(str(tag), []):
                found[str(tag)].append(sentence)
    return [{"name": tag, "description": "\n\n".join(sentences)} for tag, sentences in sorted(found.items())]


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    operation.setdefault("security", [])
    writes = method != "get"
    statuses = ["400", "404", "422", "429", "503"]
    if operation["security"] or writes:
        statuses += ["401", "403"]
    if writes:
        statuses += ["409"]
    if "requestBody" in operation:
        statuses += ["413"]
    if match := [one for one in operation.get("parameters", []) if one["name"] == "if-match"]:
        statuses += ["412", "428"]
        _ask_for_version(match[0])
    # Every refusal has the one shape, whether the route named it or not.
    statuses += [status for status in operation["responses"] if status in _REFUSALS and status not in statuses]
    answers = {status: answer for status, answer in operation["responses"].items() if status not in _REFUSALS}
    refusals = {status: {"$ref": f"#/components/responses/{_REFUSALS[status][0]}"} for status in statuses}
    operation["responses"] = dict(sorted({**refusals, **answers}.items()))
    if path == "/v1/oauth/token":
        operation["responses"] |= {"400": _OAUTH_REFUSAL, "401": _OAUTH_REFUSAL}
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "header" and parameter["name"] == "idempotency-key":
            _ask_for_key(parameter)
            _tell_repeats(operation)


def _ask_for_version(parameter: dict[str, Any]) -> None:
    # As with the key: it is asked for only once the caller is known.
    parameter |= {"name": "If-Match", "required": True, "schema": {"type": "string", "example": '"v7"'}}


def _ask_for_key(parameter: dict[str, Any]) -> None:
    # The framework thinks it optional, because it is asked for only once the caller is known.
    shape = next(one for one in parameter["schema"]["anyOf"] if one["type"] == "string")
    parameter |= {
        "name": "Idempotency-Key",
        "required": True,
        "schema": {**shape, "minLength": 1, "maxLength": KEY_LENGTH_MAX},
    }


def _tell_repeats(operation: dict[str, Any]) -> None:
    replayed = {"description": "`true` where this is the first answer again", "schema": {"const": "true"}}
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            answer["headers"] = {**answer.get("headers", {}), "Idempotent-Replayed": replayed}


def _refusal(status: str, text: str) -> dict[str, Any]:
    code, title = _CODES[status]
    example = {"type": f"urn:regrade:problem:{code}", "title": title, "status": int(status), "code": code}
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    answer: dict[str, Any] = {"description": text, "content": {"application/problem+json": problem}}
    if status in ("429", "503"):
        wait = {"description": "Seconds; with every 429", "schema": {"type": "integer"}}
        answer["headers"] = {"Retry-After": wait}
    return answer


def _clashes() -> set[str]:
    """Names of components that mean different things in different services."""
    meanings: dict[str, set[str]] = {}
    for name in SERVICES:
        for title, schema in document(name)["components"]["schemas"].items():
            meanings.setdefault(title, set()).add(json.dumps(schema, sort_keys=True))
    unlike = {title for title, found in meanings.items() if len(found) > 1}
    # What looks alike but refers to something unlike is unlike too.
    while True:
        more = {title for title, found in meanings.items() if _refers(next(iter(found)), unlike)} - unlike
        shared = {title for title in more if sum(title in document(n)["components"]["schemas"] for n in SERVICES) > 1}
        if not shared:
            return unlike
        unlike |= shared


def _refers(text: str, titles: set[str]) -> bool:
    return any(title in titles for title in re.findall(r"#/components/schemas/(\w+)", text))


def _with_prefix(document: dict[str, Any], name: str, clashes: set[str]) -> dict[str, Any]:
    def renamed(title: str) -> str:
        return f"{name.capitalize()}{title}" if title in clashes else title

    text = re.sub(
        r"#/components/schemas/(\w+)",
        lambda found: f"#/components/schemas/{renamed(found[1])}",
        json.dumps(document),
    )
    copy: dict[str, Any] = json.loads(text)
    schemas = copy["components"]["schemas"]
    copy["components"]["schemas"] = {renamed(title): schema for title, schema in schemas.items()}
    for title in clashes:
        if title in schemas and "title" in schemas[title]:
            schemas[title]["title"] = renamed(title)
    return copy
