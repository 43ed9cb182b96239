// A small network whose kernels pool, from its ONNX file to a program's numbers, beside `--emit reference`.
#include "file_content.hpp"
#include "onnx_writer.hpp"
#include "program.hpp"
#include "verify/npy.hpp"

#include <cstring>
#include <fstream>
#include <gtest/gtest.h>

using namespace convforge;
using test::ints;
using test::node;
using test::tensor;
using test::value;

namespace {

/// First layers of a network: 2x2 behind 3x3 is pooled in registers, and pays on every target.
std::string model_file() {
  std::vector<float> weights(std::size_t{16} * 16 * 9);
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = 0.02f * static_cast<float>(static_cast<int>(i * 37 % 41) - 20);
  const std::vector<test::Message> windows{ints("kernel_shape", {2, 2}), ints("strides", {2, 2})};
  return test::onnx_file(
      {{node("Conv", {"x", "w"}, {"a"}, {ints("pads", {1, 1, 1, 1})}, "first"),
        node("MaxPool", {"a"}, {"b"}, windows, "pool"), node("Relu", {"b"}, {"c"}, {}, "act"),
        node("Conv", {"c", "w"}, {"y"}, {ints("pads", {1, 1, 1, 1})}, "second")},
       {tensor("w", {16, 16, 3, 3}, weights)},
       {value("x", {1, 16, 16, 16})},
       {value("y", {})}});
}

std::vector<float> floats_of_file(const std::string &path) {
  const std::string bytes = test::read_text(path);
  std::vector<float> floats(bytes.size() / sizeof(float));
  std::memcpy(floats.data(), bytes.data(), floats.size() * sizeof(float));
  return floats;
}

void run(const std::string &line) {
  const ProcessResult result = run_shell(line);
  ASSERT_EQ(result.exit_code, 0) << line << "\n" << result.output << result.errors;
}

} // namespace

TEST(PooledNetwork, GivesTheNumbersOfItsNodes) {
  const ScratchDirectory scratch;
  std::ofstream(scratch / "model.onnx", std::ios::binary) << model_file();
  const std::string said =
      output_of("network " + (scratch / "model.onnx") +
                " --name model --emit header,source,archive,reference --out " + (scratch / "out"));
  EXPECT_NE(said.find("calls, 2 of them of 2 kernels"), std::string::npos) << said;
  const std::string header = test::read_text(scratch / "out/model.h");
  EXPECT_NE(header.find(" relu, pooled max:kh2kw2sh2sw2ph0pw0eh0ew0 */\nint model_first("), std::string::npos)
      << header;
  EXPECT_NE(header.find("/* x -> c: "), std::string::npos) << header;
  const std::vector<float> x = floats_of(read_npy(scratch / "out/model_input0.npy"));
  std::ofstream(scratch / "x", std::ios::binary)
      << std::string(reinterpret_cast<const char *>(x.data()), x.size() * sizeof(float));
  run("cc -std=c11 -Wall -Wextra -Werror -O1 -I" RUNTIME_HEADERS " -I" + (scratch / "out") +
      " " RUN_NETWORK " " + (scratch / "out/model.c") + " " + (scratch / "out/libmodel_kernels.a") +
      " " RUNTIME_LIBRARIES " -lm -lpthread -o " + (scratch / "network"));
  run((scratch / "network") + " 1 1 " + (scratch / "x") + " " + (scratch / "y"));
  const std::vector<float> y = floats_of_file(scratch / "y"),
                           expected = floats_of(read_npy(scratch / "out/model_output0.npy"));
  ASSERT_EQ(y.size(), expected.size());
  ASSERT_EQ(y.size(), 16u * 64);
  for (std::size_t i = 0; i < y.size(); ++i)
    ASSERT_NEAR(y[i], expected[i], 1e-3) << i;
}
