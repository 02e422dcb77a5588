"""A refund goes back by the means that paid, the last one first, and never more than each brought."""

import pytest

from chassis.kernel.ids import Id, new_id
from payments.domain.errors import RefundExceedsPayment
from payments.domain.refund import Source, SourceKind
from payments.domain.tender import Share, spread
from services.payments.tests.builders import eur

TRANSFER = Share(Source(SourceKind.BANK_CREDIT, new_id(), "crd_1", "wal_1"), eur(30000))
CARD = Share(Source(SourceKind.CARD_CAPTURE, new_id(), "cap_1", "wal_1"), eur(10000))


def by_source(shares: list[Share]) -> dict[Id, int]:
    return {share.source.id: share.amount.minor for share in shares}


def test_the_last_means_gives_back_first_and_at_most_what_it_brought() -> None:
    parts = spread(eur(25000), [TRANSFER, CARD], {})
    assert [(part.source, part.amount) for part in parts] == [(CARD.source, eur(10000)), (TRANSFER.source, eur(15000))]


def test_what_was_given_back_before_counts() -> None:
    assert by_source(spread(eur(25000), [TRANSFER, CARD], {CARD.source.id: 10000})) == {TRANSFER.source.id: 25000}


def test_all_of_it_may_go_back_and_not_a_cent_more() -> None:
    assert sum(by_source(spread(eur(40000), [TRANSFER, CARD], {})).values()) == 40000
    with pytest.raises(RefundExceedsPayment):
        spread(eur(40001), [TRANSFER, CARD], {})
