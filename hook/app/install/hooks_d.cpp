// SPDX-License-Identifier: Apache-2.0
// hooks_d.cpp - the text of the hooks.d file.
#include "app/install/hooks_d.h"

#include "base/json.h"

namespace sg::app {

std::string hooks_d_text(const HooksDEntry& entry) {
  const std::string when = entry.all_containers
                               ? "{ \"always\": true }"
                               : "{ \"annotations\": { " + json_quote(kAnnotationKeyPattern) +
                                     ": " + json_quote(kAnnotationValuePattern) + " } }";
  return "{\n"
         "  \"version\": \"1.0.0\",\n"
         "  \"hook\": {\n"
         "    \"path\": " +
         json_quote(entry.hook) +
         ",\n"
         "    \"args\": [\"sysctl-guard-hook\"],\n"
         "    \"timeout\": " +
         std::to_string(kHookTimeoutSeconds) +
         "\n"
         "  },\n"
         "  \"when\": " +
         when +
         ",\n"
         "  \"stages\": [\"createRuntime\"" +
         (entry.precreate ? ", \"precreate\"" : "") +
         "]\n"
         "}\n";
}

}  // namespace sg::app
