"""Domestic reverse charge: which rows a line falls under and whether the sum reaches the threshold."""

from dataclasses import dataclass
from fractions import Fraction

from tax.cases import GoodsAmount, SaleCase
from tax.dated_data import Row, in_force, load
from tax.places import GREAT_BRITAIN, NORTHERN_IRELAND, vat_country


@dataclass(frozen=True, slots=True)
class ReverseChargeAnswer:
    """`applies` is None when the threshold cannot be compared for want of an exchange rate."""

    applies: bool | None
    because: tuple[str, ...] = ()


def reverse_charge_of(case: SaleCase) -> ReverseChargeAnswer:
    """Whether the goods and amounts of this domestic sale meet a row of the country the goods leave from.

    The buyer is looked at by the caller.
    """
    country = _row_country(case.seller_country_from)
    rows = [r for r in in_force(load("reverse_charge")["rows"], case.date) if r["country"] == country]
    matching = [r for r in rows if case.category in r["categories"]]
    if not matching:
        return ReverseChargeAnswer(False, _advice(case, country))
    row = matching[0]
    if row.get("seller_established") and _row_country(case.seller_country or country) != country:
        return ReverseChargeAnswer(False, (f"The seller is not established in {country}, as {row['source']} asks.",))
    least: int = row["reseller_at_least"] if case.buyer_is_reseller and "reseller_at_least" in row else row["at_least"]
    total = _in_threshold_currency(case, row, _counted(case, row))
    if least == 0:
        return ReverseChargeAnswer(True, (f"{row['source']}: {case.category} is reverse charged at any amount.",))
    if total is None:
        sentence = (
            f"{row['source']} has a threshold in {row['currency']} and no exchange rate from {case.currency} is known."
        )
        return ReverseChargeAnswer(None, (sentence,))
    reached = total >= least
    sentence = f"{row['source']}: {_kinds(row)} of one {row['counted_per']} {'reach' if reached else 'stay below'} the threshold."
    return ReverseChargeAnswer(reached, (sentence,))


def _row_country(code: str) -> str:
    return GREAT_BRITAIN if code == NORTHERN_IRELAND else vat_country(code)


def _advice(case: SaleCase, country: str) -> tuple[str, ...]:
    return tuple(
        row["sentence"]
        for row in in_force(load("reverse_charge")["advice"], case.date)
        if row["country"] == country and case.category in row["categories"]
    )


def _counted(case: SaleCase, row: Row) -> int:
    goods = case.order_goods if row["counted_per"] == "order" else case.invoice_goods
    if not goods:
        goods = (GoodsAmount(case.category, case.net_minor),)
    return sum(part.net_minor for part in goods if part.category in row["categories"])


def _in_threshold_currency(case: SaleCase, row: Row, total: int) -> Fraction | None:
    if case.currency == row["currency"]:
        return Fraction(total)
    return None if case.exchange_rate is None else total * case.exchange_rate


def _kinds(row: Row) -> str:
    return " and ".join(row["categories"])
