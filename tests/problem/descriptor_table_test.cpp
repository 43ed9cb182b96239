#include "messages.hpp"
#include "problem/problem.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace convforge {
namespace {

std::string outcome(const std::string &text) {
  try {
    Problem problem = Problem::parse(text);
    problem.name.clear();
    return problem.descriptor();
  } catch (const Error &) {
    return "error";
  }
}

TEST(DescriptorTable, AgreesWithBenchdnnsRules) {
  std::ifstream table(DESCRIPTOR_TABLE);
  int rows = 0;
  for (std::string line; std::getline(table, line);) {
    if (line.starts_with('#'))
      continue;
    const auto tab = line.find('\t');
    ASSERT_NE(tab, line.npos) << line;
    EXPECT_EQ(outcome(line.substr(0, tab)), line.substr(tab + 1)) << line.substr(0, tab);
    ++rows;
  }
  EXPECT_EQ(rows, 480);
}

TEST(DescriptorTable, FullTextParsesToTheSameProblem) {
  std::ifstream table(DESCRIPTOR_TABLE);
  for (std::string line; std::getline(table, line);) {
    if (line.starts_with('#') || line.ends_with("error"))
      continue;
    const Problem problem = Problem::parse(line.substr(0, line.find('\t')));
    const Problem again = Problem::parse(problem.descriptor());
    EXPECT_EQ(again, problem) << line;
    EXPECT_EQ(again.name, problem.name);
  }
}

} // namespace
} // namespace convforge
