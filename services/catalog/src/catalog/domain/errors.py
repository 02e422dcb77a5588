"""Every refusal of the catalogue by name, for whole requests and for single lines of a push."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.kernel.errors import Invalid, NotFound, Unavailable, WrongState


class SellerNotActive(WrongState):
    """Only a seller that was approved, has signed its mandate and is not suspended may publish."""

    code = "seller_not_active"
    title = "Your seller account is not active"


class OfferNotFound(NotFound):
    """Not there, not on sale, or not in the buyer's market."""

    code = "offer_not_found"
    title = "There is no such offer"


class SearchNotReady(Unavailable):
    """After a start all offers are read once, which takes a while where there are many."""

    code = "search_not_ready"
    title = "The search is being prepared, try again in a moment"


class BatchEmpty(Invalid):
    """The body of a push holds no line."""

    code = "batch_empty"
    title = "The push holds no line"


class BatchTooLong(Invalid):
    """The body of a push holds more lines than one transaction should carry."""

    code = "batch_too_long"
    title = "The push holds too many lines"


class ProductNotFound(NotFound):
    """No product has this id."""

    code = "product_not_found"
    title = "There is no such product"


class ProductMoveRefused(WrongState):
    """A product is confirmed once, and what was merged is left alone."""

    code = "product_move_refused"
    title = "The product's state does not allow this"


class ProductsDiffer(Invalid):
    """Only two products of one category can be one and the same: categories decide VAT and delivery times."""

    code = "products_differ"
    title = "These cannot be one product"


class ProductKnownAlready(WrongState):
    """The corrected facts are those of another product: then the two are to be merged."""

    code = "product_known_already"
    title = "Another product is described like this"


class ProductFactsInvalid(Invalid):
    """A fact that a seller could not push either; `errors` name each one."""

    code = "product_facts_invalid"
    title = "Some facts of the product are not right"


class ReservationClosed(WrongState):
    """A reservation is consumed or released once."""

    code = "reservation_closed"
    title = "This reservation is no longer open"


class NotEnoughStock(WrongState):
    """More units were asked for than are free."""

    code = "not_enough_stock"
    title = "There are not enough units"


class TraderNotKnownYet(Unavailable):
    """`accounts` could not say who a seller is; it is asked again."""

    code = "trader_not_known_yet"
    title = "The seller's identity is not known here yet"


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Why one line of a push was not applied; `errors` name the field, or the rule and the market, one by one."""

    code: str
    title: str
    detail: str = ""
    errors: tuple[Mapping[str, Any], ...] = ()


def repeated_in_batch(by_line: int) -> LineProblem:
    """The same SKU comes again further down; the last line wins."""
    return LineProblem("sku_repeated", "A later line names the same SKU", f"Line {by_line} was applied instead")


def stale_line(stored: str) -> LineProblem:
    """The stored figures are newer than the line's (reliability: pushes may arrive out of order)."""
    return LineProblem("stale_line", "Newer figures are stored already", f"The stored line is as of {stored}")


def fields_missing(names: list[str]) -> LineProblem:
    """The first line of a SKU must say everything an offer needs."""
    return LineProblem(
        "fields_missing",
        "A new SKU needs more fields",
        f"Missing: {', '.join(names)}",
        tuple({"pointer": f"/{name}", "detail": "is needed for a new SKU", "code": "missing"} for name in names),
    )


def as_of_in_future() -> LineProblem:
    """A count cannot be newer than now; a later one would make every honest line after it stale."""
    return LineProblem("as_of_in_future", "The line's as_of lies in the future")


def other_product(title: str) -> LineProblem:
    """A SKU names one product for good: open orders and statistics hang on it."""
    return LineProblem("sku_has_other_product", "This SKU stands for another product", f"It stands for {title}")


def other_category(title: str, category: str) -> LineProblem:
    """Categories decide VAT and delivery times, so one product has one."""
    return LineProblem("product_category_differs", "The product is known in another category", f"{title}: {category}")


def wrong_gtin(gtin: str) -> LineProblem:
    """GS1 General Specifications, section 7.9: the last digit of a GTIN checks the others."""
    return LineProblem("gtin_invalid", "The GTIN is not valid", f"The check digit of {gtin} is wrong")


def wrong_attributes(errors: list[Mapping[str, Any]]) -> LineProblem:
    """The product's category does not know an attribute, or not with this value."""
    detail = "; ".join(str(error["detail"]) for error in errors)
    return LineProblem("attribute_invalid", "Some attributes of the product are not right", detail, tuple(errors))


def rules_violated(errors: Sequence[Mapping[str, Any]]) -> LineProblem:
    """At least one market does not admit the offer as it would be after the line."""
    detail = "; ".join(str(error["detail"]) for error in errors)
    return LineProblem("market_rule_violated", "A market does not admit this offer", detail, tuple(errors))
