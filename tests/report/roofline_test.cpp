#include "cli/report_page/roofline.hpp"

#include "sample_report.hpp"

#include <gtest/gtest.h>
#include <regex>

using namespace convforge::cli;
using convforge::test::sample_report;

namespace {

std::vector<std::vector<double>> numbers_of(const std::string &svg, const std::string &pattern) {
  std::vector<std::vector<double>> found;
  const std::regex regex(pattern);
  for (std::sregex_iterator i(svg.begin(), svg.end(), regex), end; i != end; ++i) {
    found.emplace_back();
    for (std::size_t part = 1; part < i->size(); ++part)
      found.back().push_back(std::stod((*i)[part]));
  }
  return found;
}

const std::string dot_pattern = "<circle class=\"c\\d\" cx=\"([-.\\d]+)\" cy=\"([-.\\d]+)\" r=\"([.\\d]+)\"";
const std::string line_pattern =
    "<line class=\"roof\" x1=\"([-.\\d]+)\" y1=\"([-.\\d]+)\" x2=\"([-.\\d]+)\" y2=\"([-.\\d]+)\"";

TEST(LogAxis, HasEqualRatiosAtEqualDistances) {
  const LogAxis axis{.from = 1, .to = 100, .from_pixel = 50, .to_pixel = 250};
  EXPECT_DOUBLE_EQ(axis.pixel(1), 50);
  EXPECT_DOUBLE_EQ(axis.pixel(10), 150);
  EXPECT_DOUBLE_EQ(axis.pixel(100), 250);
}

TEST(LogAxis, HasTicksWithinItsEnds) {
  const LogAxis few{.from = 0.6, .to = 12}, many{.from = 0.5, .to = 20000};
  const std::vector<double> ticks = few.ticks();
  ASSERT_EQ(ticks.size(), 4u);
  EXPECT_DOUBLE_EQ(ticks[0], 1);
  EXPECT_DOUBLE_EQ(ticks[3], 10);
  EXPECT_EQ(many.ticks().size(), 5u); // powers of ten alone
}

TEST(Roofline, HasADotForEachKernel) {
  const auto dots = numbers_of(roofline_svg(sample_report()), dot_pattern);
  ASSERT_EQ(dots.size(), 2u);
  // The slower kernel comes first. It has 10 operations a byte and 20 GF/s, the other 72 and 72, above the
  // peak of 50.
  EXPECT_LT(dots[0][0], dots[1][0]);
  EXPECT_GT(dots[0][1], dots[1][1]); // y points down
  EXPECT_GT(dots[0][2], dots[1][2]);
}

TEST(Roofline, SlopesEndWhereThePeakBegins) {
  const Report report = sample_report();
  const std::string svg = roofline_svg(report);
  const auto lines = numbers_of(svg, line_pattern), dots = numbers_of(svg, dot_pattern);
  ASSERT_EQ(lines.size(), 3u); // L2, memory, the peak
  EXPECT_NEAR(lines[0][2], lines[2][0], 0.11);
  EXPECT_NEAR(lines[0][3], lines[2][1], 0.11);
  EXPECT_NEAR(lines[1][3], lines[2][1], 0.11);
  EXPECT_LT(lines[0][2], lines[1][2]); // memory is slower
  EXPECT_LT(dots[1][1], lines[2][1]);  // above the peak
  // Slopes of 1 in both: equal angles.
  const auto angle = [&](std::size_t i) { return (lines[i][1] - lines[i][3]) / (lines[i][2] - lines[i][0]); };
  EXPECT_NEAR(angle(0), angle(1), 0.02);
}

TEST(Roofline, StaysInItsBox) {
  for (const auto &dot : numbers_of(roofline_svg(sample_report()), dot_pattern)) {
    EXPECT_GT(dot[0], 56);
    EXPECT_LT(dot[0], 720);
    EXPECT_GT(dot[1], 0);
    EXPECT_LT(dot[1], 372);
  }
}

TEST(Roofline, IsNotThereWithoutKernels) {
  Report report = sample_report();
  std::erase_if(report.steps, [](const ReportStep &step) { return step.is_kernel; });
  EXPECT_EQ(roofline_svg(report), "");
}

TEST(Roofline, DoesWithoutAPeak) {
  Report report = sample_report();
  report.machine.peak = 0;
  EXPECT_EQ(numbers_of(roofline_svg(report), line_pattern).size(), 2u);
}

} // namespace
