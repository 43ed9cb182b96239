#include "verify/check.hpp"

#include "base/error.hpp"
#include "verify/compare.hpp"
#include "verify/kernel_run.hpp"

#include <bit>
#include <cstdint>
#include <fmt/format.h>
#include <optional>

namespace convforge {
namespace {

using Side = GuardedBuffer::Side;

/// Every run must give the same bits: where the tensors lie, what the memory held before and the thread count
/// do not matter.
std::vector<RunSetup> setups(const convforge_kernel &kernel, int threads) {
  std::vector<RunSetup> all = {{Side::end, 1, 0xff}, {Side::begin, 1, 0x00}};
  if (threads > 1)
    all.push_back({Side::end, threads, 0x00});
  if (in_place_operand(kernel) >= 0)
    all.push_back({.threads = threads, .in_place = true});
  return all;
}

const char *name_of(Fill kind) {
  return kind == Fill::integer ? "whole numbers" : kind == Fill::real ? "real numbers" : "NaN and Inf";
}

std::optional<std::size_t> first_difference(const std::vector<float> &a, const std::vector<float> &b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (std::bit_cast<std::uint32_t>(a[i]) != std::bit_cast<std::uint32_t>(b[i]))
      return i;
  return std::nullopt;
}

std::string describe(const Problem &problem, Fill kind, const Worst &worst) {
  return fmt::format("{}: {} is {:.9g}, expected {:.9g} within {:.3g} (off by {:.3g})", name_of(kind),
                     position(problem, worst.index), worst.actual, worst.expected, worst.tolerance,
                     worst.error);
}

/// One fill: fails on the first run that is wrong or differs from the one before.
void check_fill(const Problem &problem, const convforge_kernel &kernel, Fill kind, std::uint64_t seed,
                int threads, CheckResult &result) {
  const Tensors tensors = fill(problem, kind, seed);
  const bool winograd = kernel.pack.kind == CONVFORGE_PACK_WINOGRAD;
  const WinogradTile tile =
      winograd ? WinogradTile{kernel.pack.outputs[CONVFORGE_HEIGHT], kernel.pack.outputs[CONVFORGE_WIDTH]}
               : WinogradTile{};
  const Reference reference(problem, tensors, kind, tile);
  std::vector<float> first;
  for (const RunSetup &setup : setups(kernel, threads)) {
    const std::vector<float> output = run_guarded(kernel, tensors, setup);
    if (first.empty()) {
      const Worst worst = reference.compare(output);
      if (!worst.passed)
        throw Error(describe(problem, kind, worst));
      if (kind == Fill::real)
        result.error = worst.error, result.bound = worst.tolerance;
      first = output;
    } else if (const auto at = first_difference(first, output)) {
      throw Error(fmt::format(
          "{}: {} is {:.9g} in one run and {:.9g} in another ({} threads, tensors at the {} of a page{})",
          name_of(kind), position(problem, *at), first[*at], output[*at], setup.threads,
          setup.side == Side::end ? "end" : "beginning",
          setup.in_place ? ", the output in the residual's place" : ""));
    }
  }
}

} // namespace

CheckResult check_kernel(const Problem &problem, const convforge_kernel &kernel, std::uint64_t seed,
                         int threads) {
  CheckResult result;
  try {
    for (const Fill kind : {Fill::integer, Fill::real, Fill::special})
      check_fill(problem, kernel, kind, seed, threads, result);
  } catch (const Error &error) {
    result.passed = false;
    result.failure = error.what();
  }
  return result;
}

} // namespace convforge
