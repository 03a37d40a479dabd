# SPDX-License-Identifier: GPL-3.0-or-later
# Read by app/start.sh and tests/run.sh. need_packages GROUP...: installs what is missing of those groups of app/packages.txt, and says so first.
need_packages() {
    local wanted missing=() package sudo=""
    if ! command -v apt-get >/dev/null; then
        echo "This is no Debian: make sure that what app/packages.txt names is installed." >&2
        return 0
    fi
    wanted=$(awk -v groups=" $* " '$1 !~ /^#/ && index(groups, " " $1 " ") { print $2 }' app/packages.txt)
    for package in $wanted; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    [ "$(id -u)" -eq 0 ] || sudo=sudo
    echo "Installing with apt-get: ${missing[*]}" >&2
    $sudo env DEBIAN_FRONTEND=noninteractive sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null' sh "${missing[@]}"
}
