#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds Mailtrek and opens it: bash app/start.sh [FILE]. Without a screen it tells the journey in the terminal.
set -euo pipefail
file=$(realpath -m -- "${1:-$(dirname -- "$0")/../scenarios/01_primera_carta.yaml}")
cd -- "$(dirname -- "$0")/.."

. app/install-packages.sh
need_packages build window

echo "Building in build/release ..." >&2
cmake --preset release -DMAILTREK_TESTS=OFF -DMAILTREK_GUI=ON >/dev/null
cmake --build --preset release -- --quiet

if [ -n "${WAYLAND_DISPLAY:-}${DISPLAY:-}" ]; then
    exec build/release/app/mailtrek/mailtrek "$file"
fi
echo "No screen here: the same journey in words." >&2
exec build/release/app/mailtrek-cli/mailtrek-cli run "$file"
