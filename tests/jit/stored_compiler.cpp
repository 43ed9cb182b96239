#include "stored_compiler.hpp"

#include "compiler.hpp"
#include "fixture.hpp"
#include "planner/planner.hpp"
#include "problem/operand.hpp"

namespace convforge {

namespace {

Artefact artefact_around(const std::vector<std::uint8_t> &object, const Problem &problem) {
  const Target &target = find_target(stored_target);
  Artefact artefact{.name = jit_kernel_name,
                    .symbol = std::string(jit_kernel_name) + "_" + identifier(target),
                    .problem = problem,
                    .target = target,
                    .plan = make_plan(problem, target)};
  artefact.pack = pack_layout(problem, artefact.plan);
  artefact.views = {
      {0, 0}, {1, CONVFORGE_PACK_HEADER_BYTES}, {static_cast<int>(operands(problem).size()) - 1, 0}};
  artefact.code_bytes = 1;
  artefact.object = object;
  return artefact;
}

class Stored : public Compiler {
public:
  Artefact compile(const CompileRequest &request) const override { return stored_artefact(request.problem); }
};

} // namespace

Artefact stored_artefact(const Problem &problem) {
  static const std::vector<std::uint8_t> object = read_bytes(STORED_KERNEL); // once: later users may not
  return artefact_around(object, problem);
}

Artefact foreign_artefact(const Problem &problem) {
  return artefact_around(read_bytes(FOREIGN_KERNEL), problem);
}

std::unique_ptr<Compiler> built_in_compiler() {
  return std::make_unique<Stored>();
}

} // namespace convforge
