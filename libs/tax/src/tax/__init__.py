"""VAT rules, rates and texts as dated data, with an explanation for each answer."""

from tax.cases import (
    NO_VAT_NUMBER,
    BuyerVat,
    CategoryCode,
    GoodsAmount,
    Regime,
    SaleCase,
    ServiceCase,
    VatDecision,
    VatStatus,
)
from tax.decision import decide
from tax.errors import CategoriesDoNotMix, DiscountAboveGoods, NoStandardRate, NoSuchText, NothingToInvoice, TaxRefusal
from tax.rates import standard_rate
from tax.rounding import half_up, percent_of, split
from tax.service_decision import decide_service
from tax.texts import InvoiceNote, statutory_notes, texts
from tax.totals import InvoiceTotals, PriceBasis, PricedLine, VatBreakdown, VatShare, invoice_totals

__all__ = [
    "NO_VAT_NUMBER",
    "BuyerVat",
    "CategoriesDoNotMix",
    "CategoryCode",
    "DiscountAboveGoods",
    "GoodsAmount",
    "InvoiceNote",
    "InvoiceTotals",
    "NoStandardRate",
    "NoSuchText",
    "NothingToInvoice",
    "PriceBasis",
    "PricedLine",
    "Regime",
    "SaleCase",
    "ServiceCase",
    "TaxRefusal",
    "VatBreakdown",
    "VatDecision",
    "VatShare",
    "VatStatus",
    "decide",
    "decide_service",
    "half_up",
    "invoice_totals",
    "percent_of",
    "split",
    "standard_rate",
    "statutory_notes",
    "texts",
]
