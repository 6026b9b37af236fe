#compdef reseat
# Completions of reseat for zsh. To renew: reseat completions zsh

# Words that go on.
_reseat_beginnings() {
    compadd -S '' "$@"
}

@COMMANDS@

if [ "$funcstack[1]" = "_reseat" ]; then
    _reseat "$@"
else
    compdef _reseat reseat
fi
