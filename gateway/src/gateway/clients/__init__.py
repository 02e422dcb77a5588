"""What the gateway asks of others: the services behind it, the sandbox, the mail server."""
