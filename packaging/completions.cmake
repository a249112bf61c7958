# SPDX-License-Identifier: Apache-2.0
# completions.cmake - what `sysctl-guard --list-commands` prints, and the keys of annotations in their schema,
# into completions.
#
#   cmake -DPROGRAM=bin/sysctl-guard -DSCHEMA=annotations.v1.schema.json -DOUT=DIR -P completions.cmake
#
# Writes DIR/sysctl-guard.bash, DIR/_sysctl-guard (zsh) and DIR/sysctl-guard.fish. IDs and names of containers are
# asked for when they are completed.
execute_process(COMMAND ${PROGRAM} --list-commands OUTPUT_VARIABLE declared COMMAND_ERROR_IS_FATAL ANY)
file(READ ${SCHEMA} schema)

# last_index(RESULT PATH...): the last index of an array in `declared`; -1 where it is empty.
function(last_index result)
  string(JSON length LENGTH "${declared}" ${ARGN})
  math(EXPR last "${length} - 1")
  set(${result} ${last} PARENT_SCOPE)
endfunction()

# Between single quotes, for a shell: the first line of a text.
function(quoted result text)
  string(REGEX REPLACE "\n.*" "" text "${text}")
  string(REPLACE "'" "'\\''" text "${text}")
  set(${result} "'${text}'" PARENT_SCOPE)
endfunction()

set(keys "")
string(JSON count LENGTH "${schema}" properties)
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
  string(JSON key MEMBER "${schema}" properties ${i})
  string(APPEND keys " ${key}=")
endforeach()
string(STRIP "${keys}" keys)

# Prints IDs and names of containers, NAMESPACE/POD/CONTAINER in a pod. Whoever makes a container chooses them, and a
# shell expands what is offered: one with any other character is left out.
set(print_containers [=[
  sysctl-guard list --json 2>/dev/null |
    sed 's/"name": "\([^"]*\)", "namespace": "\([^"]*\)", "pod": "\([^"]*\)"/"name": "\2\/\3\/\1"/' |
    grep -oE '"(id|name|engineName)": "[A-Za-z0-9_][A-Za-z0-9_./+-]*"' | cut -d '"' -f 4]=])

set(fish "complete -c sysctl-guard -l help -d 'print a summary'\n")
set(program_options "--help")
last_index(last program options)
foreach(i RANGE ${last})
  string(JSON option GET "${declared}" program options ${i} name)
  string(JSON help GET "${declared}" program options ${i} help)
  string(APPEND program_options " ${option}")
  string(SUBSTRING ${option} 2 -1 long)
  quoted(help "${help}")
  string(APPEND fish "complete -c sysctl-guard -n __fish_use_subcommand -l ${long} -d ${help}\n")
endforeach()

set(names "")
set(cases "")
last_index(last commands)
foreach(i RANGE ${last})
  string(JSON name GET "${declared}" commands ${i} name)
  string(JSON line GET "${declared}" commands ${i} line)
  string(JSON operand ERROR_VARIABLE none GET "${declared}" commands ${i} operand)
  quoted(line "${line}")
  string(APPEND names " ${name}")
  string(APPEND fish "complete -c sysctl-guard -n __fish_use_subcommand -a ${name} -d ${line}\n")

  # The operands: words that are declared, or IDs.
  set(words "")
  set(asked "")
  last_index(known commands ${i} known)
  if(known GREATER -1)
    foreach(j RANGE ${known})
      string(JSON word GET "${declared}" commands ${i} known ${j})
      string(APPEND words "${word} ")
    endforeach()
  elseif(operand STREQUAL "container")
    set(asked "$(_sysctl_guard_print_containers)")
  endif()
  string(STRIP "${words}" words)
  set(seen "__fish_seen_subcommand_from ${name}")
  if(words)
    string(APPEND fish "complete -c sysctl-guard -n '${seen}' -a '${words}'\n")
  elseif(asked)
    string(APPEND fish "complete -c sysctl-guard -n '${seen}' -a '(__sysctl_guard_print_containers)'\n")
  endif()

  set(options "--help")
  set(files "")
  set(directories "")
  set(annotations "")
  set(containers "")
  set(others "")
  last_index(last_option commands ${i} options)
  if(last_option GREATER -1)
    foreach(j RANGE ${last_option})
      string(JSON option GET "${declared}" commands ${i} options ${j} name)
      string(JSON help GET "${declared}" commands ${i} options ${j} help)
      string(JSON value ERROR_VARIABLE none GET "${declared}" commands ${i} options ${j} value)
      string(APPEND options " ${option}")
      string(SUBSTRING ${option} 2 -1 long)
      quoted(help "${help}")
      set(more "")
      if(value STREQUAL "FILE" OR value STREQUAL "PATH")
        list(APPEND files ${option})
        set(more " -r -F")
      elseif(value STREQUAL "DIR")
        list(APPEND directories ${option})
        set(more " -x -a '(__fish_complete_directories)'")
      elseif(value STREQUAL "KEY=VALUE")
        list(APPEND annotations ${option})
        set(more " -x -a '${keys}'")
      elseif(value STREQUAL "ID")
        list(APPEND containers ${option})
        set(more " -x -a '(__sysctl_guard_print_containers)'")
      elseif(NOT value STREQUAL "")  # "N" alone would be false
        list(APPEND others ${option})
        set(more " -x")
      endif()
      string(APPEND fish "complete -c sysctl-guard -n '${seen}' -l ${long} -d ${help}${more}\n")
    endforeach()
  endif()

  string(APPEND cases "    ${name})\n      case $before in\n")
  foreach(kind IN ITEMS files directories annotations containers others)
    string(REPLACE ";" " | " pattern "${${kind}}")
    if(pattern)
      string(APPEND cases "        ${pattern}) _sysctl_guard_${kind} ;;\n")
    endif()
  endforeach()
  string(APPEND cases "        *) _sysctl_guard_words '${options}' \"${words}${asked}\" ;;\n      esac\n      ;;\n")
endforeach()
string(STRIP "${names}" names)

set(head "# SPDX-License-Identifier: Apache-2.0\n# Made by the build from the commands of sysctl-guard.\n")
set(functions "_sysctl_guard_print_containers() {
${print_containers}
}
_sysctl_guard_reply() {
  local candidate
  COMPREPLY=()
  while IFS= read -r candidate; do COMPREPLY+=(\"$candidate\"); done < <(compgen \"$@\" -- \"$word\")
}
# _sysctl_guard_words OPTIONS OPERANDS
_sysctl_guard_words() {
  if [[ $word == -* ]]; then _sysctl_guard_reply -W \"$1\"; else _sysctl_guard_reply -W \"$2\"; fi
}
_sysctl_guard_paths() {
  _sysctl_guard_reply \"$1\"
  compopt -o filenames 2>/dev/null
}
_sysctl_guard_files() { _sysctl_guard_paths -f; }
_sysctl_guard_directories() { _sysctl_guard_paths -d; }
_sysctl_guard_annotations() {
  _sysctl_guard_reply -W '${keys}'
  compopt -o nospace 2>/dev/null
}
_sysctl_guard_containers() { _sysctl_guard_reply -W \"$(_sysctl_guard_print_containers)\"; }
_sysctl_guard_others() { COMPREPLY=(); }
_sysctl_guard() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  if ((COMP_CWORD == 1)); then
    _sysctl_guard_words '${program_options}' '${names}'
    return
  fi
  # Of --name=VALUE bash makes three words.
  if [[ $word == = ]]; then
    word=
  elif [[ $before == = ]]; then
    before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case \${COMP_WORDS[1]} in
${cases}  esac
}
complete -F _sysctl_guard sysctl-guard
")
file(WRITE ${OUT}/sysctl-guard.bash "${head}${functions}")
file(WRITE ${OUT}/_sysctl-guard
  "#compdef sysctl-guard\n${head}autoload -U +X bashcompinit && bashcompinit\n${functions}
# zsh reads this file when it is asked for the first time.
_bash_complete -F _sysctl_guard
")
file(WRITE ${OUT}/sysctl-guard.fish "${head}complete -c sysctl-guard -f
function __sysctl_guard_print_containers
${print_containers}
end
${fish}")
