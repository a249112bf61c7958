# SPDX-License-Identifier: Apache-2.0
# arm64.cmake - toolchain file: builds for arm64 on Debian 12 of another architecture, with Debian's cross compiler.
#
# SG_ARM64_SYSROOT is a directory that packaging/arm64_sysroot.sh has filled with Debian's libraries for arm64; where it
# is empty, these are those of the machine (`libbpf-dev:arm64` and so on).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)

set(SG_ARM64_SYSROOT "" CACHE PATH "Debian's libraries for arm64")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SG_ARM64_SYSROOT)
set(CMAKE_SYSROOT ${SG_ARM64_SYSROOT})
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${SG_ARM64_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${SG_ARM64_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${SG_ARM64_SYSROOT}/usr/share/pkgconfig)
# Programs that the build runs are those of this machine.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
