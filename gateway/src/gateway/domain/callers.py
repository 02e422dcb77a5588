"""How callers show who they are."""

# An API key is told from an access token by how it begins.
API_KEY_PREFIX = "rgk_"
