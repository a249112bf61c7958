# SPDX-License-Identifier: Apache-2.0
# apparmor_profiles.cmake - the profiles of data/apparmor/ into a table of names and texts, which `install` writes.
#
# cmake -D FILES=FILE;... -D HEADER=FILE -P apparmor_profiles.cmake
set(text "// apparmor_profiles.h - made by apparmor_profiles.cmake, not to be edited\n#pragma once\n\n")
string(APPEND text "namespace sg::engines {\n\ninline constexpr AppArmorProfile kAppArmorProfiles[] = {\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} profile)
  string(APPEND text "    {\"${name}\", R\"profile(${profile})profile\"},\n")
endforeach()
file(WRITE ${HEADER} "${text}};\n\n}  // namespace sg::engines\n")
