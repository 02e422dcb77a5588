"""What the last release promised still holds, and whoever would break it is told in words."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.contracts.kit import CONTRACTS, read
from tests.contracts.promises import RELEASED_EVENTS, RELEASED_HTTP, broken_events, broken_http, events_today

PUBLIC = CONTRACTS / "openapi" / "gateway.json"
ADVICE = "; on purpose? Then say it in the release notes and run `make release-contracts`"


def test_clients_of_the_last_release_can_go_on() -> None:
    broken = list(broken_http(read(RELEASED_HTTP), read(PUBLIC)))
    assert broken == [], ADVICE


def test_readers_of_the_last_release_can_go_on() -> None:
    broken = list(broken_events(read(RELEASED_EVENTS), events_today()))
    assert broken == [], ADVICE


Spoil = Callable[[dict[str, Any]], None]


def order_door(document: dict[str, Any]) -> Any:
    return document["paths"]["/v1/orders"]["post"]


def shape(document: dict[str, Any], name: str) -> Any:
    return document["components"]["schemas"][name]


def remove_operation(document: dict[str, Any]) -> None:
    del document["paths"]["/v1/orders"]["post"]


def rename_operation(document: dict[str, Any]) -> None:
    order_door(document)["operationId"] = "buy"


def stop_answering_202(document: dict[str, Any]) -> None:
    del order_door(document)["responses"]["202"]


def answer_with_html(document: dict[str, Any]) -> None:
    order_door(document)["responses"]["201"]["content"] = {"text/html": {}}


def remove_answer_field(document: dict[str, Any]) -> None:
    del shape(document, "OrderBody")["properties"]["hold_until"]


def make_answer_field_optional(document: dict[str, Any]) -> None:
    shape(document, "OrderBody")["required"].remove("state")


def change_type_of_answer_field(document: dict[str, Any]) -> None:
    shape(document, "OrderBody")["properties"]["number"] = {"type": "string"}


def let_answer_field_be_null(document: dict[str, Any]) -> None:
    shape(document, "OrderBody")["properties"]["number"] = {"anyOf": [{"type": "integer"}, {"type": "null"}]}


def add_a_state(document: dict[str, Any]) -> None:
    shape(document, "OrderState")["enum"].append("dreamt_of")


def require_a_new_field(document: dict[str, Any]) -> None:
    body = shape(document, "PlaceOrderBody")
    body["properties"]["loading_dock"] = {"type": "string"}
    body["required"].append("loading_dock")


def refuse_a_known_field(document: dict[str, Any]) -> None:
    del shape(document, "PlaceOrderBody")["properties"]["buyer_reference"]


def take_fewer_lines(document: dict[str, Any]) -> None:
    shape(document, "PlaceOrderBody")["properties"]["lines"]["maxItems"] = 1


def require_a_parameter(document: dict[str, Any]) -> None:
    order_door(document)["parameters"].append(
        {"name": "channel", "in": "query", "required": True, "schema": {"type": "string"}}
    )


def lose_a_filter(document: dict[str, Any]) -> None:
    listing = document["paths"]["/v1/orders"]["get"]
    listing["parameters"] = [one for one in listing["parameters"] if one["name"] != "updated_since"]


def ask_for_a_sign_in(document: dict[str, Any]) -> None:
    document["paths"]["/v1/companies"]["post"]["security"] = [{"bearer": []}]


SAID: dict[Spoil, str] = {
    remove_operation: "create_order: POST /v1/orders is gone",
    rename_operation: "create_order: is called buy now, and generated clients go by the name",
    stop_answering_202: "create_order: never answers 202 any more",
    answer_with_html: "create_order: answer 201 is not application/json any more",
    remove_answer_field: "create_order: answer 201: hold_until is gone",
    make_answer_field_optional: "create_order: answer 201: state may be absent",
    change_type_of_answer_field: "create_order: answer 201: number may be string instead of integer",
    let_answer_field_be_null: "create_order: answer 201: number may be null instead of integer",
    add_a_state: "create_order: answer 201: state may be dreamt_of",
    require_a_new_field: "create_order: request: what was accepted is not: loading_dock is required",
    refuse_a_known_field: "create_order: request: what was accepted is not: buyer_reference is not known",
    take_fewer_lines: "create_order: request: what was accepted is not: lines may have a maxItems above 1",
    require_a_parameter: "create_order: query parameter channel is required now",
    lose_a_filter: "list_orders: query parameter updated_since is gone",
    ask_for_a_sign_in: "register_company: needs a sign-in now",
}


@pytest.mark.parametrize("spoil", SAID, ids=lambda spoil: spoil.__name__)
def test_a_change_that_breaks_clients_is_said(spoil: Spoil) -> None:
    old = read(PUBLIC)
    new = deepcopy(old)
    spoil(new)
    assert SAID[spoil] in broken_http(old, new)


def test_a_change_that_only_adds_breaks_nobody() -> None:
    old = read(PUBLIC)
    new = deepcopy(old)
    shape(new, "OrderBody")["properties"]["gift_wrapped"] = {"type": "boolean"}
    shape(new, "PlaceOrderBody")["properties"]["loading_dock"] = {"type": "string"}
    shape(new, "PlaceOrderBody")["properties"]["lines"]["maxItems"] += 1
    new["paths"]["/v1/wishes"] = new["paths"]["/v1/orders"]
    new["paths"]["/v1/companies"]["post"]["responses"]["202"] = {"description": "Taken down"}
    assert list(broken_http(old, new)) == []


def test_a_change_that_breaks_readers_is_said() -> None:
    old = events_today()
    new = deepcopy(old)
    held = new["orders.order.held.v1"]
    held["required"].remove("hold_until")
    held["properties"]["number"] = {"type": "string"}
    del new["orders.seller_order.opened.v1"]["properties"]["shipping_fee"]
    new["orders.order.paid_for.v1"] = new.pop("orders.order.secured.v1")
    said = set(broken_events(old, new))
    assert "orders.order.held.v1: hold_until may be absent" in said
    assert "orders.order.held.v1: number may be string instead of integer" in said
    assert "orders.seller_order.opened.v1: shipping_fee is gone" in said
    assert "orders.order.secured.v1 is gone: keep telling it beside its successor" in said
    assert len(said) == 4


def test_a_fact_that_grows_breaks_nobody() -> None:
    old = events_today()
    new = deepcopy(old)
    new["orders.order.held.v1"]["properties"]["mood"] = {"type": "string"}
    new["orders.order.forgotten.v1"] = new["orders.order.held.v1"]
    assert list(broken_events(old, new)) == []
