# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of mailtrek-cli for bash: . app/completion/mailtrek-cli.bash
_mailtrek_cli() {
    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command="" options i
    # --level=tcp reaches us as three words
    [[ $word == "=" ]] && word=""
    [[ $previous == "=" ]] && previous=${COMP_WORDS[COMP_CWORD - 2]}
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in run | check | export | serve | metrics) command=${COMP_WORDS[i]} && break ;; esac
    done
    case $previous in
        --level) mapfile -t COMPREPLY < <(compgen -W "story mail dialogue tcp ip" -- "$word") && return ;;
        --format) mapfile -t COMPREPLY < <(compgen -W "text json jsonl" -- "$word") && return ;;
        --lang) mapfile -t COMPREPLY < <(compgen -W "en es" -- "$word") && return ;;
        --to) mapfile -t COMPREPLY < <(compgen -f -- "$word") && return ;;
        --pace) mapfile -t COMPREPLY < <(compgen -W "real fast" -- "$word") && return ;;
        --save) mapfile -t COMPREPLY < <(compgen -f -- "$word") && return ;;
        --as | --smtp | --submission | --pop3 | --imap | --for | --variant | --seed | --until | --set | --max-events | --max-memory | --at-node | --at-link) COMPREPLY=() && return ;;
    esac
    case $command in
        "") options="run check export serve metrics --help --version --lang" ;;
        run) options="--variant --seed --until --set --level --format --max-events --max-memory --help --version --lang" ;;
        export) options="--to --variant --at-node --at-link --help --version --lang" ;;
        serve) options="--as --smtp --submission --pop3 --imap --pace --save --for --help --version --lang" ;;
        *) options="--help --version --lang" ;;
    esac
    if [[ $word == -* || -z $command ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
    elif [[ $command != metrics ]]; then
        mapfile -t COMPREPLY < <(compgen -f -X '!*.yaml' -- "$word"; compgen -f -X '!*.yml' -- "$word"; compgen -d -- "$word")
    fi
}
complete -o filenames -F _mailtrek_cli mailtrek-cli
