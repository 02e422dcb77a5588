"""Signatures by the Standard Webhooks specification."""

from datetime import datetime

from standardwebhooks.webhooks import Webhook as Signer

from sandbox.domain.webhooks import Webhook


def signed_headers(webhook: Webhook, secret: str, now: datetime) -> dict[str, str]:
    """Headers for one attempt; `now` is real time, because receivers refuse old signatures."""
    return {
        "content-type": "application/json",
        "webhook-id": webhook.event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signer(secret).sign(webhook.event_id, now, webhook.body),
    }
