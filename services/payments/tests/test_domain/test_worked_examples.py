"""The worked examples E1 and E2, journal by journal: figures from the rule book, never from the program."""

from chassis.kernel.ids import new_id
from chassis.kernel.money import Money
from payments.domain.accounts import MKT_CASH, MKT_COMMISSION, MKT_VAT_OUT, PSP_CASH
from payments.domain.books import escrow_difference, fold
from payments.domain.commission import Commission, commission_on
from payments.domain.journal import Entry
from payments.domain.ledger_rules import (
    captured,
    card_settled,
    commission,
    commission_swept,
    paid_out,
    psp_fee,
    refund_of_unapplied,
    refund_paid,
    released,
    shipped,
    transfer_matched,
    transfer_received,
)
from services.payments.tests.builders import DAY, eur
from tax import BuyerVat

O1, A, B, SELLER_A, SELLER_B, BUYER, REFUND = (new_id() for _ in range(7))
FRENCH = BuyerVat("FR44732829320", "FR", "valid")


def lines(entry: Entry) -> list[tuple[str, str, int]]:
    return [(posting.account.name, posting.side, posting.amount.minor) for posting in entry.postings]


def test_commission_of_e1_is_ten_percent_of_the_goods_without_shipping_plus_french_vat() -> None:
    a = commission_on(eur(129050), "10.00", "FR", "FR", FRENCH, DAY)
    b = commission_on(eur(64500), "10.00", "FR", "FR", FRENCH, DAY)
    assert a == Commission(eur(12905), eur(2581), "S", "20")
    assert b == Commission(eur(6450), eur(1290), "S", "20")


def test_commission_to_another_member_state_bears_no_vat() -> None:
    danish = BuyerVat("DK13585628", "DK", "valid")
    found = commission_on(Money(239800, "DKK"), "8.00", "FR", "DK", danish, DAY)
    # Rule book E3: 191.84 DKK, reverse charge.
    assert found == Commission(Money(19184, "DKK"), Money(0, "DKK"), "AE", "0")


def test_e1_by_card_ends_with_every_escrow_account_empty() -> None:
    steps = [
        (captured(O1, eur(221148)), [("psp.card", "debit", 221148), (f"buyer.escrow:{O1}", "credit", 221148)]),
        (card_settled(O1, eur(221148)), [("psp.cash", "debit", 221148), ("psp.card", "credit", 221148)]),
        *sellers_part(),
        (psp_fee(eur(3121)), [("mkt.psp_fees", "debit", 3121), ("mkt.psp_fee_payable", "credit", 3121)]),
    ]
    play(steps)


def test_e1_by_bank_transfer_ends_with_every_escrow_account_empty() -> None:
    steps = [
        (
            transfer_received(BUYER, eur(221148)),
            [("psp.cash", "debit", 221148), (f"buyer.unapplied:{BUYER}", "credit", 221148)],
        ),
        (
            transfer_matched(BUYER, O1, eur(221148)),
            [(f"buyer.unapplied:{BUYER}", "debit", 221148), (f"buyer.escrow:{O1}", "credit", 221148)],
        ),
        *sellers_part(),
    ]
    balances = play(steps)
    assert balances[MKT_CASH] == 23226


def test_e2_returns_the_excess_of_a_transfer() -> None:
    play(
        [
            (
                transfer_received(BUYER, eur(160000)),
                [("psp.cash", "debit", 160000), (f"buyer.unapplied:{BUYER}", "credit", 160000)],
            ),
            (
                transfer_matched(BUYER, O1, eur(156048)),
                [(f"buyer.unapplied:{BUYER}", "debit", 156048), (f"buyer.escrow:{O1}", "credit", 156048)],
            ),
            (
                refund_of_unapplied(BUYER, REFUND, eur(3952)),
                [(f"buyer.unapplied:{BUYER}", "debit", 3952), (f"refund.payable:{REFUND}", "credit", 3952)],
            ),
            (
                refund_paid(REFUND, eur(3952), None),
                [(f"refund.payable:{REFUND}", "debit", 3952), ("psp.cash", "credit", 3952)],
            ),
        ],
        escrow_left=156048,
    )


def sellers_part() -> list[tuple[Entry, list[tuple[str, str, int]]]]:
    return [
        (
            shipped(O1, A, eur(156048)),
            [(f"buyer.escrow:{O1}", "debit", 156048), (f"seller.pending:{A}", "credit", 156048)],
        ),
        (
            commission(O1, A, eur(12905), eur(2581)),
            [
                (f"seller.pending:{A}", "debit", 15486),
                ("mkt.commission", "credit", 12905),
                ("mkt.vat_out", "credit", 2581),
            ],
        ),
        (
            shipped(O1, B, eur(65100)),
            [(f"buyer.escrow:{O1}", "debit", 65100), (f"seller.pending:{B}", "credit", 65100)],
        ),
        (
            commission(O1, B, eur(6450), eur(1290)),
            [
                (f"seller.pending:{B}", "debit", 7740),
                ("mkt.commission", "credit", 6450),
                ("mkt.vat_out", "credit", 1290),
            ],
        ),
        (
            released(O1, A, SELLER_A, eur(140562)),
            [(f"seller.pending:{A}", "debit", 140562), (f"seller.available:{SELLER_A}", "credit", 140562)],
        ),
        (
            released(O1, B, SELLER_B, eur(57360)),
            [(f"seller.pending:{B}", "debit", 57360), (f"seller.available:{SELLER_B}", "credit", 57360)],
        ),
        (
            paid_out(SELLER_A, eur(140562)),
            [(f"seller.available:{SELLER_A}", "debit", 140562), ("psp.cash", "credit", 140562)],
        ),
        (
            paid_out(SELLER_B, eur(57360)),
            [(f"seller.available:{SELLER_B}", "debit", 57360), ("psp.cash", "credit", 57360)],
        ),
        (commission_swept(eur(23226)), [("mkt.cash", "debit", 23226), ("psp.cash", "credit", 23226)]),
    ]


def play(steps: list[tuple[Entry, list[tuple[str, str, int]]]], escrow_left: int = 0) -> dict[object, int]:
    balances: dict[object, int] = {}
    for entry, expected in steps:
        assert lines(entry) == expected
        balances = dict(fold([entry], balances))  # type: ignore[arg-type]
        assert escrow_difference(balances) == 0, f"after {entry.kind}"  # type: ignore[arg-type]
    left = {
        account.name: balance  # type: ignore[attr-defined]
        for account, balance in balances.items()
        if balance and not account.name.startswith("mkt.")  # type: ignore[attr-defined]
    }
    assert left == ({} if not escrow_left else {f"buyer.escrow:{O1}": escrow_left, "psp.cash": escrow_left})
    assert balances.get(MKT_COMMISSION, 0) + balances.get(MKT_VAT_OUT, 0) == balances.get(MKT_CASH, 0)
    assert PSP_CASH not in balances or balances[PSP_CASH] == escrow_left
    return balances
