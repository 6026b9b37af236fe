# Completions of reseat for bash. To renew: reseat completions bash

# What may stand as the value of a flag of a command, in `value`; false if it takes none.
__reseat_value() {
    case "$1:$2" in
@VALUES@
        *) return 1 ;;
    esac
}

# Whether a command has this one below it.
__reseat_below() {
    case "$1:$2" in
@BELOW@) return 0 ;;
        *) return 1 ;;
    esac
}

# The flags of a command in `flags`, the commands below it in `below`, and what may stand in the given place in `value`.
__reseat_command() {
    flags="" below="" value=""
    case "$1" in
@COMMANDS@
    esac
}

# Offers files that end so, all where no ending is given, and every folder.
__reseat_files() {
    local file ending
    compopt -o filenames 2>/dev/null
    while IFS= read -r file; do
        if [[ -d $file || $# -eq 0 ]]; then
            COMPREPLY+=("$file")
            continue
        fi
        for ending in "$@"; do
            [[ $file == *.$ending ]] && COMPREPLY+=("$file")
        done
    done < <(compgen -f -- "$cur")
}

# Offers words; one that ends in `=` goes on.
__reseat_words() {
    local word
    for word in "$@"; do
        if [[ $word == "$cur"* ]]; then
            [[ $word == *= ]] && compopt -o nospace 2>/dev/null
            COMPREPLY+=("$(printf %q "$word")")
        fi
    done
}

__reseat_offer() {
    local kind="$1"
    shift
    case "$kind" in
        words) __reseat_words "$@" ;;
        file) __reseat_files "$@" ;;
        # No file ends in a slash.
        folder) __reseat_files / ;;
    esac
}

_reseat() {
    local cur="$2" command="" flag="" tail="" rest="" place=0 value flags below word i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word="${COMP_WORDS[i]}"
        if [[ $word == "=" ]]; then
            # Bash parts `--output=json` and `group=Ops` into three words each.
            [[ -n $flag ]] || tail=yes
        elif [[ -n $tail ]]; then
            tail=""
        elif [[ -n $flag ]]; then
            flag=""
        elif [[ -z $rest && $word == "--" ]]; then
            rest=yes
        elif [[ -z $rest && $word == -?* ]]; then
            __reseat_value "$command" "$word" && flag="$word"
        elif [[ -z $rest ]] && __reseat_below "$command" "$word"; then
            command="$command${command:+ }$word"
        else
            ((place += 1))
        fi
    done
    word="${COMP_WORDS[COMP_CWORD]}"
    if [[ $word == "=" ]]; then
        cur=""
        [[ -n $flag ]] || tail=yes
    fi
    if [[ -n $tail ]]; then
        return
    fi
    if [[ -n $flag ]]; then
        __reseat_value "$command" "$flag"
        eval "__reseat_offer $value"
        return
    fi
    __reseat_command "$command" "$place"
    if [[ $cur == -* && -z $rest ]]; then
        __reseat_words $flags
        return
    fi
    [[ -n $rest ]] || __reseat_words $below
    eval "__reseat_offer $value"
}

complete -F _reseat -o nosort reseat 2>/dev/null || complete -F _reseat reseat
