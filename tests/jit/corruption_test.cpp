// Damaged entries under a Jit: never a crash, never another result. One compile serves a thousand damages.
#include "convforge/jit.hpp"
#include "fixture.hpp"
#include "verify/fill.hpp"
#include "verify/kernel_run.hpp"

#include <gtest/gtest.h>
#include <random>

namespace convforge {
namespace {

class Corruption : public testing::Test {
protected:
  /// The kernel's output, made by a new Jit.
  std::vector<float> output(Jit &jit) const {
    const auto kernel = jit.compile(problem);
    return run_guarded(kernel.value().descriptor(), tensors, {});
  }
  const ScratchDirectory directory;
  const Problem problem = small_problem(3);
  const Tensors tensors = fill(problem, Fill::real, 1);
};

TEST_F(Corruption, AThousandBitFlipsAndTruncationsAreMissesWithARightAnswer) {
  std::vector<float> expected;
  {
    Jit jit({.cache_dir = directory / "c"});
    expected = output(jit);
  }
  const std::filesystem::path file = std::filesystem::directory_iterator(directory / "c")->path();
  const std::vector<std::uint8_t> whole = read_bytes(file);
  std::mt19937 random(7);
  for (int i = 0; i < 1000; i++) {
    std::vector<std::uint8_t> damaged = whole;
    if (i % 2 == 0)
      damaged[random() % damaged.size()] ^= 1u << random() % 8;
    else
      damaged.resize(random() % damaged.size());
    write_bytes(file, damaged);
    // A program that fails stands for the compiler: an entry that was accepted would show at once.
    Jit jit({.cache_dir = directory / "c", .program = "/bin/false"});
    const auto kernel = jit.compile(problem);
    ASSERT_FALSE(kernel) << "damage " << i << " was not seen";
    EXPECT_EQ(kernel.error().code, JitError::Code::compile);
  }
  Jit jit({.cache_dir = directory / "c"});
  EXPECT_EQ(output(jit), expected);
  EXPECT_EQ(jit.counts().compiled, 1u);
  EXPECT_EQ(read_bytes(file), whole); // and it is whole again
}

} // namespace
} // namespace convforge
