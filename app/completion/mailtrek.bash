# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of mailtrek for bash: . app/completion/mailtrek.bash
_mailtrek() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    # --level=tcp reaches us as three words
    [[ $word == "=" ]] && word=""
    [[ $previous == "=" ]] && previous=${COMP_WORDS[COMP_CWORD - 2]}
    case $previous in
        --level) mapfile -t COMPREPLY < <(compgen -W "story mail dialogue tcp ip" -- "$word") && return ;;
        --pace) mapfile -t COMPREPLY < <(compgen -W "story true" -- "$word") && return ;;
        --theme) mapfile -t COMPREPLY < <(compgen -W "light dark contrast" -- "$word") && return ;;
        --lang) mapfile -t COMPREPLY < <(compgen -W "en es" -- "$word") && return ;;
        --view) mapfile -t COMPREPLY < <(compgen -W "map ladder charts inspector mailboxes letter packets tables lesson whatif editor gallery" -- "$word") && return ;;
        --size) mapfile -t COMPREPLY < <(compgen -W "1280x720 1920x1080" -- "$word") && return ;;
        --screenshot) mapfile -t COMPREPLY < <(compgen -f -- "$word") && return ;;
        --at) COMPREPLY=() && return ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "--level --pace --at --theme --lang --presenter --screenshot --size --view --help --version" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -X '!*.yaml' -- "$word"; compgen -f -X '!*.yml' -- "$word"; compgen -d -- "$word")
    fi
}
complete -o filenames -F _mailtrek mailtrek
