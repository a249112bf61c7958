# SPDX-License-Identifier: Apache-2.0
# layout.cmake - the folder bpf/ with other layouts of the table and of the metadata, as a version from before has them.
#
#   cmake -DIN=bpf -DOUT=DIR -P layout.cmake
#
# Both get another version and a field more behind it, which moves all that follows.
cmake_minimum_required(VERSION 3.25)
file(GLOB sources ${IN}/*.h ${IN}/*.c)
file(COPY ${sources} DESTINATION ${OUT})

# replace(NAME FROM TO): in the variable; there must be something like FROM.
function(replace name from to)
  string(REGEX REPLACE "${from}" "${to}" changed "${${name}}")
  if(changed STREQUAL "${${name}}")
    message(FATAL_ERROR "nothing like ${from}")
  endif()
  set(${name} "${changed}" PARENT_SCOPE)
endfunction()

# change(FILE STRUCT VERSION FIELD): FIELD is that of the version.
function(change file struct version field)
  file(READ ${IN}/${file} text)
  replace(text "#define ${version} [0-9]+u" "#define ${version} 1u")
  replace(text "(__u32 ${field};) *(/. ${version} ./)" "\\1 __u32 older[2]; \\2")
  replace(text "(sizeof\\(struct ${struct}\\) == )" "\\1 8 + ")
  file(WRITE ${OUT}/${file} "${text}")
endfunction()

change(meta_abi.h sg_meta SG_META_VERSION layout)
change(table_abi.h sg_table SG_TABLE_VERSION version)
