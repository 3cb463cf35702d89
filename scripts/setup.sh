#!/bin/sh
# Make .venv with the pinned packages and columninch itself, once; again only when the pins or the project change.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "columninch: $1" >&2
    exit 2
}

stamp=.venv/.columninch-setup
want=$(cat pyproject.toml constraints.txt scripts/setup.sh | cksum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && .venv/bin/python -c "import prefect" 2>/dev/null; then
    exit 0
fi

suits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

python=${PYTHON:-}
if [ -n "$python" ]; then
    suits "$python" || fail "PYTHON=$python is not Python 3.11, 3.12 or 3.13; name one that is: make PYTHON=python3.12 …"
else
    for candidate in python3 python3.13 python3.12 python3.11; do
        if suits "$candidate"; then
            python=$candidate
            break
        fi
    done
    [ -n "$python" ] || fail "needs Python 3.11, 3.12 or 3.13 ($(python3 --version 2>&1 || echo none) is here); install one, or name it: make PYTHON=/path/to/python3.12 …"
fi
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "this Python has no venv module; on Debian and Ubuntu: apt-get install python3-venv, then run the same command again"

echo "setting up .venv with $("$python" --version 2>&1) (about two minutes the first time) …" >&2
rm -rf .venv
"$python" -m venv .venv
PIP_CONSTRAINT="$PWD/constraints.txt"
case $PIP_CONSTRAINT in *' '*) PIP_CONSTRAINT=constraints.txt ;; esac # pip splits this variable at spaces
export PIP_CONSTRAINT PIP_DISABLE_PIP_VERSION_CHECK=1
.venv/bin/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]' ||
    fail "installing the packages failed (see above); check the network and run the same command again"
printf '%s' "$want" >"$stamp"
