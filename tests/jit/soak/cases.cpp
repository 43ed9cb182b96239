#include "cases.hpp"

#include "base/error.hpp"
#include "float_targets.hpp"
#include "verify/kernel_run.hpp"
#include "verify/random_problem.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge::soak {

Case::Case(int number)
    : problem_(random_problem(static_cast<std::uint64_t>(number), {}, number % 8 == 0 ? 3 : 2)),
      tensors_(fill(problem_, Fill::real, 1)) {
  reference({WinogradTile{}});
}

std::shared_ptr<const Reference> Case::reference(const std::vector<WinogradTile> &tiles) const {
  const std::lock_guard lock(mutex_);
  const bool plain = std::ranges::all_of(tiles, &WinogradTile::none); // one for kernels of any pieces
  auto &found = references_[plain ? std::vector{WinogradTile{}} : tiles];
  if (!found)
    found = std::make_shared<const Reference>(problem_, tensors_, Fill::real, tiles);
  return found;
}

std::string Case::check(const JitKernel &kernel, Random &random) const {
  const RunSetup setup{.side = random.chance(2) ? GuardedBuffer::Side::begin : GuardedBuffer::Side::end,
                       .threads = random.chance(4) ? 2 : 1,
                       .poison = static_cast<unsigned char>(random.chance(2) ? 0xff : 0)};
  try {
    const Worst worst =
        reference(tiles_of(kernel.descriptor()))->compare(run_guarded(kernel.descriptor(), tensors_, setup));
    return worst.passed
               ? ""
               : fmt::format("{} is {:.9g}, expected {:.9g} within {:.3g}", position(problem_, worst.index),
                             worst.actual, worst.expected, worst.tolerance);
  } catch (const Error &error) {
    return error.what();
  }
}

std::vector<std::string> targets() {
  std::vector<std::string> names;
  for (const Target &target : targets_of_floats())
    if (runs_here(target))
      names.emplace_back(target.name);
  return names;
}

} // namespace convforge::soak
