// llvm-mca: what the scheduling model of the target's CPU says about a run of instructions, data in the
// nearest cache.
//
// The simulation is pessimistic for 512-bit loops with many broadcasts: LLVM 19's skylake-avx512 model gives
// a 512-bit load or broadcast a second micro-operation on an arithmetic port (uiCA does not:
// andreas-abel/uiCA issue 7). For that reason a tile of 14 pixels x 2 vectors is simulated at 93.3 % of peak
// while its bound, which looks at each kind of port by itself, is 100 %; 6 pixels x 4 vectors are simulated
// at 99.9 %.
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
  /// Multiply-adds a cycle at most, from the same model run on nothing but the target's widest ones: of
  /// float32, or dot products of 8-bit integers.
  double peak_multiply_adds = 0;
  /// 100 x multiply-adds a cycle / peak: as simulated, and at most.
  double percent_of_peak(double multiply_adds) const {
    return 100 * multiply_adds / (cycles * peak_multiply_adds);
  }
  double percent_bound(double multiply_adds) const {
    return 100 * multiply_adds / (block_throughput * peak_multiply_adds);
  }
};

/// llvm-mca could not be used; what() says why and what to do. Explanations go on without it.
class McaUnavailable : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// `dot`: how the code multiplies 8-bit integers. Runs `tool` (a path or a name in PATH; empty: the llvm-mca
/// found when ConvForge was configured, or one in PATH) for `cpu` (empty: the target's mca_cpu), for at most
/// two minutes. Thread-safe. Throws McaUnavailable.
McaReport run_mca(std::span<const Instruction> code, const Target &target, Dot dot = Dot::none,
                  const std::string &tool = {}, std::string_view cpu = {});

/// Reads llvm-mca's JSON for two code regions: the code, then eight of the widest multiply-adds for the peak.
McaReport parse_mca(std::string_view json, const Target &target, Dot dot = Dot::none);

} // namespace convforge
