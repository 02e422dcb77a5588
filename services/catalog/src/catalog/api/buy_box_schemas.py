"""The buy box as sellers and buyers read it: figures from which everybody can follow who won."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from catalog.domain.buy_box import FORMULAS, BoxState, Formula, Scored, ranked
from catalog.domain.comparisons import Hindrance
from catalog.domain.seller_record import WINDOW_DAYS, SellerRecord
from catalog.use_cases.ports_buy_box import StoredDecision
from chassis.kernel.ids import Id
from chassis.web.pages import MoneyBody

Term = Literal["price", "shipping_fee", "dispatch", "warranty", "battery", "late", "claims"]


class FormulaBody(BaseModel):
    """The weights of a version, in basis points of what the buyer pays; a hundred basis points are one percent.

    A missing month of warranty, a missing percent of battery and so on each cost the buyer something: that is added to the price.
    """

    version: int
    dispatch_day: int = Field(description="For each business day until dispatch")
    dispatch_days_most: int = Field(description="Later days cost nothing more")
    warranty_month: int = Field(description="For each month below `warranty_months_best`")
    warranty_months_best: int
    battery_percent: int = Field(description="For each percent of battery health below 100")
    battery_unknown: int = Field(description="What a battery health counts as that is not known")
    late_percent: int = Field(description="For each percent of the seller's orders that left late")
    claim_percent: int = Field(description="For each percent of the seller's orders with a device that came back")
    start_orders: int = Field(description="Orders that every seller has to begin with")
    start_late: int = Field(description="Share of them that counts as late, in basis points")
    start_claims: int = Field(description="Share of them that counts as claimed, in basis points")

    @classmethod
    def of(cls, formula: Formula) -> "FormulaBody":
        return cls(**{name: getattr(formula, name) for name in cls.model_fields})


class SurchargesBody(BaseModel):
    """What the formula adds to the cost, in basis points of it."""

    dispatch: int
    warranty: int
    battery: int
    late: int
    claims: int


class ContenderBody(BaseModel):
    """An offer as the formula sees it. `score` = `cost` × (10,000 + the sum of the surcharges); the lowest wins, and of two equal
    ones the offer that was there first (`opened_at`, then the lower id)."""

    offer_id: Id
    seller_id: Id
    yours: bool
    opened_at: datetime
    quantity: int
    unit_price: MoneyBody
    shipping_fee: MoneyBody
    cost: MoneyBody = Field(description="All units and the shipping fee")
    dispatch_business_days: int
    warranty_months: int
    battery_percent: int = Field(description="As it counts: 100 for what has no battery")
    late_share: int = Field(description="Basis points of the seller's orders, as they count")
    claim_share: int = Field(description="Basis points of the seller's orders, as they count")
    surcharges: SurchargesBody
    score: int = Field(description="In ten-thousandths of a minor unit")


class DifferenceBody(BaseModel):
    """One term of the comparison in minor units of the currency, each rounded down; `difference` is yours less theirs."""

    term: Term
    yours: int
    theirs: int
    difference: int


class RecordBody(BaseModel):
    """Orders that were due within the window before today; counted once a day."""

    window_days: int
    due: int
    late: int
    claimed: int


class LastDecisionBody(BaseModel):
    """The decision that was written last for one unit of the thing."""

    version: int
    decided_at: datetime
    winner_offer_id: Id | None


class BuyBoxBody(BaseModel):
    """How your offer stands against the others of the same product in the same grade.

    `won`: it is the one that is shown first. `alone`: there is no other. `lost`: another one is better, see `differences`.
    `not_competing`: it cannot be bought, see `not_competing_because`; the figures say how it would stand if it could.
    """

    offer_id: Id
    sku: str
    product_id: Id
    title: str
    grade: str
    market: str
    price_country: str
    currency: str
    quantity: int
    state: BoxState
    not_competing_because: list[Hindrance]
    place: int
    contenders: int
    own: ContenderBody
    rival: ContenderBody | None = Field(
        description="The best of the others: the winner where you lost, else who comes next"
    )
    differences: list[DifferenceBody] = Field(description="You against the rival; none without one")
    price_to_win: MoneyBody | None = Field(
        description="The highest price of a unit at which you win, all else as it is; null without a rival, or where no price is "
        "low enough"
    )
    price_to_win_below_floor: bool = Field(description="Your own floor price does not allow it")
    record: RecordBody
    formula: FormulaBody
    decision: LastDecisionBody | None


class SimulatedBuyBoxBody(BuyBoxBody):
    """How your offer would stand. Nothing is changed, and whether it can be bought at the moment is not asked."""

    market_refuses: list[str] = Field(description="Rules of the market that the offer would break, if you pushed it so")


class RankedOffersBody(BaseModel):
    """Every offer of one thing that can be bought in the quantity, the best first."""

    title: str
    grade: str
    market: str
    price_country: str
    currency: str
    quantity: int
    items: list[ContenderBody]
    formula: FormulaBody


class DecisionBody(BaseModel):
    """A decision with what went into it. From `formula` and `contenders` alone it can be made again."""

    version: int
    decided_at: datetime
    winner_offer_id: Id | None
    contenders: list[ContenderBody]
    contenders_in_all: int = Field(description="Where there were very many, only the best of them are kept")
    formula: FormulaBody


def contender_body(one: Scored, currency: str, own_company: Id | None) -> ContenderBody:
    """A contender, with the word whether it is the reader's."""
    contender = one.contender
    return ContenderBody(
        offer_id=contender.offer_id,
        seller_id=contender.seller_id,
        yours=contender.seller_id == own_company,
        opened_at=contender.opened_at,
        quantity=contender.quantity,
        unit_price=MoneyBody(amount=contender.unit_price, currency=currency),
        shipping_fee=MoneyBody(amount=contender.shipping_fee, currency=currency),
        cost=MoneyBody(amount=contender.cost, currency=currency),
        dispatch_business_days=contender.dispatch_business_days,
        warranty_months=contender.warranty_months,
        battery_percent=contender.battery_percent,
        late_share=contender.late_share,
        claim_share=contender.claim_share,
        surcharges=SurchargesBody(**one.surcharges._asdict()),
        score=one.score,
    )


def differences(own: Scored, rival: Scored) -> list[DifferenceBody]:
    """Term by term, in what it costs the buyer."""
    return [
        DifferenceBody(term=term, yours=yours, theirs=theirs, difference=yours - theirs)
        for (term, yours), (_, theirs) in zip(_terms(own), _terms(rival), strict=True)
    ]


def _terms(one: Scored) -> list[tuple[Term, int]]:
    costs = one.costs_of()
    return [
        ("price", one.contender.unit_price * one.contender.quantity),
        ("shipping_fee", one.contender.shipping_fee),
        ("dispatch", costs.dispatch),
        ("warranty", costs.warranty),
        ("battery", costs.battery),
        ("late", costs.late),
        ("claims", costs.claims),
    ]


def record_body(record: SellerRecord) -> RecordBody:
    """A seller's own record."""
    return RecordBody(window_days=WINDOW_DAYS, due=record.due, late=record.late, claimed=record.claimed)


def decision_body(stored: StoredDecision, currency: str, own_company: Id | None) -> DecisionBody:
    """A decision, its scores made anew from what was stored, by the formula of its time."""
    formula = FORMULAS[stored.formula]
    return DecisionBody(
        version=stored.version,
        decided_at=stored.decided_at,
        winner_offer_id=stored.winner_offer_id,
        contenders=[contender_body(one, currency, own_company) for one in ranked(stored.contenders, formula)],
        contenders_in_all=stored.contenders_in_all,
        formula=FormulaBody.of(formula),
    )
