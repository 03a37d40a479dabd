#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Pictures of the window to look at: five moments of three lessons, in both languages, light and dark, at two sizes, and the gallery.
#   screens.sh PROGRAM FOLDER            all of them, as FOLDER/LESSON-MOMENT-LANGUAGE-THEME-HEIGHT.png
#   screens.sh PROGRAM FOLDER --readme   only the two that open the README, small enough to be kept (needs ImageMagick)
set -euo pipefail
program=$(realpath -- "$1")
mkdir -p -- "$2"
folder=$(realpath -- "$2")
cd -- "$(dirname -- "$0")/../.."
export QT_QPA_PLATFORM=offscreen

if [ "${3:-}" = --readme ]; then
    "$program" scenarios/04_enlace_con_perdidas.yaml --level tcp --at 470ms --lang en --theme light --size 1280x720 --screenshot "$folder/lossy-link.png"
    "$program" scenarios/09_luis_sin_red.yaml --level mail --at 30min --lang es --theme dark --size 1280x720 --view mailboxes --screenshot "$folder/luis-sin-red.png"
    for picture in lossy-link luis-sin-red; do
        convert "$folder/$picture.png" -strip +dither -colors 128 -define png:compression-level=9 "PNG8:$folder/$picture.png"
    done
    exit 0
fi

moments() {  # moment, level, time, view
    case $1 in
        01) echo "start mail 0s map;asks mail 60ms map;dialogue dialogue 200ms ladder;letter story 290ms map;stored tcp 330ms mailboxes" ;;
        04) echo "open tcp 140ms ladder;lost tcp 420ms ladder;gap tcp 470ms ladder;resent tcp 491ms ladder;routes ip 700ms ladder" ;;
        09) echo "handed story 50ms mailboxes;waits mail 30min mailboxes;online story 1h mailboxes;reads dialogue 65min ladder;end mail 2h mailboxes" ;;
    esac
}
for file in scenarios/01_*.yaml scenarios/04_*.yaml scenarios/09_*.yaml; do
    number=$(basename -- "$file" | cut -c1-2)
    IFS=';' read -ra all <<<"$(moments "$number")"
    for moment in "${all[@]}"; do
        read -r name level at view <<<"$moment"
        for lang in en es; do for theme in light dark; do for size in 1280x720 1920x1080; do
            "$program" "$file" --level "$level" --at "$at" --view "$view" --lang "$lang" --theme "$theme" --size "$size" --screenshot "$folder/$number-$name-$lang-$theme-${size#*x}.png"
        done; done; done
    done
done
for lang in en es; do for theme in light dark contrast; do
    "$program" scenarios --lang "$lang" --theme "$theme" --screenshot "$folder/gallery-$lang-$theme-720.png"
done; done
