#include "stored_compiler.hpp"

#include "compiler.hpp"
#include "fixture.hpp"
#include "planner/planner.hpp"
#include "problem/operand.hpp"

namespace convforge {

namespace {

Artefact artefact_around(const std::vector<std::uint8_t> &object, const Problem &problem, const Plan &plan) {
  const Target &target = find_target(stored_target);
  Artefact artefact{.name = jit_kernel_name,
                    .symbol = std::string(jit_kernel_name) + "_" + identifier(target),
                    .problem = problem,
                    .target = target,
                    .plan = plan};
  artefact.pack = pack_layout(problem, artefact.plan);
  artefact.views = {
      {0, 0}, {1, CONVFORGE_PACK_HEADER_BYTES}, {static_cast<int>(operands(problem).size()) - 1, 0}};
  artefact.code_bytes = 1;
  artefact.object = object;
  return artefact;
}

class Stored : public Compiler {
public:
  Artefact compile(const CompileRequest &request) const override {
    static const std::vector<std::uint8_t> quick = read_bytes(STORED_KERNEL), slow = read_bytes(SLOW_KERNEL);
    const bool is_slow = request.problem.batch == batch_of_slow_kernels &&
                         request.plan.algorithm != algorithm_of_quick_kernels;
    return artefact_around(is_slow ? slow : quick, request.problem, request.plan);
  }
};

} // namespace

Artefact stored_artefact(const Problem &problem) {
  static const std::vector<std::uint8_t> object = read_bytes(STORED_KERNEL); // once: later users may not
  return artefact_around(object, problem, make_plan(problem, find_target(stored_target)));
}

Artefact foreign_artefact(const Problem &problem) {
  return artefact_around(read_bytes(FOREIGN_KERNEL), problem, make_plan(problem, find_target(stored_target)));
}

std::unique_ptr<Compiler> built_in_compiler() {
  return std::make_unique<Stored>();
}

} // namespace convforge
