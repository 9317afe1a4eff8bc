# Prints what zsh offers after a line: zsh -f ask.zsh 'omd-worker con'
zmodload zsh/zpty || exit 1
export ASKED_FILE=$(mktemp)
# Read once for all questions of one process.
export ASKED_DUMP=${TMPDIR:-/tmp}/zcompdump-$PPID
zpty asked zsh -f -i
send() { zpty -w asked "$1"; }
send 'bindkey -e; PROMPT= RPROMPT= ; fpath=(completions $fpath); autoload -Uz compinit; compinit -C -d $ASKED_DUMP'
# Each match goes to the file; what is only asked for an array is passed on.
send 'compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  local -a found
  builtin compadd -O found "$@"
  print -rl -- $found >> $ASKED_FILE
  builtin compadd "$@"
}'
send 'show() { print -n > $ASKED_FILE; BUFFER=$ASKED_LINE; CURSOR=$#BUFFER; zle complete-word; print done >> $ASKED_FILE.done; }'
send 'zle -N show; bindkey "^Xs" show'
send "ASKED_LINE=${(q)1}"
zpty -w -n asked $'\x18s'
integer tries=0
until [[ -s $ASKED_FILE.done ]] || (( tries++ > 400 )); do
  zpty -r -t asked answer || sleep 0.05
done
zpty -d asked
cat $ASKED_FILE
rm -f $ASKED_FILE $ASKED_FILE.done
