#include "compiler/warnings.hpp"

#include <Halide.h>

namespace convforge {
namespace {

/// Has no state: any number of threads may compile at once.
class Thrower : public Halide::CompileTimeErrorReporter {
  void warning(const char *message) override { throw Halide::CompileError(message); }
  [[noreturn]] void error(const char *message) override { throw Halide::CompileError(message); }
};

} // namespace

void make_halide_warnings_errors() {
  static Thrower reporter; // Halide keeps its address for as long as the process lives
  Halide::set_custom_compile_time_error_reporter(&reporter);
}

} // namespace convforge
