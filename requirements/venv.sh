#!/usr/bin/env bash
# Make a virtual environment that holds exactly what requirements/dev.txt locks, and this project as an editable install.
#
#     requirements/venv.sh DIRECTORY        PYTHON chooses the interpreter, python3 otherwise
#
# Only the first step depends on what the machine offers: venv with ensurepip, or else any pip, or else a uv on PATH.
# That step fetches the locked uv, and uv does the rest.
set -euo pipefail

venv=$1
python=${PYTHON:-python3}
cd "$(dirname "$0")/.."

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' ||
    fail "Python 3.11, 3.12 or 3.13 is needed, and $python is $("$python" --version 2>&1)." \
        "Name another one: make PYTHON=python3.12"

pip_install=(-m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
    --requirement requirements/build.txt)

if ! "$venv/bin/python" -c '' 2>/dev/null; then
    rm -rf "$venv"
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv "$venv"
        "$venv/bin/python" "${pip_install[@]}"
    elif "$python" -m pip --version >/dev/null 2>&1; then
        # A folder of its own is open even to a pip that may not touch the system (PEP 668).
        "$python" "${pip_install[@]}" --upgrade --target .build/bootstrap
        .build/bootstrap/bin/uv venv --quiet --python "$python" "$venv"
        .build/bootstrap/bin/uv pip install --quiet --python "$venv/bin/python" --require-hashes \
            --requirement requirements/build.txt
    elif command -v uv >/dev/null; then
        uv venv --quiet --python "$python" "$venv"
        uv pip install --quiet --python "$venv/bin/python" --require-hashes --requirement requirements/build.txt
    else
        fail "$python has neither venv with ensurepip nor pip, and there is no uv." \
            "Install one of them; on Debian: apt-get install python3-venv"
    fi
fi

uv=("$venv/bin/python" -m uv --quiet)
"${uv[@]}" pip sync --python "$venv/bin/python" --require-hashes --no-build requirements/dev.txt
"${uv[@]}" pip install --python "$venv/bin/python" --no-deps --no-build-isolation --editable .
