// llvm-mca: what the scheduling model of the target's CPU says about a run of instructions, data in the
// nearest cache.
#pragma once

#include "analysis/disassemble.hpp"
#include "target/target.hpp"

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace convforge {

/// llvm-mca's answer for one pass over the instructions, in the steady state of passes one after another.
struct McaReport {
  double cycles = 0;           ///< simulated, dependences and front end included
  double block_throughput = 0; ///< cycles that the busiest resource needs: no schedule can be faster
  double micro_ops = 0;
  int dispatch_width = 0; ///< micro-operations a cycle
  /// float32 multiply-adds a cycle at most, from the same model run on nothing but the target's widest
  /// multiply-adds.
  double peak_multiply_adds = 0;
  /// 100 x multiply-adds a cycle / peak.
  double percent_of_peak(double multiply_adds) const {
    return 100 * multiply_adds / (cycles * peak_multiply_adds);
  }
};

/// llvm-mca could not be used; what() says why and what to do. Explanations go on without it.
class McaUnavailable : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Runs `tool` (a path or a name in PATH; empty: the llvm-mca found when ConvForge was configured, or one in
/// PATH) with the target's mca_cpu, for at most ten seconds. Thread-safe. Throws McaUnavailable.
McaReport run_mca(std::span<const Instruction> code, const Target &target, const std::string &tool = {});

/// What run_mca gives llvm-mca (two code regions: the code, then the peak's multiply-adds) and how it reads
/// the answer.
std::string mca_input(std::span<const Instruction> code, const Target &target);
McaReport parse_mca(std::string_view json, const Target &target);

} // namespace convforge
