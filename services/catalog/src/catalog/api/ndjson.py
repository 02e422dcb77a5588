"""Reads a push body line by line: what can be read goes in, what cannot is reported by its number."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from catalog.api.plain_lines import plain_reader
from catalog.api.schemas import PushLine
from catalog.api.term_schemas import terms_patch
from catalog.domain.errors import BatchEmpty, BatchTooLong, LineProblem
from catalog.domain.offer import OfferPatch
from catalog.domain.product import ProductSpec, described
from catalog.domain.taxonomy import as_kept
from catalog.use_cases.push_offers import ReadLine
from chassis.kernel.money import Money

L = TypeVar("L", bound=BaseModel)

MEDIA_TYPE = "application/x-ndjson"
MEDIA_TYPES = (MEDIA_TYPE, "application/ndjson", "application/jsonl")
LINES_MAX = 5_000
LINE_BYTES_MAX = 64 * 1024
_BOM = b"\xef\xbb\xbf"
_SKU_SHOWN_MAX = 120
_READER = plain_reader(PushLine)


def read_lines(body: bytes) -> tuple[ReadLine, ...]:
    """All lines that are not blank, under their number in the body; raises BatchEmpty or BatchTooLong."""
    return tuple(read_line(number, raw) for number, raw in numbered_lines(body))


def numbered_lines(body: bytes) -> list[tuple[int, bytes]]:
    """All lines that are not blank, each under its number in the body; raises BatchEmpty or BatchTooLong."""
    numbered = [(n, raw) for n, raw in enumerate(body.removeprefix(_BOM).split(b"\n"), start=1) if raw.strip()]
    if not numbered:
        raise BatchEmpty()
    if len(numbered) > LINES_MAX:
        raise BatchTooLong(f"{len(numbered)} lines, at most {LINES_MAX}", lines_max=LINES_MAX)
    return numbered


def read_as(shape: type[L], raw: bytes) -> L | LineProblem:
    """A line in this shape, or why it cannot be read."""
    if len(raw) > LINE_BYTES_MAX:
        return LineProblem("line_too_large", "The line is too large", f"{len(raw)} bytes, at most {LINE_BYTES_MAX}")
    try:
        return shape.model_validate_json(raw)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        if any(fault["type"] == "json_invalid" for fault in faults):
            return _malformed(faults[0]["msg"])
        return _invalid(faults)


def schema_of(line: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a line with nothing left to look up elsewhere: FastAPI only collects shapes of JSON bodies."""
    schema = line.model_json_schema()
    shapes = schema.pop("$defs", {})

    def inlined(part: Any) -> Any:
        if isinstance(part, list):
            return [inlined(one) for one in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return inlined(shapes[part["$ref"].rsplit("/", 1)[1]])
        return {name: inlined(value) for name, value in part.items()}

    result: dict[str, Any] = inlined(schema)
    return result


def read_line(number: int, raw: bytes) -> ReadLine:
    """One line of JSON: what it asks for, or why it cannot be read."""
    try:
        line = _READER.validate_json(raw) if len(raw) <= LINE_BYTES_MAX else None
    except ValidationError:
        line = None
    if line is not None:
        return ReadLine(number, line["sku"], patch_of(line))
    problem = read_as(PushLine, raw)
    assert isinstance(problem, LineProblem), "the model refuses what its reader refuses"
    return ReadLine(number, _sku(raw) if problem.code == "validation_failed" else None, problem=problem)


def patch_of(line: Mapping[str, Any]) -> OfferPatch:
    """The domain's word for a line, which has the fields of PushLine that were sent."""
    said = line.get
    product, prices, markets, state = said("product"), said("prices"), said("markets"), said("state")
    # By position: thousands of lines come at once.
    return OfferPatch(
        line["sku"],
        _spec(product) if product else None,
        said("grade"),
        _money(said("price")),
        None
        if prices is None
        else {country: Money(price["amount"], price["currency"]) for country, price in prices.items()},
        said("quantity"),
        said("vat_regime"),
        said("ship_from"),
        said("warranty_months"),
        said("battery_health_percent"),
        said("dispatch_business_days"),
        _money(said("shipping_fee")),
        said("as_of"),
        None if markets is None else tuple(dict.fromkeys(markets)),
        None if state is None else state == "paused",
        terms_patch(line),
        said("confirm_price"),
    )


def _spec(product: Mapping[str, Any]) -> ProductSpec:
    said, category, attributes = product.get, product["category"], product.get("attributes")
    return described(
        product["brand"],
        product["model"],
        category,
        said("storage"),
        said("ram"),
        said("color"),
        said("launch_year"),
        said("gtin"),
        said("mpn"),
        as_kept(category, attributes) if attributes else (),
    )


def _money(money: Mapping[str, Any] | None) -> Money | None:
    return None if money is None else Money(money["amount"], money["currency"])


def _malformed(message: str) -> LineProblem:
    return LineProblem("malformed_json", "The line is not valid JSON", message)


def _invalid(faults: Any) -> LineProblem:
    errors = tuple(_pointers(faults))
    return LineProblem("validation_failed", "Some fields are missing or wrong", errors=errors)


def _pointers(faults: Any) -> Iterator[dict[str, Any]]:
    for fault in faults:
        pointer = "".join(f"/{part}" for part in fault["loc"])
        yield {"pointer": pointer, "detail": fault["msg"], "code": fault["type"]}


def _sku(raw: bytes) -> str | None:
    """The SKU of a line that is wrong elsewhere, so that its sender finds it again."""
    try:
        sku = json.loads(raw)["sku"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return sku if isinstance(sku, str) and sku.isprintable() and len(sku) <= _SKU_SHOWN_MAX else None
