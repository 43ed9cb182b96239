// Timing of short calls.
#pragma once

#include <cstddef>
#include <functional>

namespace convforge::cli {

struct Timing {
  double min_seconds = 0, median_seconds = 0; ///< of one call
  std::size_t samples = 0, calls_per_sample = 0;
};

/// Repeats `call` for at least `seconds`, in samples of at least 20 us, so that reading the clock (some 30
/// ns) costs nothing.
Timing measure(const std::function<void()> &call, double seconds);

/// Bytes a second that one core copies within a working set of this size: the speed of whichever cache holds
/// it.
double copy_bandwidth(std::size_t working_set);

} // namespace convforge::cli
