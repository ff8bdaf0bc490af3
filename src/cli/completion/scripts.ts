/** What a shell needs to ask the program. Each line of an answer is a candidate, a tab and a few words; `:files` at the end. */

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

// `command`: the program on the PATH, and never a file of that name in the current folder. Nothing of an
// answer is evaluated.
export const SCRIPTS: Record<Shell, string> = {
  bash: `# bash completion for broadcast
_broadcast() {
  local value
  COMPREPLY=()
  compopt +o default +o filenames 2>/dev/null
  while IFS= read -r value; do
    case $value in
      :files) compopt -o default 2>/dev/null ;;
      :names) compopt -o filenames 2>/dev/null ;;
      *) COMPREPLY+=("$value") ;;
    esac
  done < <(command broadcast complete bash "$COMP_WORDBREAKS" -- "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
complete -F _broadcast broadcast
`,
  zsh: `#compdef broadcast
_broadcast() {
  local line files=0
  local -a values shown
  local -i width=0
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      files=1
    else
      values+=("\${line%%$'\\t'*}")
      shown+=("\${line#*$'\\t'}")
      (( \${#values[-1]} > width )) && width=\${#values[-1]}
    fi
  done < <(command broadcast complete zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)
  local -i at
  for (( at = 1; at <= \${#values}; at++ )); do
    [[ -n $shown[at] ]] && shown[at]="\${(r:width:)values[at]}  -- $shown[at]" || shown[at]=$values[at]
  done
  (( \${#values} )) && compadd -l -d shown -a -- values && return
  (( files )) && _files
}
# Loaded by itself as a function of this name, or sourced.
if [[ $funcstack[1] == _broadcast ]]; then
  _broadcast "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _broadcast broadcast
fi
`,
  fish: `# fish completion for broadcast
function __broadcast_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    for line in (command broadcast complete fish -- $words[2..-1] "$typed" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$typed"
        else
            printf '%s\\n' "$line"
        end
    end
end
complete -c broadcast -e
complete -c broadcast -f -k -a '(__broadcast_complete)'
`,
};

/** Where each one goes. */
export const PLACES: Record<Shell, string> = {
  bash: "broadcast completion bash > ~/.local/share/bash-completion/completions/broadcast",
  zsh: 'broadcast completion zsh > "${fpath[1]}/_broadcast"',
  fish: "broadcast completion fish > ~/.config/fish/completions/broadcast.fish",
};
