"""The refusals of the tax rules, each with a stable code."""


class TaxRefusal(ValueError):
    """A question that the tax rules cannot answer."""

    code = "tax_refusal"


class NoStandardRate(TaxRefusal):
    """No standard VAT rate is known for this country on this day."""

    code = "no_standard_rate"


class NoSuchText(TaxRefusal):
    """No such text is known on this day."""

    code = "no_such_text"


class CategoriesDoNotMix(TaxRefusal):
    """Goods outside the scope of VAT cannot stand on one invoice with other goods (EN 16931 BR-O-11)."""

    code = "categories_do_not_mix"


class NothingToInvoice(TaxRefusal):
    """An invoice needs at least one line, each with a quantity of one or more and no negative price."""

    code = "nothing_to_invoice"


class DiscountAboveGoods(TaxRefusal):
    """A discount cannot be negative or larger than the goods it is taken from."""

    code = "discount_above_goods"
