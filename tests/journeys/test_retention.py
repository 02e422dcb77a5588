"""How long each market keeps a buyer's data: one forgets it by itself years after the last purchase, the others when asked.

Ten years and more pass on a platform of their own. Invoices stay, sealed, until the law of their market lets them go.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from launcher.ports import free_port_base
from launcher.stack import Stack
from regrade.companies import TRADES
from regrade.platform import Platform, Refused, wait_for
from regrade.story import CompanyCard, Member, Story
from tests.journeys.conftest import NO_LIMITS
from tests.journeys.test_markets import MARKETS, expected_in, offered, paid, shipped
from tests.journeys.traces import Traces

pytestmark = pytest.mark.journey

# Years after the last purchase in which a market forgets by itself; None where somebody has to ask (domain page, row A7).
FORGETS_AFTER: dict[str, int | None] = {
    "fr-pro": None,
    "be-shop": None,
    "dk-shop": 5,
    "uk-shop": None,
    "nl-market": None,
}
# Full years after the year of the invoice for which the market's law wants it.
INVOICES_KEPT = {"fr-pro": 10, "be-shop": 10, "dk-shop": 5, "uk-shop": 6, "nl-market": 7}
# The test clock moves so far at a time.
LEAP = timedelta(days=399)
SEALED = {"payments.invoices", "payments.invoice_files"}


@dataclass(frozen=True)
class Customer:
    """A buyer of one market that has bought once, and the words that only it has brought to the platform."""

    member: Member
    card: CompanyCard
    order: Mapping[str, Any]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Years:
    """A platform on which years pass."""

    stack: Stack
    story: Story
    traces: Traces
    customers: Mapping[str, Customer]

    def pass_until(self, instant: datetime) -> None:
        """Live through everything up to that moment."""
        while (left := instant - self.story.now()) > timedelta():
            seconds = int(min(left, LEAP).total_seconds()) + 1
            self.story.platform.advance_clock(self.story.operator, seconds=seconds, patience_seconds=900)

    def forgotten(self, market: str) -> dict[str, Any]:
        """The erasure of its customer, as soon as every holder has obeyed."""
        company_id = self.customers[market].member.company_id

        def done() -> dict[str, Any] | None:
            found = self.story.operator.each("/v1/operator/erasures")
            return next((one for one in found if one["company_id"] == company_id and one["state"] == "done"), None)

        return wait_for(done, f"every holder to forget {market}'s customer", seconds=180)


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Years]:
    """One purchase in each market, and then more than five quiet years."""
    stack = Stack(tmp_path_factory.mktemp("years") / "state", free_port_base(), durable=False, extra=NO_LIMITS)
    try:
        stack.start()
        platform = Platform(stack.url("gateway"), stack.url("sandbox"))
        story = Story(platform, stack.secrets["operator_api_key"], stack.secrets["internal_token"])
        if story.now().month == 12:
            # The years of an invoice end with the calendar's: nobody is to be forgotten on the very day that they end.
            story.live(40)
        found = Years(stack, story, Traces(stack), {market: customer(story, market) for market in MARKETS})
        story.live(40)
        for one in found.customers.values():
            story.order_in(one.member, one.order["id"], "completed")
        found.pass_until(last_purchase(found.customers["dk-shop"]) + timedelta(days=5 * 365 + 4))
        yield found
    finally:
        stack.stop()
        stack.paths.remove()


def customer(story: Story, market: str) -> Customer:
    """A company nobody else has heard of buys two phones, and gets them."""
    trade = TRADES[market]
    street, email = f"{market} Zibelinvej 9", f"quint@canari-{market}.example"
    card = replace(trade.buyer, name=f"Canari {market} Quint", email=email, street=street)
    buyer, seller = story.buyer(card, market), story.seller(trade.seller, ["normal"], market=market)
    expected = expected_in(market, story.now().date())
    offer = offered(story, trade, buyer, seller)
    order = story.place_order(buyer, [(offer, 1)], card.deliver_to(), f"ref-{email}")
    order, _ = story.purchase_order(buyer, order["id"])
    paid(story, expected, buyer, order)
    story.deliver(shipped(story, trade, expected, seller, order["id"]))
    story.invoices(buyer, order["id"], 1)
    story.order_in(buyer, order["id"], "delivered")
    return Customer(buyer, card, order, (card.name, email, street, f"ref-{email}", card.vat_number))


def last_purchase(of: Customer) -> datetime:
    return datetime.fromisoformat(of.order["placed_at"])


@pytest.mark.policy("A7", "*")
@pytest.mark.parametrize("market", FORGETS_AFTER)
def test_a_buyers_data_is_kept_as_long_as_its_market_says(years: Years, market: str) -> None:
    quiet = years.customers[market]
    if FORGETS_AFTER[market] is None:
        still_there(years, quiet)
        close(years, quiet)
    else:
        warned_and_gone(years, quiet)
    erasure = years.forgotten(market)
    assert erasure["cause"] == ("owner" if FORGETS_AFTER[market] is None else "retention")
    assert {one["what"] for holder in erasure["confirmations"] for one in holder["kept"]} >= {"invoices"}
    left = years.traces.words_in_tables(*quiet.words)
    # The proof for sales without VAT names the number; invoices name the company.
    proof = {"accounts.vat_evidence"} if "accounts.vat_evidence" in left else set()
    assert set(left) == SEALED | proof
    assert quiet.card.name in left["payments.invoice_files"], "what is sealed is really read, in a typeset page"
    assert years.traces.topics_with(*quiet.words) == set()
    assert years.traces.logs_with(*quiet.words) == set()


def still_there(years: Years, quiet: Customer) -> None:
    """Nobody has asked: after all the years it signs in, and finds its order."""
    person = years.story.platform.signed_in(quiet.card.email, years.story.password_of(quiet.card.email))
    assert person.get("/v1/company")["legal_name"] == quiet.card.name
    assert {"accounts.users", "orders.orders", "orders.parties"} <= years.traces.tables_with(*quiet.words)


def close(years: Years, quiet: Customer) -> None:
    """The owner asks for the end of everything."""
    password = years.story.password_of(quiet.card.email)
    person = years.story.platform.signed_in(quiet.card.email, password)
    seen = person.get("/v1/company")["version"]
    closing = person.post("/v1/company/closure", {"password": password, "erase": True}, **{"If-Match": f'"v{seen}"'})
    assert closing["state"] == "closing"


def warned_and_gone(years: Years, quiet: Customer) -> None:
    """It was told a month before, and did nothing; nobody signs in any more."""
    outside, now = years.story.platform.outside, years.story.now()
    told = [
        datetime.fromisoformat(one["at"])
        for one in outside.each("/mailbox/messages", to=quiet.card.email, limit=100)
        if datetime.fromisoformat(one["at"]) > now - timedelta(days=60)
    ]
    due = last_purchase(quiet).replace(year=last_purchase(quiet).year + 5)
    assert min(told) < due - timedelta(days=29)
    with pytest.raises(Refused) as refused:
        years.story.platform.signed_in(quiet.card.email, years.story.password_of(quiet.card.email))
    assert refused.value.status == 401


def test_sealed_invoices_go_when_the_law_of_their_market_lets_them(years: Years) -> None:
    issued = {market: last_purchase(one).year for market, one in years.customers.items()}
    ends = {market: issued[market] + INVOICES_KEPT[market] for market in MARKETS}
    for year in sorted(set(ends.values())):
        new_years_eve = datetime.fromisoformat(f"{year}-12-31T12:00:00+00:00")
        years.pass_until(new_years_eve)
        assert kept_of(years) == {market for market, end in ends.items() if end >= year}
        years.pass_until(new_years_eve + timedelta(days=2))
        assert kept_of(years) == {market for market, end in ends.items() if end > year}


def kept_of(years: Years) -> set[str]:
    """Markets whose customer still stands on an invoice."""
    found = years.traces.words_in_tables(*(one.card.name for one in years.customers.values()))
    assert set(found) <= SEALED
    names = set().union(*found.values()) if found else set()
    return {market for market, one in years.customers.items() if one.card.name in names}
