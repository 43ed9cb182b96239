#include "compiler/gpu/launches.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace convforge {

namespace {

using namespace Halide::Internal;
using Halide::Expr;

unsigned constant(const Expr &value, const char *what) {
  const auto number = as_const_int(simplify(value));
  if (!number || *number < 0)
    throw Error(std::string("GPU launch: the ") + what + " is not a constant");
  return static_cast<unsigned>(*number);
}

/// Collects calls of halide_cuda_run(state, name, blocks x, y, z, threads x, y, z, shared bytes, sizes,
/// arguments, is_buffer), as Halide's OffloadGPULoops writes them.
class Launches : public IRVisitor {
public:
  explicit Launches(const std::vector<std::string> &tensors) : tensors_(tensors) {}
  std::vector<GpuLaunch> found;

private:
  using IRVisitor::visit;
  const std::vector<std::string> &tensors_;

  int view(const Expr &argument) const {
    const Variable *variable = argument.as<Variable>();
    const std::string name = variable ? variable->name : "";
    for (std::size_t i = 0; i < tensors_.size(); i++)
      if (name == tensors_[i] + ".buffer")
        return static_cast<int>(i);
    throw Error("GPU launch: an argument is no tensor");
  }

  void visit(const Call *op) override {
    IRVisitor::visit(op);
    if (op->name != "halide_cuda_run")
      return;
    const std::size_t first = op->args.size() - 12; // a user context may stand in front
    const auto at = [&](std::size_t i) { return op->args.at(first + i); };
    GpuLaunch launch;
    const StringImm *name = at(1).as<StringImm>();
    const Call *arguments = at(10).as<Call>();
    if (name == nullptr || arguments == nullptr || !arguments->is_intrinsic(Call::make_struct))
      throw Error("GPU launch: not in the form that Halide 21 writes");
    launch.kernel = name->value;
    for (std::size_t i = 0; i < 3; i++) {
      launch.grid[i] = constant(at(2 + i), "grid");
      launch.block[i] = constant(at(5 + i), "block");
    }
    launch.shared_bytes = constant(at(8), "shared memory");
    for (std::size_t i = 0; i + 1 < arguments->args.size(); i++) // the last one is null
      launch.views.push_back(view(arguments->args[i]));
    found.push_back(launch);
  }
};

} // namespace

std::vector<GpuLaunch> read_launches(const Halide::Module &module, const std::vector<std::string> &tensors) {
  Launches launches(tensors);
  for (const LoweredFunc &function : module.functions())
    function.body.accept(&launches);
  if (launches.found.empty())
    throw Error("GPU launch: none found in the compiled module");
  return launches.found;
}

} // namespace convforge
