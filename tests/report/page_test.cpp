#include "cli/report_page/page.hpp"

#include "cli/report_page/html.hpp"
#include "cli/report_page/report_json.hpp"
#include "sample_report.hpp"

#include <gtest/gtest.h>

using namespace convforge::cli;
using convforge::test::hostile_name;
using convforge::test::sample_report;

namespace {

std::size_t count(const std::string &text, const std::string &part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

bool holds(const std::string &page, const std::string &part) {
  return page.find(part) != std::string::npos;
}

TEST(Page, NamesAreNoMarkup) {
  Report report = sample_report();
  report.model.name = report.model.format = hostile_name;
  report.model.inputs[0] = report.model.outputs[0] = {hostile_name, hostile_name};
  report.machine.cpu = report.machine.target = report.machine.planned_for = hostile_name;
  report.coverage.refused = report.coverage.missing = {{hostile_name, hostile_name, hostile_name}};
  report.coverage.folded = report.coverage.between = hostile_name;
  report.frameworks = {{hostile_name, 1e-6}};
  report.frameworks_note = hostile_name;
  for (ReportStep &step : report.steps)
    step.layer = step.type = step.what = step.flags = step.why = step.group = hostile_name;
  for (ReportBandwidth &bandwidth : report.machine.bandwidths)
    bandwidth.of = hostile_name;
  const std::string page = report_page(report);
  EXPECT_EQ(count(page, "<script>"), 1u); // its own
  EXPECT_EQ(count(page, "</title>"), count(page, "<title>"));
  EXPECT_EQ(count(page, "alert('"), 0u);
  EXPECT_GT(count(page, "alert(&#39;&amp;&quot;&#39;)"), 20u);
}

TEST(Page, FetchesNothing) {
  const std::string page = report_page(sample_report());
  for (const char *part : {"http:", "https:", "src=", "@import", "url("})
    EXPECT_FALSE(holds(page, part)) << part;
  EXPECT_TRUE(holds(page, "default-src 'none'"));
}

TEST(Page, SaysWhatTheJsonSays) {
  const Report report = sample_report();
  const std::string page = report_page(report);
  const auto json = report_json(report);
  ASSERT_EQ(json.at("steps").size(), 3u);
  EXPECT_EQ(count(page, "<th scope=\"row\"><span class=\"name\">"), 3u);
  for (const auto &step : json.at("steps")) {
    EXPECT_TRUE(holds(page, escaped(step.at("layer").get<std::string>())));
    EXPECT_TRUE(holds(page, step.at("what").get<std::string>()));
    EXPECT_TRUE(holds(page, ">" + microseconds(step.at("seconds").get<double>()) + "</td>"));
    if (!step.at("kernel").get<bool>())
      continue;
    EXPECT_TRUE(holds(page, ">" + gigaflops(step.at("flops").get<double>()) + "</td>"));
    EXPECT_TRUE(holds(page, escaped(step.at("why").get<std::string>())));
    EXPECT_TRUE(holds(page, ">" + digits(step.at("code_bytes").get<std::uint64_t>()) + "</td>"));
    EXPECT_TRUE(holds(page, ">" + digits(step.at("packed_bytes").get<std::uint64_t>()) + "</td>"));
  }
  EXPECT_TRUE(holds(page, duration(json.at("totals").at("network_seconds").get<double>())));
}

TEST(Page, SharesAddUp) {
  const auto json = report_json(sample_report());
  double shares = 0, groups = 0;
  for (const auto &step : json.at("steps"))
    shares += step.at("share").get<double>();
  for (const auto &group : json.at("groups"))
    groups += group.at("seconds").get<double>();
  EXPECT_NEAR(shares, 1, 1e-12);
  EXPECT_NEAR(groups, 4e-6, 1e-15);
  EXPECT_EQ(json.at("groups")[0].at("name"), "direct"); // the largest
  EXPECT_NEAR(json.at("steps")[2].at("percent_of_peak").get<double>(), 144, 1e-9);
}

TEST(Page, SaysWhatIsMissing) {
  Report report = sample_report();
  report.seconds = 0;
  report.coverage.missing = {{"lstm", "LSTM", "no call does it"}};
  report.coverage.refused = {{"c", "Conv", "sizes are not known"}};
  const std::string page = report_page(report);
  EXPECT_TRUE(holds(page, "no call does it"));
  EXPECT_TRUE(holds(page, "sizes are not known"));
  EXPECT_TRUE(holds(page, "the network cannot be run"));
  EXPECT_TRUE(report_json(report).at("totals").at("network_seconds").is_null());
}

TEST(Page, ShowsFrameworks) {
  Report report = sample_report();
  report.frameworks = {{"Runtime 1.0", 10e-6}};
  EXPECT_TRUE(holds(report_page(report), "2.00×")); // of 5 us
  report.frameworks = {};
  report.frameworks_note = "there is none";
  EXPECT_TRUE(holds(report_page(report), "there is none"));
}

} // namespace
