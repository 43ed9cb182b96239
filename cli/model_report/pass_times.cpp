#include "cli/model_report/pass_times.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

namespace convforge::cli {
namespace {

using PassClock = std::chrono::steady_clock;

double seconds_between(PassClock::time_point begin, PassClock::time_point end) {
  return std::chrono::duration<double>(end - begin).count();
}

double time_of_pass(std::span<const network::Call> steps) {
  const auto begin = PassClock::now();
  int status = CONVFORGE_OK;
  for (const network::Call &step : steps)
    status = std::min(status, step());
  const double seconds = seconds_between(begin, PassClock::now());
  throw_on_error(status);
  return seconds;
}

/// Answers the time of all.
double time_steps(std::span<const network::Call> steps, std::vector<double> &least) {
  const auto first = PassClock::now();
  auto begin = first;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    throw_on_error(steps[i]());
    const auto end = PassClock::now();
    least[i] = std::min(least[i], seconds_between(begin, end));
    begin = end;
  }
  return seconds_between(first, begin);
}

} // namespace

void time_passes(std::span<const network::Call> steps, double seconds, PassTimes &least) {
  if (least.passes == 0) {
    least.whole = std::numeric_limits<double>::infinity();
    least.steps.assign(steps.size(), std::numeric_limits<double>::infinity());
    time_of_pass(steps); // touches memory and code for the first time
  }
  const auto begin = PassClock::now();
  do {
    least.whole = std::min(least.whole, time_of_pass(steps));
    least.whole = std::min(least.whole, time_steps(steps, least.steps));
    least.passes += 2;
  } while (seconds_between(begin, PassClock::now()) < seconds);
}

} // namespace convforge::cli
