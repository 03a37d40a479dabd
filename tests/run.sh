#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds everything with assertions on, and runs every test: bash tests/run.sh [ctest options].
set -euo pipefail
cd -- "$(dirname -- "$0")/.."

. app/install-packages.sh
need_packages build window test

echo "Building in build/tests ..." >&2
cmake --preset tests >/dev/null
cmake --build --preset tests -- --quiet
exec ctest --test-dir build/tests --output-on-failure --progress -j "$(nproc)" "$@"
