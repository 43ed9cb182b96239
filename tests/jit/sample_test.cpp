// The samples of README and docs/jit.md as they stand there, each also with a shape that contradicts itself:
// who copies one gets an error, not an abort.
#include "fixture.hpp"
#include "sample.hpp"

#include <cstddef>
#include <cstdlib>
#include <gtest/gtest.h>

namespace convforge {
namespace {

/// What a sample reports; empty: nothing, and it has run its kernel.
std::string run(int (*sample)(const SampleData &, std::string &)) {
  const ScratchDirectory directory;
  setenv("CONVFORGE_CACHE_DIR", (directory / "default").c_str(), 1);
  alignas(64) static std::byte packed[1 << 21], workspace[1 << 12];
  const std::vector<float> weights(64 * 64 * 9, 3), bias(64), input(64 * 56 * 56, 2);
  std::vector<float> output(64 * 56 * 56);
  const SampleData data = {directory / "mine", Problem::parse("ic1ih1oc1kh1"),
                           weights.data(),     packed,
                           bias.data(),        input.data(),
                           output.data(),      workspace};
  std::string message;
  const int status = sample(data, message);
  EXPECT_EQ(status, message.empty() ? 0 : 1);
  EXPECT_EQ(output.front() != 0, message.empty()); // stored_kernel.c adds an input and a packed weight
  return message;
}

TEST(Sample, OfReadme) {
  EXPECT_EQ(run(readme_sample), "");
  EXPECT_NE(run(readme_wrong_sample).find("oh: 70 (expected"), std::string::npos);
}

TEST(Sample, OfTheJitsPage) {
  EXPECT_EQ(run(jit_page_sample), "");
  EXPECT_NE(run(jit_page_wrong_sample).find("oh: 70 (expected"), std::string::npos);
}

TEST(ProblemText, ThatIsWrongIsAnErrorLikeOthers) {
  Jit jit({.disk_cache = false, .target = "x86-64-sse41"});
  for (const auto &kernel : {jit.compile("nonsense"), jit.compile_async("nonsense").get(),
                             jit.compile("ic1ih1oc1kh1", {.epilogue = "bias,nonsense"})}) {
    ASSERT_FALSE(kernel);
    EXPECT_EQ(kernel.error().code, JitError::Code::problem);
    EXPECT_NE(kernel.error().message.find("(expected "), std::string::npos);
  }
  EXPECT_TRUE(jit.compile_async("ic1ih1oc1kh1").get());
  EXPECT_TRUE(jit.compile(Problem::parse("ic1ih1oc1kh1")));
  EXPECT_EQ(jit.counts().memory, 1u);
}

} // namespace
} // namespace convforge
