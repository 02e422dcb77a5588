"""`python -m orders all|api|consume|relay|timers|migrate`."""

from chassis.runner import main
from orders.main import build

if __name__ == "__main__":
    main(build)
