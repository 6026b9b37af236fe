# Completions of reseat for fish. To renew: reseat completions fish

# Succeeds where this command is being typed; with a number, only in that place of its words without a flag.
function __reseat_at
    set -l typed (commandline -opc)
    set -e typed[1]
    set -l path
    set -l place 0
    set -l is_value no
    set -l only_words no
    for word in $typed
        if test $is_value = yes
            set is_value no
        else if test $only_words = no -a "$word" = --
            set only_words yes
        else if test $only_words = no; and string match -q -- '-?*' $word
            if contains -- $word @WITH_VALUE@
                set is_value yes
            end
        else if test $only_words = no; and contains -- (string join ' ' $path $word) @PATHS@
            set path $path $word
        else
            set place (math $place + 1)
        end
    end
    test "$path" = "$argv[1]"; or return 1
    set -q argv[2]; or return 0
    test $place -eq $argv[2]
end

# Files that end so, and every folder.
function __reseat_files
    set -l token (commandline -ct | string replace -r '^--[^=]*=' '')
    set -l endings (string join '|' -- $argv)
    for file in (complete -C "__reseat_no_command $token")
        if not set -q argv[1]; or string match -qir "(/|\.($endings))\$" -- $file
            printf '%s\n' $file
        end
    end
end

complete -c reseat -f
@COMPLETIONS@
