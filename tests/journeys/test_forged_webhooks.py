"""Messages of the payment provider and the carrier that are forged, old, altered or repeated: no money and no parcel moves."""

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from standardwebhooks import Webhook

from regrade import demo
from tests.journeys.people import People, refused
from tests.journeys.prey import Prey
from tests.journeys.world import at_rest

pytestmark = pytest.mark.journey

OTHER_SECRET = f"whsec_{base64.b64encode(b'a secret of somebody else, 32 by').decode()}"


@dataclass(frozen=True)
class Message:
    """A message that would be believed if its signature were right."""

    sender: str
    id: str
    body: bytes
    secret: str
    other_senders_secret: str

    def signed(self, *, secret: str | None = None, at: datetime | None = None, id: str | None = None) -> dict[str, str]:
        """Its headers by the Standard Webhooks specification."""
        moment = at or datetime.now(UTC)
        name = id or self.id
        return {
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Webhook(secret or self.secret).sign(name, moment, self.body.decode()),
        }


FORGERIES: dict[str, Callable[[Message], Mapping[str, Any]]] = {
    "no headers": lambda one: {},
    "no signature": lambda one: without(one.signed(), "webhook-signature"),
    "no id": lambda one: without(one.signed(), "webhook-id"),
    "no time": lambda one: without(one.signed(), "webhook-timestamp"),
    "another secret": lambda one: one.signed(secret=OTHER_SECRET),
    "the other sender's secret": lambda one: one.signed(secret=one.other_senders_secret),
    "ten minutes old": lambda one: one.signed(at=datetime.now(UTC) - timedelta(minutes=10)),
    "ten minutes ahead": lambda one: one.signed(at=datetime.now(UTC) + timedelta(minutes=10)),
    "an old signature under a new time": lambda one: {
        **one.signed(at=datetime.now(UTC) - timedelta(minutes=10)),
        "webhook-timestamp": str(int(datetime.now(UTC).timestamp())),
    },
    "another id": lambda one: {**one.signed(), "webhook-id": f"evt_{uuid4().hex}"},
    "an empty signature": lambda one: {**one.signed(), "webhook-signature": ""},
    "garbage for a signature": lambda one: {**one.signed(), "webhook-signature": "garbage"},
    "a signature that is no base64": lambda one: {**one.signed(), "webhook-signature": "v1,é".encode()},
    "an unknown version": lambda one: {
        **one.signed(),
        "webhook-signature": one.signed()["webhook-signature"].replace("v1,", "v0,"),
    },
    "a time that is none": lambda one: {**one.signed(), "webhook-timestamp": "now"},
    "a time without end": lambda one: {**one.signed(), "webhook-timestamp": "9" * 300},
}


@pytest.fixture(scope="module")
def on_its_way(prey: Prey) -> dict[str, Any]:
    """A parcel that was sent and has not arrived."""
    story, world = prey.world.story, prey.world
    order = story.place_order(world.buyer, [(prey.offer, 1)], demo.BUYER.deliver_to(), "on its way")
    order, _ = story.purchase_order(world.buyer, order["id"])
    story.wire(world.buyer, order)
    shipment = story.ship(world.sellers[0], order["id"])
    story.order_in(world.buyer, order["id"], "SHIPPED")
    story.invoices(world.buyer, order["id"], 1)
    return {**shipment, "order_id": order["id"]}


@pytest.fixture(scope="module")
def messages(prey: Prey, on_its_way: dict[str, Any]) -> dict[str, Message]:
    """One of each sender: a transfer that pays the unpaid order, and the delivery of the parcel that is on its way."""
    secrets = prey.world.stack.secrets
    psp, carrier = secrets["psp_webhook_secret"], secrets["carrier_webhook_secret"]
    order = prey.people.read("buyer", f"/v1/orders/{prey.unpaid}")
    credit = json.loads(a_genuine_credit(prey)[1])
    credit |= {"id": f"evt_{uuid4().hex}"}
    credit["data"] |= {
        "credit_id": f"cr_{uuid4().hex}",
        "amount": order["payment"]["amount_due"],
        "remittance": order["payment"]["reference"],
    }
    scan = {
        "type": "parcel.delivered",
        "id": f"evt_{uuid4().hex}",
        "created_at": credit["created_at"],
        "data": {
            "carrier": on_its_way["carrier"],
            "tracking_number": on_its_way["tracking_number"],
            "status": "delivered",
            "at": prey.world.story.now().isoformat(),
        },
    }
    return {
        "psp": Message("psp", credit["id"], json.dumps(credit).encode(), psp, carrier),
        "carrier": Message("carrier", scan["id"], json.dumps(scan).encode(), carrier, psp),
    }


@pytest.fixture
def still(prey: Prey, on_its_way: dict[str, Any]) -> Any:
    """No amount, no order and no parcel is another after the test."""
    at_rest(prey.world)
    before = prey.books(), state_of(prey, prey.unpaid), state_of(prey, on_its_way["order_id"])
    yield
    at_rest(prey.world)
    assert (prey.books(), state_of(prey, prey.unpaid), state_of(prey, on_its_way["order_id"])) == before


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("sender", ["psp", "carrier"])
def test_a_forged_message_is_refused_and_moves_nothing(
    people: People, messages: dict[str, Message], sender: str
) -> None:
    message = messages[sender]
    for forgery, headers in FORGERIES.items():
        answer = deliver(people, message, headers(message))
        if forgery == "a signature that is no base64":
            # No header holds such characters: the edge does not pass it on.
            refused(answer, 400, "header_malformed")
        else:
            refused(answer, 401, "webhook_signature_invalid")


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("sender", ["psp", "carrier"])
def test_one_byte_more_or_less_breaks_the_signature(people: People, messages: dict[str, Message], sender: str) -> None:
    message = messages[sender]
    for altered in (message.body + b" ", message.body[:-1], message.body.replace(b"evt_", b"evT_", 1), b"", b"{}"):
        answer = people.ask(None, "POST", f"/v1/webhooks/{sender}", content=altered, headers=message.signed())
        refused(answer, 401, "webhook_signature_invalid")


@pytest.mark.usefixtures("still")
def test_a_signed_message_that_nobody_can_read_moves_nothing(people: People, messages: dict[str, Message]) -> None:
    for body in (b"", b"[]", b"not json", b'{"type": 1}', b'{"data": null}'):
        for sender, expected in (("psp", 422), ("carrier", 204)):
            one = messages[sender]
            unreadable = Message(sender, f"evt_{uuid4().hex}", body, one.secret, one.other_senders_secret)
            answer = deliver(people, unreadable, unreadable.signed())
            assert answer.status_code == expected, (sender, body, answer.text)


@pytest.mark.usefixtures("still")
def test_a_genuine_credit_is_booked_once_however_often_it_comes(
    prey: Prey, people: People, messages: dict[str, Message]
) -> None:
    event_id, body = a_genuine_credit(prey)
    secret, other = messages["psp"].secret, messages["psp"].other_senders_secret
    genuine = Message("psp", event_id, body.encode(), secret, other)
    assert [deliver(people, genuine, genuine.signed()).status_code for _ in range(3)] == [204] * 3
    # The provider may tell of the same credit in another message.
    again = Message("psp", f"evt_{uuid4().hex}", body.encode(), secret, other)
    assert deliver(people, again, again.signed()).status_code == 204


def test_the_same_message_rightly_signed_is_believed(
    prey: Prey, people: People, messages: dict[str, Message], on_its_way: dict[str, Any]
) -> None:
    # Shows that the forgeries failed for their signatures and for nothing else.
    message = messages["carrier"]
    assert state_of(prey, on_its_way["order_id"]) == "shipped"
    assert [deliver(people, message, message.signed()).status_code for _ in range(2)] == [204, 204]
    prey.world.story.order_in(prey.world.buyer, on_its_way["order_id"], "DELIVERED")
    late = message.signed(at=datetime.now(UTC) - timedelta(minutes=10))
    refused(deliver(people, message, late), 401, "webhook_signature_invalid")


def deliver(people: People, message: Message, headers: Mapping[str, Any]) -> httpx.Response:
    """Send a message with these headers."""
    given = [(name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in headers.items()]
    return people.send(f"/v1/webhooks/{message.sender}", message.body, given)


def without(headers: Mapping[str, str], name: str) -> dict[str, str]:
    return {one: value for one, value in headers.items() if one != name}


def state_of(prey: Prey, order_id: str) -> str:
    state: str = prey.people.read("buyer", f"/v1/orders/{order_id}")["state"]
    return state


def a_genuine_credit(prey: Prey) -> tuple[str, str]:
    """Id and body of a message of the provider, word for word as it came."""

    async def look() -> tuple[str, str]:
        url = f"{prey.world.stack.admin_url().rpartition('/')[0]}/payments"
        connection = await asyncpg.connect(url)
        try:
            row = await connection.fetchrow(
                "select event_id, body from psp_events where type = 'bank.credit_received' order by event_id limit 1"
            )
        finally:
            await connection.close()
        return row["event_id"], row["body"]

    return asyncio.run(look())
