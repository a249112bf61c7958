# SPDX-License-Identifier: Apache-2.0
# sysctl_tables.cmake - data/sysctls/known.tsv and walked.tsv into the tables that hook/sysctl/ looks things up in.
#
# cmake -D DATA=DIR -D OUT=DIR -P sysctl_tables.cmake
#
# Three headers, so that a program links what it asks for and no more: known_table.h (namespaces, widths, masks),
# kinds_table.h (the rest of what is known, the dangers apart, which are danger_table.h) and walked_table.h.
set(from "made by sysctl_tables.cmake, not to be edited\n#pragma once\n\nnamespace sg::sysctl {\n\n")

# rows(VARIABLE FILE KIND): the lines whose first field is KIND.
function(rows variable file kind)
  file(READ ${DATA}/${file} text)
  string(REGEX REPLACE "(^|\n)#[^\n]*" "" text "\n${text}")
  if(text MATCHES "[][;]")
    message(FATAL_ERROR "${file}: \";\", \"[\" and \"]\" cannot stand in it")
  endif()
  string(REGEX MATCHALL "\n${kind}\t[^\n]*" found "${text}")
  list(TRANSFORM found REPLACE "^\n" "")
  set(${variable} "${found}" PARENT_SCOPE)
endfunction()

# made(VARIABLE ROWS PATTERN REPLACEMENT): a line of C++ for each row; a row that is not of the form is an error.
function(made variable found pattern replacement)
  set(out "")
  foreach(row IN LISTS found)
    if(NOT row MATCHES "^${pattern}$")
      message(FATAL_ERROR "data/sysctls: not of the form of its kind: ${row}")
    endif()
    string(REGEX REPLACE "^${pattern}$" "${replacement}" line "${row}")
    string(APPEND out "    ${line},\n")
  endforeach()
  set(${variable} "${out}" PARENT_SCOPE)
endfunction()

function(table variable type name lines)
  set(${variable} "${${variable}}inline constexpr ${type} ${name}[] = {\n${lines}};\n\n" PARENT_SCOPE)
endfunction()

function(write header text)
  file(WRITE ${OUT}/${header} "// ${header} - ${from}${text}}  // namespace sg::sysctl\n")
endfunction()

set(f "\t([^\t]*)")  # one field

set(text "")
foreach(name Net Ipc Uts User Pid)
  string(TOLOWER ${name} ns)
  rows(found known.tsv "own\t${ns}")
  made(lines "${found}" "own\t${ns}${f}" "\"\\1\"")
  table(text "std::string_view" kOwn${name} "${lines}")
endforeach()
rows(found known.tsv shared)
made(lines "${found}" "shared${f}" "\"\\1\"")
table(text "std::string_view" kShared "${lines}")

rows(kinds known.tsv kind)
set(wide "${kinds}")
list(FILTER wide INCLUDE REGEX "\t(uint32|int64|uint64)\t")
list(TRANSFORM wide REPLACE "\tuint" "\tkUint")
list(TRANSFORM wide REPLACE "\tint" "\tkInt")
made(lines "${wide}" "kind${f}${f}${f}" "{\"\\1\", Width::\\2}")
table(text "WideName" kWide "${lines}")
set(masks "${kinds}")
list(FILTER masks INCLUDE REGEX "\tmask\t")
made(lines "${masks}" "kind${f}${f}${f}" "\"\\1\"")
table(text "std::string_view" kMasks "${lines}")
rows(found walked.tsv "net/[^\n\t]*")
list(FILTER found INCLUDE REGEX "^[^\t]*\t[^\t]*w[^\t]*\t[-ra]+\thost\t")
set(there "${found}")
list(FILTER there INCLUDE REGEX "^[^\t]*\t[^\t]*\t[-ra]*r")
made(lines "${there}" "([^\t]*)${f}${f}${f}${f}" "{\"\\1\", true}")
list(FILTER found EXCLUDE REGEX "^[^\t]*\t[^\t]*\t[-ra]*r")
made(more "${found}" "([^\t]*)${f}${f}${f}${f}" "{\"\\1\", false}")
table(text "NotOwn" kNotOwn "${lines}${more}")
write(known_table.h "${text}")

made(lines "${kinds}" "kind${f}${f}${f}" "{\"\\1\", \"\\2\", \"\\3\"}")
set(text "")
table(text "Known" kKnown "${lines}")
rows(found known.tsv sane)
made(lines "${found}" "sane${f}${f}${f}" "{\"\\1\", \"\\2\", \"\\3\"}")
table(text "Sane" kSane "${lines}")
write(kinds_table.h "${text}")

rows(found known.tsv danger)
list(TRANSFORM found REPLACE "\t-" "\t")  # an empty field; no value begins so
list(TRANSFORM found REPLACE "\tgives-away\t" "\tkGivesAway\t")
list(TRANSFORM found REPLACE "\tweakens\t" "\tkWeakens\t")
list(TRANSFORM found REPLACE "\tbrings-down\t" "\tkBringsDown\t")
made(lines "${found}" "danger${f}${f}${f}${f}${f}${f}"
     "{\"\\1\", Harm::\\2, R\"(\\3)\", R\"(\\4)\", R\"(\\5)\", R\"(\\6)\"}")
set(text "")
table(text "Danger" kDangers "${lines}")
write(danger_table.h "${text}")

rows(found walked.tsv "kernels")
string(REGEX REPLACE "^kernels\t" "" kernels "${found}")
string(REPLACE "\t" "\", \"" kernels "${kernels}")
set(text "")
table(text "std::string_view" kWalkedKernels "    \"${kernels}\",\n")
rows(found walked.tsv "[^#\n\t]*/[^\n\t]*")
set(letters "\t([-wra]+)")
made(lines "${found}" "([^\t]+)${letters}${letters}${f}${f}" "{\"\\1\", \"\\2\", \"\\3\", \"\\5\"}")
table(text "Walked" kWalked "${lines}")
write(walked_table.h "${text}")
