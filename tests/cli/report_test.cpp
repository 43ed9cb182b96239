#include "cli/report/table.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

using namespace convforge::cli;

namespace {

TEST(Table, AlignsColumns) {
  Table table({{"Name"}, {"Bytes", Table::Align::right}});
  table.add({"a", "1,000"});
  table.add({"longer", "7"});
  EXPECT_EQ(table.text(), "Name    Bytes\n"
                          "------  -----\n"
                          "a       1,000\n"
                          "longer      7\n");
  EXPECT_THROW(table.add({"one cell"}), std::logic_error);
}

TEST(Table, GroupsDigits) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(-123456), "-123,456");
  EXPECT_EQ(grouped(1234567890), "1,234,567,890");
}

} // namespace
