#include "verify/check.hpp"

#include "base/error.hpp"
#include "convforge/elements.h"
#include "problem/dtype.hpp"
#include "verify/compare.hpp"
#include "verify/kernel_run.hpp"
#include "verify/quantised/quantised_reference.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <functional>
#include <optional>
#include <string_view>

namespace convforge {
namespace {

using Side = GuardedBuffer::Side;

/// Tensors, and how the output of a run on them is judged.
struct Trial {
  std::string_view name;
  std::vector<Elements> tensors;
  std::function<Worst(const Elements &output)> compare;
};

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

std::string_view name_of(Fill kind) {
  return kind == Fill::integer ? "whole numbers" : kind == Fill::real ? "real numbers" : "NaN and Inf";
}

/// The first element whose bytes differ.
std::optional<std::size_t> first_difference(const Elements &a, const Elements &b, ElementType type) {
  const auto differs = std::ranges::mismatch(a, b).in1;
  if (differs == a.end())
    return std::nullopt;
  return static_cast<std::size_t>(differs - a.begin()) / bytes_of(type);
}

std::string describe(const Problem &problem, std::string_view trial, const Worst &worst) {
  const std::string within =
      worst.tolerance > 0 ? fmt::format(" within {:.3g} (off by {:.3g})", worst.tolerance, worst.error) : "";
  return fmt::format("{}: {} is {:.10g}, expected {:.10g}{}", trial, position(problem, worst.index),
                     worst.actual, worst.expected, within);
}

[[noreturn]] void fail_on_difference(const Problem &problem, std::string_view trial, std::size_t at,
                                     const Elements &first, const Elements &output, const RunSetup &setup) {
  const auto value = [&](const Elements &elements) {
    return convforge_load_element(dtype_of(problem.types.destination), elements.data(), at);
  };
  throw Error(fmt::format(
      "{}: {} is {:.10g} in one run and {:.10g} in another ({} threads, tensors at the {} of a page{})",
      trial, position(problem, at), value(first), value(output), setup.threads,
      setup.side == Side::end ? "end" : "beginning",
      setup.in_place ? ", the output in the residual's place" : ""));
}

/// Fails on the first run that is wrong or differs from the one before; answers the worst element.
Worst check_trial(const Problem &problem, const convforge_kernel &kernel, const Trial &trial, int threads) {
  Elements first;
  Worst worst;
  for (const RunSetup &setup : setups(kernel, threads)) {
    Elements output = run_guarded(kernel, trial.tensors, setup);
    if (first.empty()) {
      worst = trial.compare(output);
      if (!worst.passed)
        throw Error(describe(problem, trial.name, worst));
      first = std::move(output);
    } else if (const auto at = first_difference(first, output, problem.types.destination)) {
      fail_on_difference(problem, trial.name, *at, first, output, setup);
    }
  }
  return worst;
}

/// The same tensors with the weights in another order.
Tensors reordered(Tensors tensors, std::span<const std::size_t> weights_order) {
  const std::vector<float> weights = tensors.weights;
  for (std::size_t i = 0; i < weights_order.size(); i++)
    tensors.weights[i] = weights[weights_order[i]];
  return tensors;
}

void check_floats(const Problem &problem, const convforge_kernel &kernel, std::uint64_t seed, int threads,
                  std::span<const std::size_t> weights_order, CheckResult &result) {
  const std::vector<WinogradTile> tiles = tiles_of(kernel);
  for (const Fill kind : {Fill::integer, Fill::real, Fill::special}) {
    if (kind == Fill::special && !problem.zeros.none())
      continue; // NaN and Inf under a zero do not reach the outputs of a kernel that leaves it out
    const Tensors tensors = fill(problem, kind, seed);
    const Reference reference(problem, tensors, kind, tiles);
    const auto compare = [&](const Elements &output) {
      return reference.compare(from_elements<float>(problem.types.destination, output));
    };
    const Worst worst = check_trial(
        problem, kernel, {name_of(kind), to_elements(kernel, reordered(tensors, weights_order)), compare},
        threads);
    if (kind == Fill::real)
      result.error = worst.error, result.bound = worst.tolerance;
  }
}

void check_quantised(const Problem &problem, const convforge_kernel &kernel, std::uint64_t seed, int threads,
                     CheckResult &result) {
  for (const QuantisedFill kind : all_quantised_fills) {
    const QuantisedTensors tensors = fill(problem, kind, seed);
    const QuantisedReference reference(problem, tensors);
    const auto compare = [&](const Elements &output) { return reference.compare(output); };
    const Worst worst = check_trial(problem, kernel, {name_of(kind), tensors.all(problem), compare}, threads);
    if (kind == QuantisedFill::spread)
      result.error = worst.error, result.bound = worst.tolerance;
  }
}

} // namespace

CheckResult check_kernel(const Problem &problem, const convforge_kernel &kernel, std::uint64_t seed,
                         int threads, std::span<const std::size_t> weights_order) {
  CheckResult result;
  try {
    if (problem.types.quantised())
      check_quantised(problem, kernel, seed, threads, result);
    else
      check_floats(problem, kernel, seed, threads, weights_order, result);
  } catch (const Error &error) {
    result.passed = false;
    result.failure = error.what();
  }
  return result;
}

} // namespace convforge
