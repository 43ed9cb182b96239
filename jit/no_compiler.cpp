// The built-in compiler of convforge_jit_external, for applications that must not carry Halide: there is
// none.
#include "base/error.hpp"
#include "compiler.hpp"

namespace convforge {

std::unique_ptr<Compiler> built_in_compiler() {
  throw Error(
      "Jit: this program is linked without a compiler: set JitOptions::program to the convforge program");
}

} // namespace convforge
