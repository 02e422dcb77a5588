"""The gateway's HTTP door: the proxy to the services, and the few resources that are the platform's own."""
