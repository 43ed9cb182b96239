// Compilations that begin near a number of more digits pass over it first, so that their names sort alike.
#include "compiler/steady_names.hpp"

#include <Halide.h>
#include <gtest/gtest.h>

#include <string>

namespace convforge {
namespace {

long next_number() {
  return std::stol(Halide::Internal::unique_name('t').substr(1));
}

TEST(SteadyNames, HaveAsManyDigitsAtTheEndOfACompilation) {
  {
    const SteadyNames names;
    EXPECT_GE(next_number(), 100'000);
  }
  while (next_number() < 999'000) {
  }
  const SteadyNames names;
  EXPECT_GE(next_number(), 1'000'000);
}

TEST(SteadyNames, AreLeftAloneWhileOthersCompile) {
  const SteadyNames first;
  const long before = next_number();
  const SteadyNames second;
  EXPECT_EQ(next_number(), before + 2); // one that `second` looked at
}

} // namespace
} // namespace convforge
