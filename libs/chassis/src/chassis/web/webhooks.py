"""What a door for signed messages (Standard Webhooks) tells of itself; its route reads raw bytes, because those are signed."""

from typing import Any

from pydantic import BaseModel

_HEADERS = {
    "webhook-id": "The message's id; a repeat bears the same one",
    "webhook-timestamp": "When it was signed, in seconds since 1970; at most five minutes ago",
    "webhook-signature": "`v1,` and the base64 HMAC-SHA256 of id, timestamp and body, joined by dots; several by blanks",
}


def signed_message(body: type[BaseModel]) -> dict[str, Any]:
    """The route's `openapi_extra`: the signature's headers and the body, and that nobody needs to be signed in."""
    schema = body.model_json_schema()
    return {
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
            for name, text in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _inlined(schema, schema.pop("$defs", {}))}},
        },
    }


def _inlined(node: Any, definitions: dict[str, Any]) -> Any:
    # The framework takes the fragment as it is, and a document has no `$defs` at the place where it lands.
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(definitions[node["$ref"].rsplit("/", 1)[1]], definitions)
    return {name: _inlined(value, definitions) for name, value in node.items()}
