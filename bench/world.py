"""Who trades in the bench: buyers enough that no cap of unpaid holds is met, one seller, and 10,000 offers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from chassis.web.internal import INTERNAL_TOKEN_HEADER
from launcher.stack import Stack
from regrade import demo
from regrade.platform import Platform
from regrade.story import CompanyCard, Member, Story

OFFERS = 10_000
LINES_A_PUSH = 5_000
MODELS = 500
# A buyer that the operator trusts may hold 10,000 units unpaid; each order takes one.
BUYERS = 4
_UNITS = 900_000


@dataclass(frozen=True)
class World:
    """A running stack with offers to buy. `tokens` are the access tokens that services take, in the order of `buyers`."""

    stack: Stack
    story: Story
    buyers: Sequence[Member]
    tokens: Sequence[str]
    seller: Member
    offers: Sequence[str]


def line(n: int, price: int, quantity: int = _UNITS) -> dict[str, Any]:
    """One line of the bench's own stock; 500 models, so that a search by model has 20 hits."""
    return {
        "sku": f"BENCH-{n}",
        "product": {"brand": "Bench", "model": f"Phone {n % MODELS}", "category": "smartphone", "storage": "128GB"},
        "grade": "good",
        "price": {"amount": price, "currency": "EUR"},
        "quantity": quantity,
        "vat_regime": "normal",
        "ship_from": "FR",
        "warranty_months": 12,
        "battery_health_percent": 90,
        "dispatch_business_days": 1,
        "markets": ["fr-pro"],
    }


def body(numbers: Sequence[int], price: int) -> bytes:
    """A push of these lines at this price."""
    return b"\n".join(json.dumps(line(n, price)).encode() for n in numbers)


def settle(stack: Stack) -> World:
    """Sign everybody up and fill the shelves."""
    story = Story(
        Platform(stack.url("gateway"), stack.url("sandbox")),
        stack.secrets["operator_api_key"],
        stack.secrets["internal_token"],
    )
    buyers = [story.buyer(_buyer(n)) for n in range(BUYERS)]
    for buyer in buyers:
        said = {"tier": "trusted", "reason": "Orders all day and pays nothing"}
        story.operator.put(f"/v1/operator/buyers/{buyer.company_id}/trust", said)
    card, regime, _ = demo.SELLERS[0]
    seller = story.seller(card, [regime])
    offers: list[str] = []
    for start in range(0, OFFERS, LINES_A_PUSH):
        pushed = story.push(seller, (line(n, 10_000) for n in range(start, start + LINES_A_PUSH)))
        assert {one["status"] for one in pushed} == {"created"}, pushed[0]
        offers += [one["offer_id"] for one in pushed]
    return World(stack, story, buyers, [token(stack, one) for one in buyers], seller, offers)


def _buyer(n: int) -> CompanyCard:
    return CompanyCard(f"Acheteur {n} SAS", f"achats-{n}@bench.example", "Lyon", "69003", f"{n + 1} rue du Banc")


def token(stack: Stack, member: Member) -> str:
    """An access token, as the gateway gets one for an API key."""
    answer = httpx.post(
        f"{stack.url('accounts')}/internal/tokens",
        json={"api_key": member.api_key},
        headers={INTERNAL_TOKEN_HEADER: stack.secrets["internal_token"]},
    )
    answer.raise_for_status()
    made: str = answer.json()["access_token"]
    return made
