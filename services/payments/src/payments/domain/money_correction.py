"""Money that finance moves by hand: what kinds there are, each by a rule that the books have anyway."""

from enum import StrEnum

# How proposals of accounts and others are told from these.
KIND = "money_correction"


class CorrectionKind(StrEnum):
    """P8 and P13, before their time has come."""

    # Money that nobody could place goes back to its sender now. Of a bank line, the whole part that is on no order.
    RETURN_UNAPPLIED = "return_unapplied"
    # The platform puts in what a seller's refund is short of. Of a credit note, at most the amount that was confirmed.
    ADVANCE_REFUND = "advance_refund"
