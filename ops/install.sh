#!/bin/sh
# Install Sayline and all that it needs into a virtual environment, from the lock, hashes checked.
# uv is used where it is; python3 -m venv and pip are enough.
set -eu
venv=$1
if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Sayline needs Python 3.11 or newer; $PYTHON is $("$PYTHON" --version 2>&1). Try: make PYTHON=python3.12" >&2
    exit 1
fi
echo "Setting up $venv (once) ..."

with_uv() {
    uv venv --quiet --allow-existing --python "$PYTHON" "$venv" &&
        uv pip install --quiet --python "$venv/bin/python" --no-deps --require-hashes -r requirements.lock &&
        uv pip install --quiet --python "$venv/bin/python" --no-deps -e .
}

with_pip() {
    "$PYTHON" -m venv --clear "$venv" &&
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock &&
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -e .
}

if command -v uv >/dev/null 2>&1; then
    with_uv || { echo "uv could not do it; trying pip ..." >&2; with_pip; }
else
    with_pip
fi
