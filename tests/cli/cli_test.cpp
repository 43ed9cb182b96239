#include "error_of.hpp"
#include "program.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace convforge;
using nlohmann::json;

namespace {

TEST(Program, HelpIsEverywhereWithExamples) {
  EXPECT_TRUE(contains(output_of("--help"), "convforge compile --problem"));
  for (const char *command :
       {"compile", "explain", "summary", "problem", "check", "run", "bench", "targets", "machine"})
    EXPECT_TRUE(contains(output_of(std::string(command) + " --help"), std::string("convforge ") + command))
        << command;
  EXPECT_TRUE(contains(output_of("--version"), "."));
}

TEST(Program, UsageErrorsNameWhatIsWrong) {
  expect_usage_error("", "subcommand");
  expect_usage_error("paint", "paint");
  expect_usage_error("summary --problem ic3ih3oc1kh2 --colour blue", "--colour");
  expect_usage_error("summary", "--problem");
  expect_usage_error("summary --problem", "--problem");
  expect_usage_error("summary --problem mb1ic3ih3oc1kh2q7", "q7");
  expect_usage_error("summary --problem ic3ih3oc1kh2 --epilogue bias,rely", "rely");
  expect_usage_error("summary --problem ic3ih3oc1kh2 --layout nhcw", "nhcw");
  expect_usage_error("summary --problem ic3ih3oc1kh2 --weights-layout nchw", "nchw");
  expect_usage_error("summary --problem ic3ih3oc1kh2 --batch layers.txt", "not both");
  expect_usage_error("bench --problem ic3ih3oc1kh2 --target pdp-11", "pdp-11");
  expect_usage_error("bench --problem ic3ih3oc1kh2 --threads 0", "--threads");
  expect_usage_error("bench --problem ic3ih3oc1kh2 --dtype s7", "s7");
  expect_usage_error("explain --problem ic3ih3oc1kh2 --math wrong", "wrong");
  expect_usage_error("summary --problem ic3ih3oc1kh2 --dtype u8:s8:u8 --zero-points 3", "as in 128:3");
  expect_usage_error("summary --problem ic3ih3oc1kh2 --dtype u8:s8:u8 --rounding up", "tflite_single");
  expect_usage_error("summary --problem ic3ih3oc1kh2 --dtype u8:s8:u8 --output-scale 0", "above 0");
  expect_usage_error("check --random 3 --zero-points 1:1", "--zero-points");
  expect_usage_error("check --problem ic3ih3oc1kh2 --random 3", "--random");
  expect_usage_error("check --random 3 --epilogue relu", "--epilogue");
  expect_usage_error("check --random 0", "--random");
  expect_usage_error("check --problem ic3ih3oc1kh2 --strided", "--strided");
  expect_usage_error("summary --problem ic3ih3oc1kh2 --strides 1x2", "--strides");
  expect_usage_error("summary --batch layers.txt --layout nchw", "--layout");
  expect_usage_error("run --problem ic3ih3oc1kh2", "--input");
  expect_usage_error("machine --machine pdp-11", "haswell");
  expect_usage_error("machine --measure --machine zen5", "--machine");
  expect_usage_error("explain --problem ic3ih3oc1kh2 --machine pdp-11", "haswell");
}

TEST(Program, FlagsWinOverTheEnvironment) {
  setenv("CONVFORGE_MACHINE", "pdp-11", 1);
  expect_error("explain --problem ic3ih3oc1kh2", "pdp-11");
  output_of("explain --problem ic3ih3oc1kh2 --target x86-64-sse41 --machine zen5");
  setenv("CONVFORGE_MACHINE", "generic", 1);
}

TEST(Machine, ItsRowSaysWhatIsItsOwn) {
  const json row = json::parse(output_of("machine --machine emeraldrapids --target x86-64-avx512 --json"));
  EXPECT_EQ(row["facts"]["l2_bytes"]["value"], 2 << 20);
  EXPECT_EQ(row["facts"]["l2_bytes"]["from"], "its own");
  EXPECT_EQ(row["facts"]["copied_bytes_per_cycle"]["from"], "class");
  EXPECT_TRUE(contains(output_of("machine --machine generic --target arm-64-neon"), "fma_latency"));
  expect_error("machine --target cuda-sm80", "cuda-sm80");
}

TEST(Machine, IsMeasuredInSeconds) {
  const json row = json::parse(output_of("machine --measure --target x86-64-sse41 --json"));
  EXPECT_GT(row["hertz"], 1e8);
  EXPECT_LT(row["hertz"], 1e10);
  EXPECT_GT(row["facts"]["fma_ports"], 0.1);
  EXPECT_LT(row["facts"]["fma_ports"], 10);
}

TEST(Plans, ABrokenEntryIsALineOnStandardErrorAndNoMore) {
  const ScratchDirectory scratch;
  const std::string plans = scratch / "plans.json";
  std::ofstream(plans) << R"({"format": 1, "plans": [3]})";
  const ProcessResult result =
      run_convforge("explain --problem ic3ih3oc1kh2 --target x86-64-sse41 --plans " + plans);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(contains(result.errors, "plans[0] is left out")) << result.errors;
}

TEST(Program, FailuresNameWhatIsWrong) {
  expect_error("summary --batch no-such-file.txt", "no-such-file.txt");
  expect_error("bench --problem ic3ih3oc1kh2 --algorithm magic", "magic");
  expect_error("run --problem ic3ih3oc1kh2 --input no.npy --weights w.npy --output y.npy", "no.npy");
  // What runs kernels says what to do about a GPU's.
  expect_error("check --problem ic3ih3oc1kh2 --target cuda-sm80", "PoCL's CPU device");
  expect_error("check --random 3 --target cuda-sm80", "scripts/gpu.sh");
  expect_error("bench --problem ic3ih3oc1kh2 --target cuda-sm80", "compile and explain take GPU targets");
  expect_error("explain --problem ic3ih3oc1kh2 --strides 0x1x0x4 --target cuda-sm80",
               "--strides: 36x1x12x4:: (expected none: kernels of CUDA targets take dense tensors");
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
  const json more = json::parse(output_of(
      "summary --problem ic3ih4oc2kh3 --epilogue bias,scale,bias,prelu,residual --json"))["layers"][0];
  EXPECT_EQ(more["bias2_shape"], json::parse("[2]"));
  EXPECT_EQ(more["residual_shape"], json::parse("[1, 2, 2, 2]"));
  EXPECT_EQ(more["params"], 54 + 4 * 2);
  EXPECT_EQ(layer["output_shape"], json::parse("[1, 2, 2, 2]"));
  EXPECT_EQ(layer["params"], 56);
}

// Keras' Conv1D has no height; the tensors of `run` have, of 1.
TEST(Summary, OneDimensionalLayersHaveKerasShapes) {
  const std::string text = output_of("summary --problem mb4ic16iw100oc8kw5 --epilogue bias");
  EXPECT_TRUE(contains(text, "conv (Conv1D)  (4, 96, 8) "));
  EXPECT_TRUE(contains(text, "output (4, 1, 96, 8)"));
  EXPECT_TRUE(contains(text, "Total params: 648 ")); // 5 * 16 * 8 + 8
  EXPECT_TRUE(contains(output_of("summary --problem g16ic16iw100oc16kw5 --layout nchw"),
                       "conv (DepthwiseConv1D)  (1, 16, 96) "));
}

TEST(Summary, ThreeDimensionalLayersHaveADepth) {
  const std::string text = output_of("summary --problem mb2ic3id8ih10iw12oc4kd3kh3kw5 --epilogue bias");
  EXPECT_TRUE(contains(text, "conv (Conv3D)  (2, 6, 8, 8, 4) "));
  EXPECT_TRUE(contains(text, "input (2, 8, 10, 12, 3), weights (3, 3, 5, 3, 4)"));
  EXPECT_TRUE(contains(text, "Total params: 544 ")); // 45 * 3 * 4 + 4
}

TEST(Check, DimensionsAreThoseOfRandomProblems) {
  EXPECT_TRUE(contains(output_of("check --random 1 --dims 3 --target host"), "kd"));
  expect_usage_error("check --random 1 --dims 4", "--dims");
  expect_usage_error("check --problem ic3ih3oc1kh2 --dims 3", "--dims");
}

TEST(Explain, WinogradOfThreeDimensionsIsThatOfTheOthers) {
  EXPECT_TRUE(contains(output_of("explain --problem ic16id8ih8oc16kd3kh3 --algorithm winograd"),
                       "the channels of 3 planes as one image's"));
  expect_error("explain --problem ic16id8ih8iw8oc16kd3kh1kw1 --algorithm winograd",
               "winograd needs a kernel larger than 1x1");
  expect_error("explain --problem g16ic16id8ih8oc16kd3kh3 --algorithm winograd",
               "winograd needs several input channels per group");
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

TEST(Summary, SaysTypesThatAreNotFloats) {
  const ScratchDirectory directory;
  std::ofstream(directory / "list.txt") << "ic3ih3oc2kh2n\"eight\" --dtype u8:s8:u8 --zero-points 3:4\n"
                                        << "ic3ih3oc2kh2n\"plain\"\n";
  const std::string list = output_of("summary --batch " + (directory / "list.txt"));
  EXPECT_TRUE(contains(list, "Layer (type)    Output Shape  Dtype     Param #")) << list;
  EXPECT_TRUE(contains(list, "eight (Conv2D)  (1, 2, 2, 2)  u8:s8:u8       24")) << list;
  EXPECT_TRUE(contains(list, "plain (Conv2D)  (1, 2, 2, 2)  f32            24")) << list;
  const json layers = json::parse(output_of("summary --json --batch " + (directory / "list.txt")))["layers"];
  EXPECT_EQ(layers[0]["dtype"], "u8:s8:u8");
  EXPECT_EQ(layers[0]["zero_points"], "3:4");
  EXPECT_FALSE(layers[1].contains("zero_points"));
  EXPECT_TRUE(contains(output_of("summary --problem ic3ih3oc2kh2 --epilogue bias --dtype u8:s8:u8"),
                       "input (1, 3, 3, 3) of u8, weights (2, 2, 3, 2) of s8, multipliers (2,) of f64, "
                       "bias (2,) of s32, output (1, 2, 2, 2) of u8"));
  EXPECT_FALSE(contains(output_of("summary --problem ic3ih3oc2kh2"), "Dtype")) << "Keras' table";
  expect_error("summary --problem ic3ih3oc2kh2 --dtype u8:f16:u8", "halves and 8-bit integers do not mix");
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

TEST(Check, ComparesAnyNumberOfThreads) {
  const json result = json::parse(output_of("check --problem ic8ih40oc16kh3 --threads 7 --json"));
  EXPECT_TRUE(contains(result["results"][0]["repeat"], " --threads 7"));
  EXPECT_TRUE(contains(output_of("check --problem ic8ih40oc16kh3 --threads 1"), " 0 failed"));
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
        "threads", "code_bytes", "packed_bytes", "workspace_bytes", "bytes_moved", "roofline_gflops",
        "roofline_us", "roofline_bound", "bandwidth_source"})
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
  EXPECT_TRUE(
      contains(output_of("explain --problem ic16ih8oc16kh3ph1 --target x86-64-avx2 --math exact"), "direct"));
  EXPECT_TRUE(
      json::parse(output_of("explain --problem ic16ih8oc16kh3ph1 --target x86-64-avx2 --json")).is_object());
}

// What rasters call "no data" is a huge number: Winograd spreads it, and says which flag keeps it in its
// place.
TEST(NonFinite, WinogradSaysThatItSpreadsThem) {
  const std::string problem = " --problem ic16ih12oc16kh3ph1 --target x86-64-sse41";
  for (const char *command : {"explain", "check"}) {
    EXPECT_TRUE(contains(output_of(command + problem + " --algorithm winograd"), "--math exact keeps them"));
    EXPECT_FALSE(contains(output_of(command + problem + " --math exact"), "--math exact keeps them"));
  }
}

// One flag for all commands: each says what it makes of it.
TEST(Threads, AreACommonFlag) {
  const std::string problem = " --problem ic16ih28oc16kh3ph1 --target x86-64-avx2";
  const json explained = json::parse(output_of("explain --json --threads 4" + problem));
  const json &workspace = explained["workspace"];
  const auto bytes = [&](const char *part) { return workspace[part]["bytes"].get<std::size_t>(); };
  EXPECT_GT(bytes("per_thread"), 0u);
  EXPECT_EQ(workspace["bytes"].get<std::size_t>(), bytes("shared") + 4 * bytes("per_thread"));
  EXPECT_TRUE(contains(output_of("explain --threads 4" + problem), "for 4 threads: "));
  const std::string long_layer = "explain --problem ic24iw1003oc40kw7pw3 --math exact --target x86-64-avx2";
  EXPECT_TRUE(contains(output_of(long_layer), "--all shows them"));
  EXPECT_FALSE(contains(output_of(long_layer + " --all"), "--all shows them"));

  const ScratchDirectory out;
  EXPECT_TRUE(
      contains(output_of("compile --threads 4 --out " + (out / "") + problem),
               "conv for x86-64-avx2: " + workspace["bytes"].dump() + " bytes of workspace for 4 threads"));
  const ProcessResult summary = run_convforge("summary --problem ic3ih3oc1kh2 --threads 4");
  EXPECT_EQ(summary.exit_code, 0);
  EXPECT_TRUE(contains(summary.errors, "--threads 4 changes nothing here"));
}

TEST(Explain, ExplainsAListForSeveralTargets) {
  const ScratchDirectory scratch;
  std::ofstream(scratch / "layers.txt")
      << "ic8ih8oc8kh3ph1n\"a\"\n# comment\nic16ih8oc8kh1n\"b\" --epilogue relu\n";
  const json kernels =
      json::parse(output_of("explain --batch " + (scratch / "layers.txt") +
                            " --target x86-64-avx2,x86-64-sse41 --jobs 2 --json"))["kernels"];
  ASSERT_EQ(kernels.size(), 4u);
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    EXPECT_EQ(kernels[i]["name"], i < 2 ? "a" : "b");
    EXPECT_EQ(kernels[i]["target"], i % 2 == 0 ? "x86-64-avx2" : "x86-64-sse41");
    EXPECT_EQ(kernels[i]["epilogue"], i < 2 ? "" : "relu");
  }
  EXPECT_EQ(kernels[0], json::parse(output_of("explain --batch " + (scratch / "layers.txt") +
                                              " --target x86-64-avx2 --jobs 1 --json"))["kernels"][0]);
  expect_error("explain --problem ic8ih8oc8kh3ph1 --algorithm depthwise", "depthwise");
}

} // namespace
