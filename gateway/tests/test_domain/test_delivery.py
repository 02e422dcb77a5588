"""A delivery ends once, and the same fact never makes two of it."""

import pytest

from chassis.kernel.ids import new_id
from chassis.testing.clock import START
from chassis.testing.walk import check_every_move
from gateway.domain.delivery import (
    TABLE,
    Delivery,
    DeliveryEnded,
    DeliveryState,
    FailureReason,
    Template,
    new_delivery,
)
from gateway.tests.builders import BUYER, a_delivery


def test_every_move_in_every_state() -> None:
    tried = check_every_move(
        TABLE,
        DeliveryState,
        lambda state: a_delivery(Template.PURCHASE_ORDER, state=state),
        {
            "send": lambda delivery: delivery.sent(BUYER, START)[0],
            "fail": lambda delivery: delivery.failed(FailureReason.NO_ADDRESS, START)[0],
        },
        lambda delivery: delivery.state,
    )
    assert tried == 6


def test_the_same_fact_and_template_is_the_same_delivery() -> None:
    event_id = new_id()

    def of(template: Template) -> Delivery:
        return new_delivery(template, event_id, {}, START)

    assert of(Template.INVOICE_TO_BUYER).id == of(Template.INVOICE_TO_BUYER).id
    assert of(Template.INVOICE_TO_BUYER).id != of(Template.INVOICE_TO_SELLER).id
    assert of(Template.INVOICE_TO_BUYER).message_id == f"<{of(Template.INVOICE_TO_BUYER).id}@regrade>"


def test_each_version_has_one_event_with_its_number() -> None:
    delivery = a_delivery(Template.PURCHASE_ORDER)
    after, sent = delivery.sent(BUYER, START)
    assert [delivery.prepared().seq, sent.seq] == [1, 2] == [delivery.version, after.version]
    assert sent.message_id == delivery.message_id


def test_a_sent_mail_cannot_fail_afterwards() -> None:
    with pytest.raises(DeliveryEnded, match="cannot fail while sent"):
        a_delivery(Template.PURCHASE_ORDER, state=DeliveryState.SENT).failed(FailureReason.REFUSED, START)
