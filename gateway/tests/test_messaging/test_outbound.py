"""What others read about our mails: who was told what, and nothing personal."""

from chassis.testing.clock import START
from gateway.domain.delivery import FailureReason, Template
from gateway.messaging.outbound import outbound
from gateway.tests.builders import BUYER, ORDER, a_delivery


def test_a_delivery_is_public_from_its_first_version_on() -> None:
    delivery = a_delivery(Template.PURCHASE_ORDER)
    common = {
        "delivery_id": str(delivery.id),
        "channel": "mail",
        "template": "purchase_order",
        "order_id": str(ORDER),
    }
    prepared = outbound(delivery.prepared())
    assert (prepared.topic, prepared.type, prepared.seq) == ("gateway.delivery", "gateway.delivery.prepared.v1", 1)
    assert prepared.data == {**common, "company_id": None}
    sent = outbound(delivery.sent(BUYER, START)[1])
    assert (sent.type, sent.seq) == ("gateway.delivery.sent.v1", 2)
    assert sent.data == {**common, "company_id": str(BUYER), "message_id": f"<{delivery.id}@regrade>"}
    failed = outbound(delivery.failed(FailureReason.REFUSED, START)[1])
    assert (failed.type, failed.seq) == ("gateway.delivery.failed.v1", 2)
    assert failed.data == {**common, "company_id": None, "reason": "refused_by_mail_server"}
