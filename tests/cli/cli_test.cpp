#include "program.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace convforge;
using nlohmann::json;

namespace {

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

TEST(Program, HelpIsEverywhereWithExamples) {
  EXPECT_TRUE(contains(output_of("--help"), "convforge compile --problem"));
  for (const char *command : {"compile", "explain", "summary", "check", "run", "bench", "targets"})
    EXPECT_TRUE(contains(output_of(std::string(command) + " --help"), std::string("convforge ") + command))
        << command;
  EXPECT_TRUE(contains(output_of("--version"), "."));
}

TEST(Program, ErrorsNameWhatIsWrong) {
  expect_error("", "subcommand");
  expect_error("paint", "paint");
  expect_error("summary", "--problem");
  expect_error("summary --problem mb1ic3ih3oc1kh2q7", "q7");
  expect_error("summary --problem ic3ih3oc1kh2 --epilogue bias,rely", "rely");
  expect_error("summary --problem ic3ih3oc1kh2 --layout nhcw", "nhcw");
  expect_error("summary --problem ic3ih3oc1kh2 --batch layers.txt", "not both");
  expect_error("summary --batch no-such-file.txt", "no-such-file.txt");
  expect_error("bench --problem ic3ih3oc1kh2 --target pdp-11", "pdp-11");
  expect_error("bench --problem ic3ih3oc1kh2 --algorithm magic", "magic");
  expect_error("bench --problem ic3ih3oc1kh2 --threads 0", "--threads");
  expect_error("bench --problem ic3ih3oc1kh2 --dtype s8", "s8");
  expect_error("check --problem ic3ih3oc1kh2 --random 3", "--random");
  expect_error("check --random 3 --epilogue relu", "--epilogue");
  expect_error("summary --batch layers.txt --layout nchw", "--layout");
}

// The first seed case: a 3x3x3 image under a 2x2 kernel has 13 parameters.
TEST(Summary, SeedCaseHas13Parameters) {
  const std::string text = output_of("summary --problem ic3ih3oc1kh2 --epilogue bias,relu");
  EXPECT_TRUE(contains(text, "Layer (type)") && contains(text, "Output Shape") && contains(text, "Param #"));
  EXPECT_TRUE(contains(text, "(1, 2, 2, 1)"));
  EXPECT_TRUE(contains(text, "Total params: 13 "));
}

// The second: 1x4x4x3 with 2 filters of 3x3.
TEST(Summary, SeedCaseHasTheseShapes) {
  const json layer =
      json::parse(output_of("summary --problem ic3ih4oc2kh3 --epilogue bias --json"))["layers"][0];
  EXPECT_EQ(layer["weights_shape"], json::parse("[3, 3, 3, 2]"));
  EXPECT_EQ(layer["bias_shape"], json::parse("[2]"));
  EXPECT_EQ(layer["output_shape"], json::parse("[1, 2, 2, 2]"));
  EXPECT_EQ(layer["params"], 56);
}

TEST(Summary, AddsUpAList) {
  const ScratchDirectory directory;
  std::ofstream(directory / "list.txt")
      << "# two layers\nic3ih3oc1kh2n\"first\" --epilogue bias\n\ng4ic4ih8oc4kh3ph1\n";
  const std::string text = output_of("summary --batch " + (directory / "list.txt"));
  EXPECT_TRUE(contains(text, "first (Conv2D)"));
  EXPECT_TRUE(contains(text, "conv (DepthwiseConv2D)"));
  EXPECT_TRUE(contains(text, "Total params: 49 ")); // 13 + 36
  std::ofstream(directory / "list.txt") << "ic3ih3oc1kh2\nic3ih3oc1\n";
  expect_error("summary --batch " + (directory / "list.txt"), "list.txt:2: ");
}

TEST(Summary, JsonIsValidForEveryName) {
  const json layers = json::parse(output_of("summary --problem ic3ih3oc1kh2n\xff --json"));
  EXPECT_EQ(layers["layers"][0]["layer"], "\xef\xbf\xbd");
}

TEST(Targets, OneIsTheHosts) {
  const json targets = json::parse(output_of("targets --json"));
  EXPECT_GE(targets["targets"].size(), 3u);
  bool found = false;
  for (const json &target : targets["targets"])
    found |= target["name"] == targets["host"] && target["runs_here"];
  EXPECT_TRUE(found);
  EXPECT_TRUE(contains(output_of("targets"), "host is " + targets["host"].get<std::string>()));
}

TEST(Check, PassesAndSaysHowClose) {
  const std::string text = output_of("check --problem ic3ih3oc1kh2 --epilogue bias,relu --target all");
  EXPECT_TRUE(contains(text, "Error") && contains(text, "Bound"));
  EXPECT_TRUE(contains(text, " 0 failed"));
  const json result =
      json::parse(output_of("check --random 3 --seed 5 --jobs 2 --target x86-64-sse41 --json"));
  EXPECT_EQ(result["seed"], 5);
  EXPECT_EQ(result["results"].size(), 3u);
  for (const json &one : result["results"])
    EXPECT_TRUE(contains(one["repeat"], "--target x86-64-sse41 --seed 5"));
}

TEST(Check, AFailureIsAnExitCode) {
  const ProcessResult result = run_convforge("check --problem ic3ih3oc1kh2ph0 --algorithm depthwise");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_TRUE(contains(result.output, "FAILED"));
  EXPECT_TRUE(contains(result.output, "repeat: convforge check --problem"));
}

TEST(Bench, PrintsTheContractsObject) {
  const json result = json::parse(
      output_of("bench --problem ic8ih8oc8kh3ph1 --epilogue bias,relu --min-time 0.01 --threads 2 --json"));
  for (const char *key :
       {"problem", "min_us", "median_us", "gflops", "percent_of_peak", "algorithm", "target", "epilogue",
        "threads", "code_bytes", "packed_bytes", "workspace_bytes", "bytes_moved", "roofline_gflops"})
    EXPECT_TRUE(result.contains(key)) << key;
  EXPECT_GT(result["min_us"], 0);
  EXPECT_GE(result["median_us"], result["min_us"]);
  const double operations = 2.0 * 8 * 8 * 8 * 8 * 9;
  EXPECT_NEAR(result["gflops"].get<double>(), operations / result["min_us"].get<double>() * 1e-3, 1e-6);
}

TEST(Bench, SpeaksToPeople) {
  EXPECT_TRUE(contains(output_of("bench --problem ic8ih8oc8kh3ph1 --min-time 0.01"), "of the FMA peak"));
}

TEST(Explain, HasTextAndJson) {
  EXPECT_TRUE(contains(output_of("explain --problem ic16ih8oc16kh3ph1 --target x86-64-avx2"), "direct"));
  EXPECT_TRUE(
      json::parse(output_of("explain --problem ic16ih8oc16kh3ph1 --target x86-64-avx2 --json")).is_object());
}

} // namespace
