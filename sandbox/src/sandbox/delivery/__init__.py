"""The background work: webhooks that go out, pay-outs and refunds that arrive."""
