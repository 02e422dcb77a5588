"""How callers show who they are, and how our own machines do."""

# An API key is told from an access token by how it begins.
API_KEY_PREFIX = "rgk_"
INTERNAL_TOKEN_HEADER = "Regrade-Internal-Token"  # noqa: S105 - a header's name
