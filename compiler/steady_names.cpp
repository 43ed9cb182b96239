#include "compiler/steady_names.hpp"

#include <Halide.h>

#include <atomic>
#include <string>

namespace convforge {

namespace {

/// A compilation takes some 200 to 5,000 names, and as many threads as there are do so at once.
constexpr long names_of_all = 400'000;

std::atomic<int> compilations{0};

/// The number of a new temporary.
long next_number() {
  return std::stol(Halide::Internal::unique_name('t').substr(1));
}

/// The least power of ten above a number.
long more_digits(long number) {
  long power = 10;
  while (power <= number)
    power *= 10;
  return power;
}

} // namespace

SteadyNames::SteadyNames() {
  const bool alone = compilations.fetch_add(1) == 0;
  const long number = next_number(), end = more_digits(number);
  if (!alone || end - number >= names_of_all)
    return;
  const long enough =
      end < names_of_all ? more_digits(names_of_all / 10) : end; // 5 ms of the first compilation
  while (next_number() < enough) {
  }
}

SteadyNames::~SteadyNames() {
  compilations.fetch_sub(1);
}

} // namespace convforge
