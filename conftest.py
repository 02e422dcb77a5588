"""pytest names a test file after its folders: packages whose folder bears their own name must be loaded before it does."""

import gateway  # noqa: F401
import sandbox  # noqa: F401
