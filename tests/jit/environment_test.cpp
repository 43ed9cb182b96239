// What the environment's variables say to a Jit.
#include "environment.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

TEST(Environment, NamesTheCache) {
  setenv("CONVFORGE_CACHE_DIR", "/a", 1);
  setenv("XDG_CACHE_HOME", "/b", 1);
  setenv("HOME", "/c", 1);
  EXPECT_EQ(read_environment().cache_directory, "/a");
  unsetenv("CONVFORGE_CACHE_DIR");
  EXPECT_EQ(read_environment().cache_directory, "/b/convforge");
  setenv("XDG_CACHE_HOME", "relative", 1);
  EXPECT_EQ(read_environment().cache_directory, "/c/.cache/convforge");
  unsetenv("HOME");
  EXPECT_EQ(read_environment().cache_directory, "");
}

TEST(Environment, IsVerboseForAnyValueButNoneAndZero) {
  for (const auto &[value, verbose] : {std::pair("1", true), {"yes", true}, {"0", false}, {"", false}}) {
    setenv("CONVFORGE_VERBOSE", value, 1);
    EXPECT_EQ(read_environment().verbose, verbose) << value;
  }
  unsetenv("CONVFORGE_VERBOSE");
  EXPECT_FALSE(read_environment().verbose);
}

} // namespace
} // namespace convforge
