"""Reading a push body: a line that cannot be read is reported by its number, its SKU where it has one, and a name."""

import json
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from catalog.api.ndjson import LINE_BYTES_MAX, LINES_MAX, read_lines
from catalog.api.plain_lines import plain_reader
from catalog.api.schemas import PushLine
from catalog.domain.errors import BatchEmpty, BatchTooLong
from catalog.main import ROUTERS
from chassis.web.app import make_app

from ..builders import IPHONE, a_line, a_patch


def test_a_line_says_what_the_domain_reads() -> None:
    (line,) = read_lines(json.dumps(a_line("A-1")).encode())
    assert (line.line, line.sku, line.patch) == (1, "A-1", a_patch("A-1", product=IPHONE))


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"quantity": -1}, "/quantity"),
        ({"quantity": "5"}, "/quantity"),
        ({"quantity": 5.0}, "/quantity"),
        ({"quantity": 1_000_001}, "/quantity"),
        ({"price": {"amount": 0, "currency": "EUR"}}, "/price/amount"),
        ({"price": {"amount": 389.0, "currency": "EUR"}}, "/price/amount"),
        ({"price": {"amount": 38_900, "currency": "euro"}}, "/price/currency"),
        ({"grade": "Very Good"}, "/grade"),
        ({"vat_regime": "none"}, "/vat_regime"),
        ({"ship_from": "France"}, "/ship_from"),
        ({"as_of": "2026-11-21T08:00:00"}, "/as_of"),
        ({"battery_health_percent": 101}, "/battery_health_percent"),
        ({"markets": []}, "/markets"),
        ({"colour": "Blue"}, "/colour"),
        ({"sku": ""}, "/sku"),
        ({"sku": " A"}, "/sku"),
        ({"sku": "A\x00"}, "/sku"),
        ({"product": {"brand": "Apple", "model": "iPhone 13", "category": "toaster"}}, "/product/category"),
        ({"product": {"brand": "Apple", "model": "\x00", "category": "smartphone"}}, "/product/model"),
    ],
)
def test_a_wrong_field_is_pointed_at(changes: dict[str, Any], pointer: str) -> None:
    (line,) = read_lines(json.dumps(a_line(**changes)).encode())
    assert line.patch is None
    assert line.problem is not None
    assert line.problem.code == "validation_failed"
    assert [error["pointer"] for error in line.problem.errors] == [pointer]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"{", "malformed_json"),
        (b'{"sku": "\xff"}', "malformed_json"),
        (b'{"sku": "\\ud800"}', "malformed_json"),
        (b"[1]", "validation_failed"),
        (b"null", "validation_failed"),
        (b"{}", "validation_failed"),
        (b'{"sku": "A", "product": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "malformed_json"),
        (b'{"sku": "' + b"A" * LINE_BYTES_MAX + b'"}', "line_too_large"),
    ],
)
def test_an_unreadable_line_is_named_and_the_next_is_read(raw: bytes, code: str) -> None:
    wrong, right = read_lines(raw + b"\n" + json.dumps(a_line("B")).encode())
    assert wrong.problem is not None
    assert (wrong.line, wrong.problem.code) == (1, code)
    assert (right.line, right.sku, right.problem) == (2, "B", None)


def test_a_wrong_line_is_found_again_by_its_sku() -> None:
    (line,) = read_lines(json.dumps(a_line("A-1", quantity=-1)).encode())
    assert line.sku == "A-1"


def test_null_is_as_good_as_not_sent() -> None:
    (line,) = read_lines(b'{"sku": "A-1", "price": null, "quantity": 3}')
    assert line.patch is not None
    assert (line.patch.price, line.patch.quantity) == (None, 3)


def test_a_body_needs_a_line_and_not_too_many() -> None:
    with pytest.raises(BatchEmpty):
        read_lines(b"\r\n \n")
    with pytest.raises(BatchTooLong):
        read_lines(b"{}\n" * (LINES_MAX + 1))
    assert len(read_lines(b"{}\n" * LINES_MAX)) == LINES_MAX


def test_the_published_schema_leaves_nothing_to_look_up_and_admits_a_line() -> None:
    app = make_app(title="catalog", description="", routers=ROUTERS)
    operation = app.openapi()["paths"]["/v1/seller/offers"]["patch"]
    schema = operation["requestBody"]["content"]["application/x-ndjson"]["schema"]
    assert "$ref" not in json.dumps(schema)
    jsonschema.validate(a_line(), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(a_line(quantity=-1), schema)
    assert operation["responses"]["200"]["content"].keys() == {"application/x-ndjson"}


@pytest.mark.parametrize(
    ("said", "is_taken"),
    [
        ('"quantity":5', True),
        ('"quantity":null', True),
        ('"quantity":"5"', False),
        ('"quantity":true', False),
        ('"price":{"amount":1,"currency":"EUR"}', True),
        ('"price":{"amount":0,"currency":"EUR"}', False),
        ('"price":{"amount":1,"currency":"EUR","vat":1}', False),
        ('"prices":{"DE":{"amount":1,"currency":"EUR"}}', True),
        ('"prices":{"de":{"amount":1,"currency":"EUR"}}', False),
        ('"product":{"brand":"A","model":"B","category":"laptop","attributes":{"screen_inches":13.3}}', True),
        ('"product":{"brand":"A","model":"B","category":"toaster"}', False),
        ('"product":{"brand":"A"}', False),
        ('"as_of":"2026-01-01T00:00:00Z"', True),
        ('"as_of":"2026-01-01T00:00:00"', False),
        ('"in_refurbishment":[{"quantity":1,"ready_on":"2026-01-01"}]', True),
        ('"in_refurbishment":[{"quantity":1,"ready_on":"soon"}]', False),
        ('"options":[{"code":"a","kind":"other","title":" A ","price":{"amount":0,"currency":"EUR"}}]', True),
        ('"options":[{"code":"a","kind":"other","title":"A\\nB","price":{"amount":0,"currency":"EUR"}}]', False),
        ('"colour":"red"', False),
    ],
)
def test_the_reader_takes_what_the_model_takes_and_means_the_same(said: str, is_taken: bool) -> None:
    line = f'{{"sku":"A-1",{said}}}'.encode()
    reader = plain_reader(PushLine)
    if not is_taken:
        with pytest.raises(ValidationError):
            reader.validate_json(line)
        with pytest.raises(ValidationError):
            PushLine.model_validate_json(line)
        return
    read = reader.validate_json(line)
    assert read == PushLine.model_validate_json(line).model_dump(exclude_unset=True)
