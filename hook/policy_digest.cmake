# SPDX-License-Identifier: Apache-2.0
# policy_digest.cmake - the SHA-256 of all sources that decide what program a policy becomes, as a header.
#
# cmake -D SOURCES=FILE;... -D HEADER=FILE -P policy_digest.cmake
#
# Programs that were pinned by another build are so never taken for this one's (hook/request/policy_source.h).
set(digests "")
foreach(source IN LISTS SOURCES)
  file(SHA256 ${source} digest)
  string(APPEND digests "${digest}\n")
endforeach()
string(SHA256 digest "${digests}")
file(WRITE ${HEADER} "#define SG_POLICY_DIGEST \"${digest}\"\n")
