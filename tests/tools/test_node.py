"""The Node tools are those of the lock file, come without scripts, and say plainly when they cannot be had."""

import json
import shutil
from pathlib import Path

import pytest

from tests.tools import node

pytestmark = pytest.mark.node


def test_the_lock_names_no_host_that_packages_come_from() -> None:
    packages = json.loads((node.HERE / "package-lock.json").read_text())["packages"]
    wanted = json.loads((node.HERE / "package.json").read_text())["dependencies"]
    assert packages[""]["dependencies"] == wanted
    assert [name for name, one in packages.items() if "resolved" in one] == []
    assert [name for name, one in packages.items() if name and "integrity" not in one] == []


def test_the_versions_are_pinned() -> None:
    for name, version in json.loads((node.HERE / "package.json").read_text())["dependencies"].items():
        manifest = json.loads((node.installed() / name / "package.json").read_text())
        assert manifest["version"] == version


def test_the_accessibility_checker_is_a_script_for_a_page() -> None:
    assert "axe" in node.axe().read_text(encoding="utf-8")[:2000]


def test_without_a_network_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(node.HERE / name, tmp_path)
    modules = tmp_path / "node_modules"
    monkeypatch.setattr(node, "HERE", tmp_path)
    monkeypatch.setattr(node, "MODULES", modules)
    monkeypatch.setattr(node, "_STAMP", modules / ".regrade-installed")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_offline", "true")
    with pytest.raises(node.NodeToolsMissing, match="HTTPS_PROXY"):
        node.installed()
    assert not modules.exists()


def test_a_faulty_document_is_found_out(tmp_path: Path) -> None:
    ruleset = tmp_path / "rules.yaml"
    ruleset.write_text('extends: ["spectral:oas"]\n')
    document = tmp_path / "api.json"
    document.write_text('{"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {"/a/": {}}}')
    found = {finding.rule: finding for finding in node.spectral(ruleset, [document])}
    assert found["path-keys-no-trailing-slash"].place == "paths./a/"
    assert found["path-keys-no-trailing-slash"].severity == "warn"


def test_a_wrong_ruleset_is_no_clean_bill(tmp_path: Path) -> None:
    ruleset = tmp_path / "rules.yaml"
    ruleset.write_text('extends: ["spectral:nonsense"]\n')
    document = tmp_path / "api.json"
    document.write_text("{}")
    with pytest.raises(RuntimeError, match="could not lint"):
        node.spectral(ruleset, [document])
