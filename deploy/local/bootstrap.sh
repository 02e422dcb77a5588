#!/bin/sh
# Makes .venv with exactly the packages of requirements.lock and the members of this workspace, if it is not so already.
set -eu
cd "$(dirname "$0")/../.."

UV=uv==0.13.8
STAMP=.venv/regrade-installed

members=$(ls -d libs/* services/* gateway sandbox cli deploy/local)
# The path is part of it, because a moved .venv still points to its old place.
wanted=$( (pwd; for member in $members; do cat "$member/pyproject.toml"; done
           cat requirements.lock deploy/local/build.lock pyproject.toml "$0") | sha256sum | cut -d' ' -f1)

if [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

# uv keeps what it downloads in the user's cache; without a home to write to, in the clone.
if [ -z "${UV_CACHE_DIR:-}" ] && ! mkdir -p "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}" 2>/dev/null; then
    UV_CACHE_DIR=$PWD/.regrade/cache/uv
    export UV_CACHE_DIR
fi

if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || ! grep -qs "$PWD" .venv/bin/activate; then
    python=$(sh deploy/local/find-python.sh)
    echo "Setting up .venv with $python ($("$python" -V))."
    rm -rf .venv
    "$python" -m venv .venv
fi

failed() {
    echo "The Python packages could not be installed; the lines above say why." >&2
    echo "Without a network or behind a proxy: set HTTPS_PROXY, then run the same command again." >&2
    exit 1
}

rm -f "$STAMP"
echo "Installing the Python packages of requirements.lock (about 300 MB to download on a new machine)."
.venv/bin/python -m uv --version 2>/dev/null | grep -q "^uv ${UV#uv==}" ||
    .venv/bin/python -m pip install --disable-pip-version-check "$UV" || failed
# Hashes in the list are checked; the members have none, being this folder itself. One call for both, because a sync
# removes what is not in its lists.
for member in $members; do echo "-e ./$member"; done > .venv/members.txt
# Compiled once here, or seven processes would each compile three thousand modules at every start where Python is told
# not to write byte code.
.venv/bin/python -m uv pip sync --compile-bytecode --python .venv/bin/python --build-constraints deploy/local/build.lock \
    requirements.lock .venv/members.txt || failed
echo "$wanted" > "$STAMP"
