#include "fuzz/fuzz_target.hpp"

#include <cstdio>
#include <cstdlib>

namespace convforge::fuzz {

void require(bool holds, const char *what) {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

} // namespace convforge::fuzz
