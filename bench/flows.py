"""The flows a partner feels: what is sent, how, and how often. Each gives a job for the generator."""

import json
import random
from collections.abc import Iterable, Sequence

from bench.generator import Job, Request
from bench.world import LINES_A_PUSH, MODELS, OFFERS, World, body
from regrade import demo
from regrade.story import Member

NDJSON = "application/x-ndjson"
# Pushes must differ from what is stored, in this round and in the ones before.
_PRICE_MIN = 10_001
# Until each connection has had an answer.
_LEAD = 1.0


def orders(world: World, *, connections: int, seconds: float, per_second: float | None = None) -> Job:
    """`POST /v1/orders` through the gateway, one unit of one offer, answered 201 with the stock held."""
    chance = random.Random(connections)
    requests = []
    for n in range(2_000):
        offer = world.offers[chance.randrange(len(world.offers))]
        order = {"lines": [{"offer_id": offer, "quantity": 1}], "deliver_to": demo.BUYER.deliver_to()}
        buyer = world.buyers[n % len(world.buyers)]
        requests.append(Request("POST", "/v1/orders", buyer.api_key, json.dumps(order).encode()))
    return Job(
        world.stack.url("gateway"),
        requests,
        connections,
        seconds,
        expect=201,
        per_second=per_second,
        lead_seconds=_LEAD,
    )


def sign_ins(world: World, *, connections: int, seconds: float) -> Job:
    """`POST /v1/sessions` through the gateway, with the right password: a comparison on purpose slow, and a new session."""
    people = [*world.buyers, world.seller]
    bodies = [json.dumps({"email": one.email, "password": one.password}).encode() for one in people]
    requests = [Request("POST", "/v1/sessions", None, one) for one in bodies]
    return Job(world.stack.url("gateway"), requests, connections, seconds, needed=b'"access_token"', lead_seconds=_LEAD)


def pushes(world: World, round_: int, *, changed: float) -> Job:
    """Two partners' worth of bulk pushes of 5,000 lines, one after the other; `changed` is the share of new prices."""
    stored = _PRICE_MIN + 2 * round_
    bodies = []
    for start in range(0, OFFERS, LINES_A_PUSH):
        numbers = range(start, start + LINES_A_PUSH)
        kept = int(LINES_A_PUSH * (1 - changed))
        bodies.append(
            b"\n".join(one for one in (body(numbers[:kept], stored), body(numbers[kept:], stored + 1)) if one)
        )
    return _push_job(world, bodies, connections=1, seconds=None)


def pushes_before(world: World, round_: int) -> Job:
    """Brings all lines to the price that `pushes` of the same round calls unchanged."""
    price = _PRICE_MIN + 2 * round_
    bodies = [body(range(start, start + LINES_A_PUSH), price) for start in range(0, OFFERS, LINES_A_PUSH)]
    return _push_job(world, bodies, connections=1, seconds=None)


def single_pushes(world: World, round_: int, *, connections: int, seconds: float) -> Job:
    """One line a call, each with a new price."""
    bodies = [body([n % OFFERS], 20_000 + 10_000 * round_ + n // OFFERS) for n in range(2 * OFFERS)]
    return _push_job(world, bodies, connections=connections, seconds=seconds)


def searches(world: World, *, connections: int, seconds: float, service: bool = True) -> Job:
    """`GET /v1/offers`, two words, 20 hits, with facets."""
    requests = [
        Request("GET", f"/v1/offers?q=bench%20{n}&limit=20&facets=true", bearer)
        for n, bearer in _readers(world, service)
    ]
    url = world.stack.url("catalog" if service else "gateway")
    return Job(url, requests, connections, seconds, needed=b'"items":[{', lead_seconds=_LEAD)


def reads(world: World, *, connections: int, seconds: float, service: bool) -> Job:
    """`GET /v1/offers/{id}`."""
    chance = random.Random(1)
    requests = [
        Request("GET", f"/v1/offers/{chance.choice(world.offers)}", bearer) for _, bearer in _readers(world, service)
    ]
    url = world.stack.url("catalog" if service else "gateway")
    return Job(url, requests, connections, seconds, needed=b'"price"', lead_seconds=_LEAD)


def _push_job(world: World, bodies: Sequence[bytes], *, connections: int, seconds: float | None) -> Job:
    requests = [Request("PATCH", "/v1/seller/offers", world.seller.api_key, one, media_type=NDJSON) for one in bodies]
    url = world.stack.url("gateway")
    lead = 0.0 if seconds is None else _LEAD
    return Job(url, requests, connections, seconds, forbidden=b'"rejected"', needed=b'"status"', lead_seconds=lead)


def _readers(world: World, service: bool) -> Iterable[tuple[int, str]]:
    """A model's number and who asks for it. Services take access tokens, the gateway API keys."""
    bearers = list(world.tokens) if service else [_key(one) for one in world.buyers]
    return ((n % MODELS, bearers[n % len(bearers)]) for n in range(2 * MODELS))


def _key(member: Member) -> str:
    return member.api_key
