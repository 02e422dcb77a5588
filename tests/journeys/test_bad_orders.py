"""Orders, parcels, stock and accounts with every wrong value that came to mind: each is named, and nothing changed."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from regrade import demo
from tests.journeys.doors import NOBODY
from tests.journeys.people import People, faults_of, refused
from tests.journeys.prey import NEWCOMER, Prey, application, seller_application

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("unchanged")]

INVALID = (422, "validation_failed")


def line(prey: Prey, **changes: Any) -> dict[str, Any]:
    return {"offer_id": prey.offer["id"], "quantity": 1, **changes}


@pytest.mark.parametrize("quantity", [0, -1, 10**30, 1.5, 1.0, "1", True, None, [1]])
def test_a_quantity_is_a_whole_number_within_reason(prey: Prey, people: People, quantity: Any) -> None:
    body = prey.order(lines=[line(prey, quantity=quantity)])
    problem = refused(people.write("buyer", "POST", "/v1/orders", json=body), *INVALID)
    assert {pointer for pointer, _ in faults_of(problem)} == {"/body/lines/0/quantity"}


@pytest.mark.parametrize("amount", [-1, 1.5, "38900", True, None, 10**30])
def test_a_price_is_a_whole_number_of_minor_units(prey: Prey, people: People, amount: Any) -> None:
    price = {"amount": amount, "currency": "EUR"}
    body = prey.order(lines=[line(prey, unit_price=price)])
    problem = refused(people.write("buyer", "POST", "/v1/orders", json=body), *INVALID)
    assert {pointer for pointer, _ in faults_of(problem)} == {"/body/lines/0/unit_price/amount"}


ORDERS: dict[str, tuple[Callable[[Prey], dict[str, Any]], int, str]] = {
    "no lines": (lambda prey: prey.order(lines=[]), *INVALID),
    "201 lines": (lambda prey: prey.order(lines=[line(prey, offer_id=str(uuid4())) for _ in range(201)]), *INVALID),
    "the same offer twice": (lambda prey: prey.order(lines=[line(prey), line(prey)]), *INVALID),
    "an offer that is no id": (lambda prey: prey.order(lines=[line(prey, offer_id="x' or 1=1 --")]), *INVALID),
    "a currency the market does not take": (lambda prey: prey.order(currency="USD"), 422, "currency_not_accepted"),
    "a currency that is none": (lambda prey: prey.order(currency="euro"), *INVALID),
    "a price in another currency": (
        lambda prey: prey.order(lines=[line(prey, unit_price={"amount": 99_999_999, "currency": "USD"})]),
        422,
        "currency_not_accepted",
    ),
    "a price country without prices": (
        lambda prey: prey.order(price_country="BR"),
        422,
        "price_country_not_served",
    ),
    "a country that is not served": (
        lambda prey: prey.order(deliver_to={**demo.BUYER.deliver_to(), "country": "BR"}),
        422,
        "country_not_served",
    ),
    "an address with a line break": (
        lambda prey: prey.order(deliver_to={**demo.BUYER.deliver_to(), "street": "1 rue\r\nBcc: all"}),
        *INVALID,
    ),
    "an address with a field too many": (
        lambda prey: prey.order(deliver_to={**demo.BUYER.deliver_to(), "buyer_id": NOBODY}),
        *INVALID,
    ),
    "a line with a price of its own making": (lambda prey: prey.order(lines=[line(prey, net=1)]), *INVALID),
    "another buyer": (lambda prey: prey.order(buyer_id=prey.rival.company_id), *INVALID),
    "a reference too long": (lambda prey: prey.order(buyer_reference="x" * 101), *INVALID),
}


@pytest.mark.parametrize("fault", ORDERS)
def test_an_order_with_a_fault_is_not_taken(prey: Prey, people: People, fault: str) -> None:
    body, status, code = ORDERS[fault]
    refused(people.write("buyer", "POST", "/v1/orders", json=body(prey)), status, code)


def test_a_completed_order_cannot_be_cancelled(prey: Prey, people: People) -> None:
    refused(people.write("buyer", "POST", f"/v1/orders/{prey.completed}/cancellation"), 409, "order_move_refused")


def spoilt_parcel(prey: Prey, spoil: Callable[[list[dict[str, Any]]], object]) -> dict[str, Any]:
    parcel = prey.parcel()
    spoil(parcel["lines"][0]["units"])
    return parcel


PARCELS: dict[str, tuple[Callable[[Prey], dict[str, Any]], int, str]] = {
    "a unit too few": (lambda prey: spoilt_parcel(prey, lambda units: units.pop()), 422, "units_do_not_match"),
    "a unit too many": (
        lambda prey: spoilt_parcel(prey, lambda units: units.append({"serial": "SN12345678"})),
        422,
        "units_do_not_match",
    ),
    "a unit twice": (lambda prey: spoilt_parcel(prey, lambda units: units.__setitem__(1, units[0])), 422, "unit_twice"),
    "an IMEI with a wrong check digit": (
        lambda prey: spoilt_parcel(prey, lambda units: units.__setitem__(0, {"imei": "353456789012345"})),
        422,
        "imei_invalid",
    ),
    "a unit with two numbers": (
        lambda prey: spoilt_parcel(prey, lambda units: units[0].update(serial="SN12345678")),
        *INVALID,
    ),
    "a line that was not ordered": (
        lambda prey: prey.parcel(lines=[*prey.parcel()["lines"], {"line_no": 2, "units": [{"serial": "SN12345678"}]}]),
        422,
        "units_do_not_match",
    ),
    "no lines": (lambda prey: prey.parcel(lines=[]), *INVALID),
    "a line number as text": (
        lambda prey: prey.parcel(lines=[{**prey.parcel()["lines"][0], "line_no": "1"}]),
        *INVALID,
    ),
    "no tracking number": (lambda prey: prey.parcel(tracking_number="  "), *INVALID),
    "another seller": (lambda prey: prey.parcel(seller_id=NOBODY), *INVALID),
}


@pytest.mark.parametrize("fault", PARCELS)
def test_a_parcel_with_a_fault_is_not_sent(prey: Prey, people: People, fault: str) -> None:
    body, status, code = PARCELS[fault]
    path = f"/v1/seller/orders/{prey.to_ship['id']}/shipments"
    refused(people.write("seller", "POST", path, json=body(prey)), status, code)


@pytest.mark.parametrize(
    ("media_type", "content", "status", "code"),
    [
        ("application/json", b'{"sku": "A"}', 415, "unsupported_media_type"),
        ("text/csv", b"sku,quantity", 415, "unsupported_media_type"),
        ("application/x-ndjson", b"", 422, "batch_empty"),
        ("application/x-ndjson", b"\n\n  \n", 422, "batch_empty"),
        ("application/x-ndjson", b'{"sku": "A", "quantity": 1}\n' * 5_001, 422, "batch_too_long"),
    ],
)
def test_a_push_that_is_no_push_is_refused_whole(
    people: People, media_type: str, content: bytes, status: int, code: str
) -> None:
    headers = {"Content-Type": media_type}
    refused(people.write("seller", "PATCH", "/v1/seller/offers", content=content, headers=headers), status, code)


SIGN_UPS: dict[str, tuple[str, dict[str, Any], int, str]] = {
    "a buyer in a country that is not served": (
        "/v1/companies",
        {"country": "BR", "vat_number": None},
        422,
        "country_not_served",
    ),
    "a buyer in a market that is not there": ("/v1/companies", {"market": "no-shop"}, 422, "unknown_market"),
    "a buyer with a wrong VAT number": ("/v1/companies", {"vat_number": "FR00000000000"}, 422, "vat_number_invalid"),
    "a buyer who makes itself an operator": ("/v1/companies", {"kind": "operator"}, *INVALID),
    "a buyer whose name is a mail header": ("/v1/companies", {"legal_name": "A SAS\r\nBcc: all@example.org"}, *INVALID),
    "a seller with a wrong IBAN": ("/v1/sellers", {"payout_iban": "FR7630004000031234567890144"}, 422, "iban_invalid"),
    "a seller without a VAT number at home": (
        "/v1/sellers",
        {"vat_numbers": {"DE": "DE136695976"}},
        422,
        "vat_numbers_missing",
    ),
    "a seller for no market": ("/v1/sellers", {"markets": []}, *INVALID),
    "a seller for a market that is not there": ("/v1/sellers", {"markets": ["no-shop"]}, 422, "unknown_market"),
    "a seller who approves itself": ("/v1/sellers", {"state": "active"}, *INVALID),
}


@pytest.mark.parametrize("fault", SIGN_UPS)
def test_a_sign_up_with_a_fault_makes_no_company(people: People, fault: str) -> None:
    path, changes, status, code = SIGN_UPS[fault]
    honest = application(NEWCOMER) if path == "/v1/companies" else seller_application(NEWCOMER)
    honest["contact"] = {"email": f"{uuid4().hex}@imprimerie.example", "name": "Service"}
    refused(people.write(None, "POST", path, json={**honest, **changes}), status, code)


@pytest.mark.parametrize(
    ("who", "path", "body", "status", "code"),
    [
        ("buyer", "/v1/api-keys", {"name": "x", "scopes": ["operator:money"]}, 403, "scopes_not_yours"),
        ("buyer", "/v1/api-keys", {"name": "x", "scopes": ["stock:write"]}, 403, "scopes_not_yours"),
        ("buyer", "/v1/api-keys", {"name": "x", "scopes": []}, *INVALID),
        ("applicant", "/v1/sellers/me/mandate", {"accepted": False}, 422, "mandate_not_accepted"),
        ("applicant", "/v1/sellers/me/mandate", {"version": "0"}, 422, "mandate_version_unknown"),
        ("applicant", "/v1/sellers/me/mandate", {}, 409, "seller_state"),
        ("operator", "/v1/operator/sellers/{applicant}/rejection", {"reason": "because", "next_step": "x"}, *INVALID),
        ("operator", f"/v1/operator/sellers/{NOBODY}/approval", None, 404, "seller_not_found"),
        ("operator", "/v1/operator/sellers/no-id/approval", None, *INVALID),
        ("operator", f"/v1/operator/companies/{NOBODY}/closure", None, 404, "company_not_found"),
        ("operator", "/v1/test-clock/advances", {"seconds": 0}, *INVALID),
        ("operator", "/v1/test-clock/advances", {"seconds": -60}, *INVALID),
        ("operator", "/v1/test-clock/advances", {"seconds": "60"}, *INVALID),
        ("operator", "/v1/test-clock/advances", {"seconds": 400 * 24 * 3600 + 1}, *INVALID),
        ("operator", "/v1/test-clock/advances", {}, *INVALID),
        ("operator", "/v1/test-clock/advances", {"seconds": 1, "to": "2030-01-01T00:00:00Z"}, *INVALID),
        ("operator", "/v1/test-clock/advances", {"to": "2030-01-01T00:00:00"}, *INVALID),
        ("operator", "/v1/test-clock/advances", {"to": "1999-01-01T00:00:00Z"}, 422, "target_in_the_past"),
        ("operator", "/v1/test-clock/advances", {"to": "9999-12-31T23:59:59Z"}, 422, "target_too_far"),
        ("operator", f"/v1/operator/parked/nothing/x:y/{NOBODY}/redrive", None, 422, "no_such_service"),
        ("operator", "/v1/operator/parked/orders/x:y/no-id/redrive", None, *INVALID),
    ],
)
def test_a_wrong_value_is_named(
    prey: Prey, people: People, who: str, path: str, body: dict[str, Any] | None, status: int, code: str
) -> None:
    if path.endswith("/mandate"):
        version = people.read("applicant", path)["version"]
        body = {"version": version, "accepted": True, "signatory": "Direction", **(body or {})}
    request = {} if body is None else {"json": body}
    refused(people.write(who, "POST", path.format(applicant=prey.applicant_id), **request), status, code)


def test_a_wrong_password_an_unknown_address_and_an_account_never_activated_sound_alike(
    prey: Prey, people: People
) -> None:
    answers = [
        people.ask(None, "POST", "/v1/sessions", json={"email": email, "password": "not the password"})
        for email in (prey.rival.email, f"{uuid4().hex}@nobody.example", "achats@cabinet-lumiere.example")
    ]
    for answer in answers:
        refused(answer, 401, "sign_in_refused")
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize(
    ("token", "password", "status", "code"),
    [
        ("garbage", "a password long enough", 422, "activation_link_invalid"),
        (None, "too short", 422, "password_too_short"),
        (None, "x" * 300, 422, "password_too_long"),
    ],
)
def test_an_activation_with_a_fault_is_refused(
    prey: Prey, people: People, token: str | None, password: str, status: int, code: str
) -> None:
    body = {"token": token or prey.activation_token, "password": password}
    refused(people.ask(None, "POST", "/v1/activations", json=body), status, code)


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": NOBODY, "client_secret": "x"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "\x00", "client_secret": "x"}, 401, "invalid_client"),
        ({"grant_type": ["client_credentials", "password"]}, 400, "invalid_request"),
        ({str(n): "x" for n in range(30)}, 400, "invalid_request"),
    ],
)
def test_oauth_refuses_in_the_words_of_its_own_standard(
    people: People, form: dict[str, Any], status: int, error: str
) -> None:
    answer = people.ask(None, "POST", "/v1/oauth/token", data=form)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


def test_oauth_gives_no_more_than_the_key_has(prey: Prey, people: People) -> None:
    _, key_id, secret = prey.world.buyer.api_key.split("_")
    form = {"grant_type": "client_credentials", "client_id": key_id, "client_secret": secret}
    granted = people.ask(None, "POST", "/v1/oauth/token", data={**form, "scope": "orders:read"})
    assert granted.json()["scope"] == "orders:read"
    more = people.ask(None, "POST", "/v1/oauth/token", data={**form, "scope": "operator:money"})
    assert (more.status_code, more.json()) == (400, {"error": "invalid_scope"})
