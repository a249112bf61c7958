# SPDX-License-Identifier: Apache-2.0
# before_package.cmake - what CPack changes in the installed files before it makes a package of them.

# Of what is below /usr, Debian's zsh reads another directory than zsh elsewhere.
set(zsh ${CPACK_TEMPORARY_DIRECTORY}/usr/share/zsh)
if(CPACK_GENERATOR STREQUAL DEB AND EXISTS ${zsh})
  file(RENAME ${zsh}/site-functions ${zsh}/vendor-completions)
endif()

# Directories have the same mode whatever the umask of whoever makes the package.
file(GLOB_RECURSE paths LIST_DIRECTORIES true ${CPACK_TEMPORARY_DIRECTORY}/*)
foreach(path IN LISTS paths)
  if(IS_DIRECTORY ${path})
    file(CHMOD ${path} DIRECTORY_PERMISSIONS
      OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  endif()
endforeach()
