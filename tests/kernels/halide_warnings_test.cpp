// A pipeline that Halide warns of is not compiled.
#include "compiler/warnings.hpp"

#include <Halide.h>
#include <gtest/gtest.h>

#include <string>

namespace {

/// Always fails its own assertion, and Halide says so.
void compile_what_must_fail() {
  const Halide::Var x;
  Halide::Func never;
  never(x) = Halide::require(Halide::Internal::const_false(), x, "never");
  never.bound(x, 0, 4);
  Halide::Pipeline(never).compile_to_module({}, "never", Halide::Target("x86-64-linux"));
}

TEST(HalideWarnings, AreErrorsWithTheirText) {
  convforge::make_halide_warnings_errors();
  try {
    compile_what_must_fail();
    FAIL() << "no error";
  } catch (const Halide::Error &error) {
    EXPECT_NE(std::string(error.what()).find("guaranteed to fail"), std::string::npos) << error.what();
  }
}

TEST(HalideWarnings, ErrorsStayErrors) {
  convforge::make_halide_warnings_errors();
  EXPECT_THROW(Halide::Pipeline().compile_to_module({}, "none"), Halide::Error);
}

} // namespace
