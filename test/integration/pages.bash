# shellcheck shell=bash disable=SC2001,SC2154
# SPDX-License-Identifier: Apache-2.0
# pages.bash - does what a page shows, and looks whether it prints that. For the integration and the engine tests.
#
#   IMAGE              stands in the place of `busybox`
#   on_node COMMAND    runs a command line of the page, as root of the host that the page is about

# transcript WORDS: what README.md shows of commands that begin with `sudo WORDS`: the command, and what it prints.
transcript() {
  sed -e ':a' -e '/\\$/ { N; s/\\\n *//; ta' -e '}' "$SG_TOP/README.md" |
    awk -v begin="\$ sudo $1 " 'index($0 " ", begin) == 1 { on = 1 } /^\$ |^```/ && index($0 " ", begin) != 1 { on = 0 } on'
}

# follow_readme WORDS: does as README.md shows, with the image of the tests.
follow_readme() {
  local line commands=0
  while IFS= read -r line <&8; do
    if [[ $line == '$ sudo '* ]]; then
      line=${line#'$ sudo '}
      sg_run bash -c "${line// busybox / $IMAGE }"
      commands=$((commands + 1))
    else
      expect_line "$line" || return
    fi
  done 8< <(transcript "$1")
  ((commands > 0)) || fail_with "README.md shows no: $1"
}

# shown FILE: the console blocks of a document, continued lines joined.
shown() {
  sed -e ':a' -e '/\\$/ { N; s/\\\n *//; ta' -e '}' "$1" | awk '/^```console$/ { on = 1; next } /^```$/ { on = 0 } on'
}

# pattern_of LINE...: a regular expression for an output that has these lines. "…" stands for anything in a line, and by
# itself for any lines; columns may be wider.
pattern_of() {
  local line pattern=''
  for line; do
    if [[ $line == … ]]; then
      pattern+=$'([^\n]*\n)*'
    else
      line=$(sed -e 's/[].[\*^$+?(){}|]/\\&/g' <<<"$line" | tr -s ' ')
      pattern+="${line//…/$'[^\n]*'}"$'\n'
    fi
  done
  echo "^$pattern\$"
}

# has_shown LINE...: the output is these lines and no others.
has_shown() { [[ $(tr -s ' ' <<<"$output")$'\n' =~ $(pattern_of "$@") ]]; }

# does COMMAND LINE...: the command prints these lines, or where the page shows none, it succeeds. What only looks is
# asked until it does. A host may have guards that the page knows nothing of: `list` has more lines.
does() {
  local command=$1
  shift
  if [[ $command == *'sysctl-guard '@(list|events|learn)* || $command == 'podman logs'* ]]; then
    poll prints "$command" "$@" || fail_with "it does not print what is shown: $command"
  else
    prints "$command" "$@" || fail_with "it does not print what is shown: $command"
  fi
}

prints() {
  local command=$1 line more=()
  shift
  sg_run on_node "$command" 3>&-
  # Whether the name of a container is known depends on where its engine keeps its state.
  [[ $command != *'sysctl-guard events'* ]] || output=$(sed '/^-- .* is .* --$/d' <<<"$output")
  if (($# == 0)); then
    expect_status 0
  elif [[ $command == *'sysctl-guard list' ]]; then
    for line; do more+=("$line" …); done
    has_shown "${more[@]}"
  else
    has_shown "$@"
  fi
}

# follow_page FILE: does all that its console blocks show. A command that only sets a variable is for the others.
follow_page() {
  local line command='' lines=() commands=0
  while IFS= read -r line <&8; do
    if [[ $line != '$ '* ]]; then
      lines+=("$line")
      continue
    fi
    [[ -z $command ]] || does "$command" "${lines[@]}" || return
    command=${line#'$ '} lines=()
    command=${command//sudo /}
    command=${command// busybox / $IMAGE }
    if [[ $command =~ ^([a-z]+)=(.*)$ ]]; then
      line=${BASH_REMATCH[1]}
      export "$line=$(on_node "echo ${BASH_REMATCH[2]}")"
      [[ -n ${!line} ]] || fail_with "nothing is in $line: $command" || return
      command=''
    fi
    commands=$((commands + 1))
  done 8< <(shown "$SG_TOP/$1")
  does "$command" "${lines[@]}" || return
  ((commands > 5)) || fail_with "$1 shows too little"
}
