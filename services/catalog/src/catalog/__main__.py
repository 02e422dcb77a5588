"""`python -m catalog all|api|consume|relay|timers|migrate`."""

from catalog.main import build
from chassis.runner import main

if __name__ == "__main__":
    main(build)
