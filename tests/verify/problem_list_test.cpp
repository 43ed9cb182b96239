#include "verify/problem_list.hpp"
#include "verify/random_problem.hpp"

#include "base/error.hpp"
#include "file_content.hpp"
#include "messages.hpp"
#include "scratch_directory.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace convforge;

namespace {

TEST(ProblemList, LinesRoundTrip) {
  for (const Problem &problem : read_problem_list(EDGES))
    EXPECT_EQ(parse_problem_line(problem_line(problem)), problem) << problem_line(problem);
  for (int seed = 0; seed < 300; ++seed)
    EXPECT_EQ(parse_problem_line(problem_line(random_problem(seed))), random_problem(seed));
}

TEST(ProblemList, NamesMayHoldBlanksAndQuotes) {
  const Problem problem = parse_problem_line("  ic3ih4oc2kh3n\"a \"b\" --c\" --layout nchw");
  EXPECT_EQ(problem.name, "a \"b\" --c");
  EXPECT_EQ(problem.layout, Layout::nchw);
  EXPECT_EQ(parse_problem_line(problem_line(problem)).name, problem.name);
  EXPECT_EQ(parse_problem_line("ic3ih4oc2kh3nplain --layout nchw").name, "plain");
}

TEST(ProblemList, CommentsBeginAtTheEndOfALineToo) {
  const test::ScratchDirectory directory;
  const auto read = [&](std::string_view text) {
    test::write_text(directory / "list", text);
    return read_problem_list(directory / "list");
  };
  const std::vector<Problem> problems = read("#ic9ih9oc9kh3\n"
                                             "ic3ih4oc2kh3 # the first\r\n"
                                             "  # none\n\n"
                                             "ic3ih4oc2kh3 --layout nchw\t#--layout nhwc\n"
                                             "ic3ih4oc2kh3n\"a #1\" --layout nchw # the \"big\" one\n"
                                             "ic3ih4oc2kh3nplain#2");
  ASSERT_EQ(problems.size(), 4u);
  EXPECT_EQ(problems[0], Problem::parse("ic3ih4oc2kh3"));
  EXPECT_EQ(problems[1].layout, Layout::nchw);
  EXPECT_EQ(problems[2].name, "a #1");
  EXPECT_EQ(problems[2].layout, Layout::nchw);
  EXPECT_EQ(problems[3].name, "plain#2");
  EXPECT_TRUE(contains(error_of([&] { read("ic3ih4oc2kh3\n\nic3 #\n"); }), "list:3: "));
  EXPECT_TRUE(contains(error_of([&] { read("# nothing\n"); }), "one descriptor a line"));
}

TEST(ProblemList, TheFirstLetterNBeginsTheName) {
  const test::ScratchDirectory directory;
  test::write_text(directory / "list",
                   "ic3ih4oc2kh3nnn\" # b\" # c\n" + problem_line(parse_problem_line("ic3ih4oc2kh3nn\"a")));
  const std::vector<Problem> problems = read_problem_list(directory / "list");
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].name, "nn"); // without quotes in front: it ends at the blank
  EXPECT_EQ(problems[1].name, "n\"a");
}

TEST(ProblemList, LongLinesOfCommentSignsAreReadInOnePass) {
  const test::ScratchDirectory directory;
  std::string line = "ic3ih4oc2kh3n\"";
  while (line.size() < 4 << 20)
    line += " #";
  test::write_text(directory / "list", line + "\"");
  EXPECT_EQ(read_problem_list(directory / "list").front().name.size() + 15, line.size() + 1);
}

TEST(ProblemList, MayBeginWithAByteOrderMark) {
  const test::ScratchDirectory directory;
  test::write_text(directory / "list", "\xef\xbb\xbfic3ih4oc2kh3\nic3ih4oc2kh2\n");
  EXPECT_EQ(read_problem_list(directory / "list").front(), Problem::parse("ic3ih4oc2kh3"));
}

TEST(ProblemList, ErrorsNameTheFlag) {
  EXPECT_EQ(error_of([] { parse_problem_line("ic3ih4oc2kh3 --math fast --layot nchw"); }),
            "list: --layot (expected one of --layout, --weights-layout, --epilogue, --dtype, --math, "
            "--strides, --residual-strides, --zero-points, --rounding, --output-scale, --padding-mode, "
            "--pooling after "
            "the descriptor)");
  EXPECT_EQ(error_of([] { parse_problem_line("ic3ih4oc2kh3 --layout "); }),
            "list: --layout (expected a value after it)");
  EXPECT_EQ(error_of([] { parse_problem_line("ic3ih4oc2kh3 --math slow"); }).substr(0, 4), "math");
  EXPECT_THROW(parse_problem_line("ic3ih4oc2kh3n\"open"), Error);
  EXPECT_THROW(parse_problem_line("ic3ih4oc2kh3 --layout nchw16c"), Error);
  EXPECT_THROW(parse_problem_line("ic3ih4oc2kh3 nchw nhwc"), Error);
  EXPECT_THROW(read_problem_list("no such file"), Error);
}

} // namespace
