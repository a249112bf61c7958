# SPDX-License-Identifier: Apache-2.0
# install_units.cmake - at the installation, the units of examples/ with the prefix that it has.
foreach(unit IN LISTS units)
  get_filename_component(name ${unit} NAME)
  file(READ ${unit} text)
  string(REPLACE "=/usr/bin/" "=${CMAKE_INSTALL_PREFIX}/bin/" text "${text}")
  # The package has put it where that line says.
  string(REGEX REPLACE "# Copy it to [^\n,]*, then: " "# Then: " text "${text}")
  set(path ${CMAKE_INSTALL_PREFIX}/lib/systemd/system/${name})
  message(STATUS "Installing: $ENV{DESTDIR}${path}")
  file(WRITE $ENV{DESTDIR}${path} "${text}")
  file(CHMOD $ENV{DESTDIR}${path} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  list(APPEND CMAKE_INSTALL_MANIFEST_FILES ${path})
endforeach()
