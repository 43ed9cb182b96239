// The programs that convforge_add_model(... TEST) makes must be able to fail: they are given networks with a
// mistake each.
#include "convforge_tools/kernel_programs.h"
#include "convforge_tools/network_programs.h"
#include "scratch_directory.hpp"
#include "verify/npy.hpp"

#include <cmath>
#include <fstream>
#include <gtest/gtest.h>

using namespace convforge;

namespace {

enum class NetworkMistake {
  none,
  value,
  unwritten,
  arena_read,
  behind_arena,
  behind_output,
  threads,
  code,
  nan
};

// One layer that doubles three numbers, by way of the arena.
constexpr int count = 3;
constexpr std::size_t arena_bytes = 64;

template <NetworkMistake mistake>
int run_with(const void *const *read, void *const *written, void *arena, const convforge_threads *threads) {
  const float *const inputs[] = {static_cast<const float *>(read[0])};
  float *const outputs[] = {static_cast<float *>(written[0])};
  auto *t = static_cast<float *>(arena);
  const float before = t[count];
  for (int i = 0; i < count; ++i)
    t[i] = 2 * inputs[0][i];
  for (int i = 0; i < count - (mistake == NetworkMistake::unwritten); ++i)
    outputs[0][i] = t[i];
  if (mistake == NetworkMistake::value)
    outputs[0][1] *= 1.003f;
  if (mistake == NetworkMistake::nan)
    outputs[0][2] = NAN;
  if (mistake == NetworkMistake::arena_read && !std::isnan(before))
    outputs[0][0] *= 1.0001f;
  if (mistake == NetworkMistake::behind_arena)
    t[arena_bytes / sizeof(float)] = 0;
  if (mistake == NetworkMistake::behind_output)
    outputs[0][count] = 0;
  if (mistake == NetworkMistake::threads && threads)
    outputs[0][0] *= 1.0000002f;
  return mistake == NetworkMistake::code ? CONVFORGE_ERROR_MEMORY : CONVFORGE_OK;
}

constexpr std::int64_t shape[] = {1, count};
const convforge_network_tensor tensors[] = {{"x", shape, 2, CONVFORGE_F32}, {"y", shape, 2, CONVFORGE_F32}};
const convforge_kernel kernel = {.abi_version = CONVFORGE_ABI_VERSION,
                                 .name = "doubling",
                                 .target = "x86-64-avx2",
                                 .algorithm = "direct",
                                 .multiply_adds = count};
const convforge_kernel *const variants[] = {&kernel};
const convforge_network_convolution convolutions[] = {{"layer", variants}};

template <NetworkMistake mistake = NetworkMistake::none>
convforge_network network() {
  return {.abi_version = CONVFORGE_ABI_VERSION,
          .input_count = 1,
          .output_count = 1,
          .convolution_count = 1,
          .name = "net",
          .model = "net.onnx",
          .tensors = tensors,
          .convolutions = convolutions,
          .target = [] { return 0; },
          .reason = [] { return "the only one"; },
          .arena_size = [](int) { return arena_bytes; },
          .run = run_with<mistake>};
}

// The same of bytes, the third of which a mistake gives to one thread only.
const convforge_network_tensor byte_tensors[] = {{"x", shape, 2, CONVFORGE_S8},
                                                 {"y", shape, 2, CONVFORGE_S8}};
const convforge_operand byte_operand = {.name = "input", .dtype = CONVFORGE_S8};
const convforge_kernel byte_kernel = {.abi_version = CONVFORGE_ABI_VERSION,
                                      .name = "copying",
                                      .target = "x86-64-avx2",
                                      .algorithm = "direct",
                                      .operand_count = 1,
                                      .operands = &byte_operand,
                                      .multiply_adds = count};
const convforge_kernel *const byte_variants[] = {&byte_kernel};
const convforge_network_convolution byte_convolutions[] = {{"layer", byte_variants}};

template <bool wrong>
int copy_bytes(const void *const *read, void *const *written, void *, const convforge_threads *threads) {
  const auto *from = static_cast<const std::int8_t *>(read[0]);
  auto *to = static_cast<std::int8_t *>(written[0]);
  for (int i = 0; i < count; ++i)
    to[i] = wrong && threads && i == 2 ? static_cast<std::int8_t>(~from[i]) : from[i];
  return CONVFORGE_OK;
}

template <bool wrong = false>
convforge_network byte_network() {
  convforge_network network = ::network();
  network.tensors = byte_tensors;
  network.convolutions = byte_convolutions;
  network.run = copy_bytes<wrong>;
  return network;
}

class NetworkTools : public testing::Test {
protected:
  void SetUp() override {
    write("net_input0.npy", {1, -2, 5});
    write("net_output0.npy", {2, -4, 10});
  }

  void write(const std::string &file, const std::vector<float> &values) const {
    const std::vector<std::int64_t> sizes{1, static_cast<std::int64_t>(values.size())};
    const std::vector<std::uint8_t> bytes = format_npy(sizes, values);
    std::ofstream(scratch / file, std::ios::binary)
        .write(reinterpret_cast<const char *>(bytes.data()), std::ssize(bytes));
  }

  /// What the test prints and answers.
  std::pair<std::string, int> answer(const convforge_network &network) const {
    testing::internal::CaptureStdout();
    const int code = convforge_test_network(&network, scratch.path().c_str());
    return {testing::internal::GetCapturedStdout(), code};
  }

  void expect_failure(const convforge_network &network, const std::string &part) const {
    const auto [text, code] = answer(network);
    EXPECT_EQ(code, EXIT_FAILURE) << text;
    EXPECT_NE(text.find(part), std::string::npos) << text;
  }

  test::ScratchDirectory scratch;
};

} // namespace

TEST_F(NetworkTools, ARightNetworkPasses) {
  const auto [text, code] = answer(network());
  EXPECT_EQ(code, EXIT_SUCCESS) << text;
  EXPECT_NE(text.find("net: y: 0 of 3 elements wrong, worst error 0 of a largest element of 10: 0"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("net x86-64-avx2, 1 convolutions, 64 bytes of arena: passed"), std::string::npos)
      << text;
}

TEST_F(NetworkTools, EveryMistakeIsSeen) {
  expect_failure(network<NetworkMistake::value>(), "1 of 3 elements wrong");
  expect_failure(network<NetworkMistake::nan>(), "1 of 3 elements wrong");
  expect_failure(network<NetworkMistake::unwritten>(), "nan, expected 10 within 0.01");
  expect_failure(network<NetworkMistake::arena_read>(), "other bytes in arena and outputs do not give");
  expect_failure(network<NetworkMistake::behind_arena>(), "wrote behind its arena of 64 bytes");
  expect_failure(network<NetworkMistake::behind_output>(), "wrote behind y");
  expect_failure(network<NetworkMistake::threads>(), "three threads do not give what one thread gives");
  expect_failure(network<NetworkMistake::code>(), "the call answered -9");
}

TEST_F(NetworkTools, ExpectedNaNIsRight) {
  write("net_output0.npy", {2, -4, NAN});
  EXPECT_EQ(answer(network<NetworkMistake::nan>()).second, EXIT_SUCCESS);
  expect_failure(network(), "1 of 3 elements wrong");
}

TEST_F(NetworkTools, FilesThatDoNotFitAreNamed) {
  write("net_output0.npy", {2, -4});
  expect_failure(network(), "cannot read the 3 elements of y from ");
  std::filesystem::remove(scratch / "net_input0.npy");
  expect_failure(network(), "net_input0.npy");
}

TEST_F(NetworkTools, WhatCannotRunIsSkippedAndOtherVersionsFail) {
  convforge_network none = network();
  none.target = [] { return -1; };
  EXPECT_EQ(answer(none).second, CONVFORGE_EXIT_SKIPPED);
  convforge_network other = network();
  other.abi_version = CONVFORGE_ABI_VERSION - 1;
  expect_failure(other, "another version");
}

TEST_F(NetworkTools, BytesMayBeTwoStepsAway) {
  write("net_output0.npy", {1, 0, 3});
  const auto [text, code] = answer(byte_network());
  EXPECT_EQ(code, EXIT_SUCCESS) << text;
  write("net_output0.npy", {1, -5, 5});
  expect_failure(byte_network(), "y[1] is -2, expected -5 within 2");
  write("net_output0.npy", {1, -2, 5});
  expect_failure(byte_network<true>(), "three threads do not give what one thread gives");
}

TEST_F(NetworkTools, TheBenchmarkPrintsWhatItMeasures) {
  std::string program = "net_benchmark", seconds = "0.01";
  char *argv[] = {program.data(), seconds.data()};
  const convforge_network right = network(), wrong = network<NetworkMistake::code>();
  testing::internal::CaptureStdout();
  EXPECT_EQ(convforge_benchmark_network(&right, 2, argv), EXIT_SUCCESS);
  const std::string text = testing::internal::GetCapturedStdout();
  EXPECT_NE(text.find("arena 64 bytes"), std::string::npos) << text;
  EXPECT_NE(text.find("direct: 1 convolution, 100.0 % of the multiply-adds"), std::string::npos) << text;
  testing::internal::CaptureStderr();
  EXPECT_EQ(convforge_benchmark_network(&wrong, 2, argv), EXIT_FAILURE);
  seconds = "no";
  EXPECT_EQ(convforge_benchmark_network(&right, 2, argv), EXIT_FAILURE);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("usage: net_benchmark [SECONDS]"), std::string::npos);
}
