"""The background work: webhooks that go out, pay-outs, refunds and card captures that arrive."""
