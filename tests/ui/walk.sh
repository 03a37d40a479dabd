#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Starts an X server of its own with a window manager and runs the walk in it: walk.sh PROGRAM. Exit code 77 (skipped) where Xvfb, openbox or xdotool is missing.
set -euo pipefail
for need in Xvfb openbox xdotool; do
    command -v "$need" >/dev/null || { echo "skipped: $need is not installed" >&2; exit 77; }
done
program=$(realpath -- "$1")
work=$(mktemp -d)
pids=()
cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf -- "$work"
}
trap cleanup EXIT

Xvfb -displayfd 3 -screen 0 1400x900x24 -nolisten tcp 3>"$work/display" 2>"$work/xvfb.log" &
pids+=($!)
for _ in $(seq 100); do [ -s "$work/display" ] && break; sleep 0.1; done
[ -s "$work/display" ] || { echo "Xvfb did not start:" >&2; cat "$work/xvfb.log" >&2; exit 1; }
DISPLAY=:$(cat "$work/display")
export DISPLAY HOME="$work" XDG_CONFIG_HOME="$work" XDG_RUNTIME_DIR="$work" QT_QPA_PLATFORM=xcb
chmod 700 "$work"
openbox 2>"$work/openbox.log" &
pids+=($!)
for _ in $(seq 100); do xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q 'window id' && break; sleep 0.1; done
timeout 120 "$program"
