"""What the attacks are aimed at: two buyers, two sellers, an applicant, and orders in every state that matters."""

import re
from dataclasses import dataclass
from typing import Any

from regrade import demo, numbers
from regrade.story import CompanyCard, Member
from tests.journeys.people import People
from tests.journeys.world import World

RIVAL = CompanyCard("Bureau Vert SARL", "achats@bureau-vert.example", "Rennes", "35000", "3 rue de Brest")
APPLICANT = CompanyCard("Troisième Vie SAS", "pro@troisieme-vie.example", "Metz", "57000", "9 rue Serpenoise")
PENDING = CompanyCard("Cabinet Lumière SAS", "achats@cabinet-lumiere.example", "Nice", "06000", "1 rue de France")
NEWCOMER = CompanyCard("Imprimerie du Port SAS", "achats@imprimerie.example", "Brest", "29200", "5 rue de Siam")
NEW_SELLER = CompanyCard("Quatre Mains SAS", "pro@quatre-mains.example", "Dijon", "21000", "2 rue de la Liberté")


@dataclass(frozen=True)
class Prey:
    """Ids of things that are there, each in the state in which an honest write to it would succeed."""

    world: World
    people: People
    rival: Member
    offer: dict[str, Any]
    foreign_offer: dict[str, Any]
    completed: str
    unpaid: str
    to_ship: dict[str, Any]
    applicant_id: str
    applicant: Member
    api_key_id: str
    activation_token: str

    def order(self, **changes: Any) -> dict[str, Any]:
        """An order that could be had."""
        line = {"offer_id": self.offer["id"], "quantity": 1}
        return {"lines": [line], "deliver_to": demo.BUYER.deliver_to(), "buyer_reference": "attack", **changes}

    def parcel(self, **changes: Any) -> dict[str, Any]:
        """A parcel that could be sent: every unit of the seller order by its number."""
        lines = [
            {
                "line_no": line["line_no"],
                "units": [{"imei": numbers.imei(f"{self.to_ship['id']}/{n}")} for n in range(line["quantity"])],
            }
            for line in self.to_ship["lines"]
        ]
        tracking = f"AT{numbers.imei(self.to_ship['id'])[:11]}"
        return {"carrier": "DHL", "tracking_number": tracking, "lines": lines, **changes}

    def sees(self) -> dict[str, Any]:
        """Everything a successful write would have changed, as its owners see it."""
        read = self.people.read
        offers = {one["id"]: read("buyer", f"/v1/offers/{one['id']}") for one in (self.offer, self.foreign_offer)}
        status = read("operator", "/v1/operator/status")
        return {
            "orders of the buyer": _versions(read("buyer", "/v1/orders?limit=200")),
            "orders of the rival": _versions(read("rival", "/v1/orders?limit=200")),
            "orders of the seller": _versions(read("seller", "/v1/seller/orders?limit=200")),
            "orders of the other seller": _versions(read("other seller", "/v1/seller/orders?limit=200")),
            "stock": {id: (one["available"], one["price"], one["version"]) for id, one in offers.items()},
            "keys": [(one["id"], one["revoked_at"]) for one in read("buyer", "/v1/api-keys?limit=200")["items"]],
            "sellers": [
                (one["seller_id"], one["state"], one["version"])
                for one in read("operator", "/v1/operator/sellers?limit=200")["items"]
            ],
            "clock": {one["service"]: one["offset_seconds"] for one in status},
            "parked": sum(one["parked"] for one in status),
        }

    def books(self) -> dict[str, Any]:
        """Every amount on the platform, as the auditor sees it."""
        auditor = self.world.platform.with_key(self.world.contract["auditor"]["api_key"])
        return {
            "bank lines": {one["id"]: one["allocations"] for one in auditor.each("/v1/bank-lines")},
            "balances": {(one["name"], one["balance"]["amount"]) for one in auditor.each("/v1/ledger/accounts")},
            "journals": {one["id"] for one in auditor.each("/v1/ledger/journals")},
            "payments": {one["id"]: one["state"] for one in auditor.each("/v1/payments")},
        }


def hunted(world: World) -> Prey:
    """Let everything the attacks need come about, honestly."""
    story, buyer, sellers = world.story, world.buyer, world.sellers
    rival = story.buyer(RIVAL)
    applicant, applicant_id = _applicant(world)
    story.platform.anybody.post("/v1/companies", application(PENDING))
    offers = [_offer(buyer, seller) for seller in sellers]
    unpaid = story.place_order(buyer, [(offers[0], 1)], demo.BUYER.deliver_to(), "unpaid for long")
    story.purchase_order(buyer, unpaid["id"])
    paid = story.place_order(buyer, [(offers[0], 2)], demo.BUYER.deliver_to(), "paid and not shipped")
    paid, _ = story.purchase_order(buyer, paid["id"])
    story.wire(buyer, paid)
    story.order_in(buyer, paid["id"], "SECURED", "IN_FULFILMENT")
    to_ship = next(one for one in sellers[0].caller.each("/v1/seller/orders") if one["order_id"] == paid["id"])
    completed = next(one for one in buyer.caller.each("/v1/orders") if one["state"].lower() == "completed")
    persons = {
        "buyer": buyer,
        "rival": rival,
        "seller": sellers[0],
        "other seller": sellers[1],
        "applicant": applicant,
    }
    keys = {
        "buyer's program": buyer.api_key,
        "seller's program": sellers[0].api_key,
        "operator": world.contract["operator"]["api_key"],
        "auditor": world.contract["auditor"]["api_key"],
    }
    people = People(world, persons, keys)
    made = people.write("buyer", "POST", "/v1/api-keys", json={"name": "prey", "scopes": ["orders:read"]})
    return Prey(
        world=world,
        people=people,
        rival=rival,
        offer=offers[0],
        foreign_offer=offers[1],
        completed=completed["id"],
        unpaid=unpaid["id"],
        to_ship=sellers[0].caller.get(f"/v1/seller/orders/{to_ship['id']}"),
        applicant_id=applicant_id,
        applicant=applicant,
        api_key_id=made.json()["id"],
        activation_token=token_mailed(world, PENDING.email),
    )


def application(card: CompanyCard) -> dict[str, Any]:
    """A buyer's sign-up that would be accepted."""
    return card.buyer_application("fr-pro")


def seller_application(card: CompanyCard) -> dict[str, Any]:
    """A seller's application that would be accepted."""
    return card.seller_application("fr-pro", ["normal"])


def token_mailed(world: World, email: str) -> str:
    """The token in the link of the activation mail."""
    found = re.search(r"/activate\?token=([\w.%-]+)", world.platform.mail_to(email)["text"])
    assert found is not None
    return found[1]


def _applicant(world: World) -> tuple[Member, str]:
    """A seller that has applied and has a password, and of whom the operator has not decided yet."""
    platform, story = world.platform, world.story
    platform.anybody.post("/v1/sellers", seller_application(APPLICANT))
    password = story.password_of(APPLICANT.email)
    token = token_mailed(world, APPLICANT.email)
    activated = platform.anybody.post("/v1/activations", {"token": token, "password": password})
    person = platform.signed_in(APPLICANT.email, password)
    story.hand_in(person, activated["company_id"])
    return Member(
        APPLICANT.name, activated["company_id"], APPLICANT.email, password, "", APPLICANT.iban, person
    ), activated["company_id"]


def _offer(buyer: Member, seller: Member) -> dict[str, Any]:
    """The dearest one: other journeys buy cheap and count what is left."""
    found: list[dict[str, Any]] = [
        one
        for one in buyer.caller.each("/v1/offers", category="smartphone", in_stock=True, limit=200)
        if one["seller_id"] == seller.company_id and one["available"] >= 10
    ]
    return found[-1]


def _versions(page: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(one["id"], one["state"], one.get("version", 0)) for one in page["items"]]
