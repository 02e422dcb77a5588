"""The edge: routing, checks, mail, webhooks and pages."""
