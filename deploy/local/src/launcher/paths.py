"""Where things lie: the clone, its state, and a folder outside for a database user who may not enter the clone."""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher.problems import LauncherProblem

UNPRIVILEGED_USER = "nobody"
# Not /tmp: the database must survive a restart of the machine.
OUTSIDE = Path("/var/tmp")  # noqa: S108


def clone_root() -> Path:
    """The clone this launcher was installed from (it is installed editable)."""
    for folder in Path(__file__).resolve().parents:
        if (folder / "requirements.lock").exists():
            return folder
    raise LauncherProblem(
        "not_in_a_clone", "The launcher does not lie in a clone of Regrade.", "Use it through `make run` in a clone."
    )


@dataclass(frozen=True)
class StatePaths:
    """All that a stack writes. `root` is the clone; `state` is usually `<root>/.regrade`."""

    root: Path
    state: Path

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def kafka(self) -> Path:
        return self.state / "kafka"

    @property
    def secrets(self) -> Path:
        return self.state / "secrets.json"

    @property
    def demo(self) -> Path:
        return self.state / "demo.json"

    @property
    def demo_before(self) -> Path:
        """demo.json of the run before, from which the demo may take its keys again."""
        return self.state / "demo-before.json"

    @property
    def lock(self) -> Path:
        return self.state / "lock"

    @property
    def markets(self) -> Path:
        return self.root / "markets"

    @property
    def data_folder_note(self) -> Path:
        """The file that keeps the path of the folder outside, where there is one."""
        return self.state / "data-folder"

    def prepare(self) -> None:
        self.state.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.logs.mkdir(mode=0o700, exist_ok=True)

    def postgres_home(self) -> Path:
        """The folder for the database: inside `state`, or outside the clone when its user may not go there.

        A folder chosen earlier stays chosen, because the data lies there.
        """
        if self.data_folder_note.exists():
            return own_folder(Path(self.data_folder_note.read_text().strip()))
        if os.geteuid() != 0 or may_enter(self.state):
            return self.state
        outside = outside_folder(self.state)
        self.data_folder_note.write_text(f"{outside}\n")
        return own_folder(outside)

    def remove(self) -> list[Path]:
        """Remove all state and say which folders went. The caller makes sure that nothing runs."""
        folders = [self.state]
        if self.data_folder_note.exists():
            folders.append(Path(self.data_folder_note.read_text().strip()))
        gone = [folder for folder in folders if folder.exists()]
        for folder in gone:
            shutil.rmtree(folder)
        return gone


def outside_folder(inside: Path) -> Path:
    """The name outside that belongs to this one folder of this one user, so that two clones never share data."""
    mark = hashlib.sha256(str(inside.resolve()).encode()).hexdigest()[:12]
    return OUTSIDE / f"regrade-{os.geteuid()}-{mark}"


def own_folder(folder: Path) -> Path:
    """Make the folder, or refuse one that another user made first (anyone may write where it lies)."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise LauncherProblem(
            "data_folder_not_ours", f"{folder} belongs to another user.", "Remove it, then start again."
        )
    folder.chmod(0o755)
    return folder


def may_enter(folder: Path, user: str = UNPRIVILEGED_USER) -> bool:
    """Whether that user may go into the folder, found by letting them try. Only root may ask."""
    attempt = subprocess.run(  # noqa: S603
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
        user=user,
        group=pwd.getpwnam(user).pw_gid,
        extra_groups=[],
        cwd="/",
        env={},
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return attempt.returncode == 0
