"""The demo: companies, stock and one purchase from sign-up to payout, and the contract file that says how to get in."""

import json
import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from launcher.paths import clone_root
from launcher.progress import Progress
from launcher.stack import Stack
from regrade.devices import OWN_LIST, push_lines, read_devices
from regrade.platform import Platform
from regrade.story import CompanyCard, Member, Story

T = TypeVar("T")

BUYER = CompanyCard(
    "Atelier Numérique SAS", "achats@atelier-numerique.example", "Lyon", "69003", "12 rue de la Part-Dieu"
)
SELLERS = (
    (CompanyCard("Reparo SAS", "ventes@reparo.example", "Lille", "59000", "4 rue Nationale"), "normal", "REP"),
    (
        CompanyCard("Second Souffle SAS", "pro@second-souffle.example", "Nantes", "44000", "8 quai de la Fosse"),
        "margin",
        "SSO",
    ),
)
LINES_MAX = 5_000


def play(stack: Stack, progress: Progress) -> None:
    """Load demo companies and stock, play one purchase (once in the life of this data), write the contract."""
    before = _contract_before(stack)
    platform = Platform(stack.url("gateway"), stack.url("sandbox"))
    story = Story(platform, stack.secrets["operator_api_key"], stack.secrets["internal_token"])
    step = Steps(progress)
    buyer = step("a buyer signs up", lambda: story.buyer(BUYER, known_key=_key(before, "buyers", 0)))
    sellers = step("two sellers are onboarded and approved", lambda: _sellers(story, before))
    step("the sellers push their stock", lambda: _push_stock(story, sellers))
    if not list(buyer.caller.each("/v1/orders")):
        _buy(story, buyer, sellers, step)
    _write_contract(stack, buyer, sellers)


def buy_again(contract: dict[str, Any], secrets: Mapping[str, str], progress: Progress) -> None:
    """Play one more purchase on a platform that runs already, by the companies of its contract file."""
    platform = Platform(contract["gateway"], contract["sandbox"])
    story = Story(platform, secrets["operator_api_key"], secrets["internal_token"])
    buyer = story.buyer(BUYER, known_key=_key(contract, "buyers", 0))
    _buy(story, buyer, _sellers(story, contract), Steps(progress))


class Steps:
    """Plays a step and tells when it began and ended."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def __call__(self, name: str, work: Callable[[], T]) -> T:
        """Play it."""
        self._progress.began(name)
        result = work()
        self._progress.finished(name)
        return result


def _sellers(story: Story, before: dict[str, Any]) -> list[Member]:
    return [story.seller(card, [regime], _key(before, "sellers", n)) for n, (card, regime, _) in enumerate(SELLERS)]


def _push_stock(story: Story, sellers: list[Member]) -> None:
    """Real devices where a list is at hand, the product's own short list otherwise; every second device a seller."""
    devices = read_devices(device_list())
    # A little before now: what is ordered from now on counts against it.
    as_of = story.now() - timedelta(minutes=1)
    for n, (seller, (_, regime, prefix)) in enumerate(zip(sellers, SELLERS, strict=True)):
        lines = push_lines(
            devices[n::2], prefix=prefix, vat_regime=regime, ship_from="FR", markets=["fr-pro"], as_of=as_of
        )
        results = story.push(seller, list(lines)[:LINES_MAX])
        rejected = [result for result in results if result["status"] == "rejected"]
        if rejected:
            raise RuntimeError(f"{len(rejected)} stock lines were rejected, the first: {rejected[0]}")


def device_list() -> Path:
    """REGRADE_DEVICES, else a list shared beside the clone, else the product's own."""
    beside = clone_root().parent / "shared" / "data" / "devices.csv"
    given = os.environ.get("REGRADE_DEVICES")
    if given:
        return Path(given)
    return beside if beside.exists() else OWN_LIST


def _buy(story: Story, buyer: Member, sellers: list[Member], step: Steps) -> None:
    reference = f"CMD-{len(list(buyer.caller.each('/v1/orders'))) + 1:04d}"
    paid_before = [len(list(seller.caller.each("/v1/payouts"))) for seller in sellers]
    offers = step("the buyer searches", lambda: [_an_offer(buyer, seller) for seller in sellers])
    placed = step(
        "an order holds stock at both sellers",
        lambda: story.place_order(buyer, [(offers[0], 2), (offers[1], 3)], BUYER.deliver_to(), reference),
    )
    order, _ = step("the purchase order is made", lambda: story.purchase_order(buyer, placed["id"]))
    step("the purchase order is mailed", lambda: story.platform.mail_to(buyer.email, str(order["number"])))
    step("the buyer pays by bank transfer", lambda: story.wire(buyer, order))
    step("the money is in escrow", lambda: story.order_in(buyer, order["id"], "SECURED", "IN_FULFILMENT"))
    shipments = step("both sellers ship", lambda: [story.ship(seller, order["id"]) for seller in sellers])
    step("invoices are issued in the sellers' names", lambda: story.invoices(buyer, order["id"], len(sellers)))
    step("the carrier delivers", lambda: [story.deliver(shipment) for shipment in shipments])
    step("delivery is known", lambda: story.order_in(buyer, order["id"], "DELIVERED"))
    # Claim window and payout day, with room for two public holidays in between.
    step("sixteen days pass on the test clock", lambda: story.live(16))
    step("the order is complete", lambda: story.order_in(buyer, order["id"], "COMPLETED"))
    step(
        "the sellers are paid out",
        lambda: [story.payouts(seller, count + 1) for seller, count in zip(sellers, paid_before, strict=True)],
    )


def _an_offer(buyer: Member, seller: Member) -> dict[str, Any]:
    found = buyer.caller.each("/v1/offers", category="smartphone", in_stock=True)
    return next(
        offer
        for offer in found
        if offer["seller_id"] == seller.company_id and offer["available"] >= 5 and offer["price"]["amount"] < 60_000
    )


def _contract_before(stack: Stack) -> dict[str, Any]:
    kept = stack.paths.demo_before
    found: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    return found


def _key(before: dict[str, Any], kind: str, n: int) -> str | None:
    members = before.get(kind, [])
    return members[n]["api_key"] if len(members) > n else None


def _write_contract(stack: Stack, buyer: Member, sellers: list[Member]) -> None:
    contract = {
        **stack.contract(),
        "buyers": [{**buyer.contract(), "market": "fr-pro"}],
        "sellers": [{**seller.contract(), "backmarket_token": None} for seller in sellers],
    }
    unfinished = stack.paths.demo.with_suffix(".unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(contract, indent=2, ensure_ascii=False))
    unfinished.rename(stack.paths.demo)
