"""Lets the tests of this service find its builders by their full path, which no other service's can be mistaken for."""

import sys
from pathlib import Path

# At the end, so that no folder of the repository hides an installed package of the same name.
sys.path.append(str(Path(__file__).parents[3]))
