// A network's kernels as machine code, and its constants as bytes.
#pragma once

#include "artefact/artefact.hpp"
#include "network/network_program.hpp"
#include "planner/tuning.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace convforge::network {

/// What kernels are made for.
struct KernelRequest {
  std::string name;            ///< of the network: a C identifier
  std::vector<Target> targets; ///< best first
  Tuning tuning;
};

/// The types of the first convolution of 8-bit integers, else of the first one: what a network's targets are
/// asked for with, as of two the one for 8-bit integers runs the other's kernels, too.
const ElementTypes &leading_types(const models::FoldedModel &model);
/// What kernels of these types are compiled for where a network's target is `target`: that one, or where it
/// has none of them (x86-64-avx512-vnni of floats) the next one of its instruction set that has. Throws Error
/// where there is none.
const Target &target_for(const Target &target, const ElementTypes &types);

/// A convolution's constants, in bytes from the beginning of Compiled::constants.
struct ConvolutionConstants {
  std::vector<std::size_t> packed;   ///< the weights, by target
  std::vector<std::size_t> operands; ///< by operand of the problem; no_constant: an argument
};
inline constexpr std::size_t no_constant = static_cast<std::size_t>(-1);

struct Compiled {
  std::vector<std::vector<Artefact>> kernels; ///< by kernel of the program, by target
  std::vector<std::uint8_t> constants;
  std::vector<ConvolutionConstants> convolutions;
};

/// Compiles every kernel of the program for every target, by several threads, packs weights and gives the
/// program's constants their places. `compiled` is told of each kernel. Throws Error.
Compiled compile_kernels(Program &program, const models::FoldedModel &model, const KernelRequest &request,
                         const std::function<void(const std::string &)> &compiled);

} // namespace convforge::network
