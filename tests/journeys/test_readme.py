"""The README's curl walk works when it is pasted."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.journeys.world import World

pytestmark = pytest.mark.journey

README = Path(__file__).parents[2] / "README.md"


def test_the_walk_works_when_pasted(world: World, tmp_path: Path) -> None:
    block = re.search(r"<!-- A test pastes this block. -->\n```bash\n(.*?)```", README.read_text(), re.DOTALL)
    assert block is not None
    (tmp_path / ".regrade").mkdir()
    (tmp_path / ".regrade" / "demo.json").write_text(json.dumps(world.contract))
    done = subprocess.run(
        ["bash", "-c", block[1]], cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    payouts = json.loads(done.stdout.splitlines()[-1])
    assert payouts["items"][0]["amount"]["amount"] > 0
    assert (tmp_path / "purchase-order.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "invoice.pdf").read_bytes().startswith(b"%PDF")
