// Kernels may need no library: an activation must not become a call of expf or the like, at any vector width.
#include "activation_reference.hpp"
#include "algorithms/activation.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <unistd.h>

namespace convforge::test {
namespace {

std::string assembly(const Activation &activation, const std::string &target, int width) {
  Halide::ImageParam input(Halide::Float(32), 1);
  Halide::Var i;
  Halide::Func f;
  f(i) = activate(activation, input(i));
  f.vectorize(i, width).output_buffer().dim(0).set_bounds(0, 96);
  const auto path = std::filesystem::temp_directory_path() / ("convforge-" + std::to_string(getpid()) + ".s");
  f.compile_to_assembly(path.string(), {input}, "kernel",
                        Halide::Target(target + "-no_asserts-no_bounds_query-no_runtime"));
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  std::filesystem::remove(path);
  return text.str();
}

/// Called symbols, but for the kernel itself, which Halide's _argv wrapper calls.
std::set<std::string> calls(const std::string &text) {
  static const std::regex call(R"(\s(?:callq?|jmpq?|bl|b)\s+([A-Za-z_][A-Za-z0-9_]*))");
  std::set<std::string> names;
  for (std::sregex_iterator match(text.begin(), text.end(), call), end; match != end; ++match)
    if ((*match)[1] != "kernel")
      names.insert((*match)[1]);
  return names;
}

TEST(Activation, CallsNoLibrary) {
  const std::vector<std::pair<std::string, int>> targets = {
      {"x86-64-linux-sse41", 4},
      {"x86-64-linux-sse41-avx-f16c-fma-avx2", 16},
      {"x86-64-linux-sse41-avx-f16c-fma-avx2-avx512-avx512_skylake", 6},
      {"arm-64-linux", 8}};
  for (const auto &[target, width] : targets)
    for (const Activation &activation : every_activation())
      EXPECT_EQ(calls(assembly(activation, target, width)), std::set<std::string>{})
          << label(activation) << " on " << target;
}

TEST(Activation, OfALibraryFunctionWouldBeNoticed) {
  EXPECT_EQ(calls("\tcallq\texpf@PLT\n\tvaddps %xmm0\n\tcallq\tkernel@PLT\n"), std::set<std::string>{"expf"});
  EXPECT_EQ(calls("\tbl\texpf\n\tb\tkernel\n"), std::set<std::string>{"expf"});
}

} // namespace
} // namespace convforge::test
