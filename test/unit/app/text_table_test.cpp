// SPDX-License-Identifier: Apache-2.0
// text_table_test.cpp - columns, and what is cut where they are too wide.
#include "app/text_table.h"

#include "base/text.h"
#include "support/catch.h"

using namespace sg;

TEST_CASE("Text table: columns as wide as their widest cell, nothing behind the last one") {
  CHECK(app::text_table({"A", "LONGER"}, {{"first", "x"}, {"b", ""}}, 80) ==
        "A      LONGER\nfirst  x\nb\n");
  CHECK(app::text_table({"A", "B"}, {}, 80) == "A  B\n");
}

TEST_CASE("Text table: the widest column is cut") {
  const std::string text = app::text_table({"A", "B"}, {{std::string(50, 'a'), std::string(60, 'b')}, {"c", "d"}}, 80);
  for (const std::string_view line : split(text, '\n')) {
    CHECK(line.size() <= 80);
  }
  CHECK(text.find(std::string(36, 'a') + "...  " + std::string(36, 'b') + "...\n") != std::string::npos);
  CHECK(app::text_table({"A"}, {{std::string(80, 'a')}}, 80) == "A\n" + std::string(80, 'a') + "\n");
  CHECK(app::text_table({"A"}, {{std::string(81, 'a')}}, 80) == "A\n" + std::string(77, 'a') + "...\n");
}
