// The compiler of convforge_jit: Halide in this process.
#include "compiler.hpp"
#include "compiler/compile.hpp"

namespace convforge {

namespace {

class InProcess : public Compiler {
public:
  Artefact compile(const CompileRequest &request) const override {
    return convforge::compile(request.problem, request.plan, request.target, jit_kernel_name);
  }
};

} // namespace

std::unique_ptr<Compiler> built_in_compiler() {
  return std::make_unique<InProcess>();
}

} // namespace convforge
