#include "verify/random_strides.hpp"

#include "verify/random.hpp"

#include <array>

namespace convforge {
namespace {

constexpr std::int64_t page_elements = 1024;    // of 4096 bytes, the page of all machines that tests run on
constexpr std::int64_t most_span = 1 << 22;     // elements
constexpr std::int64_t most_hidden_gaps = 2000; // each costs a call of the system

/// From one element of a dimension to the next, where a dense tensor has `dense`.
std::int64_t random_stride(std::int64_t dense, Random &random) {
  switch (random.integer(0, 5)) {
  case 0:
  case 1:
    return dense + random.integer(1, 20);
  case 2:
    return 2 * dense; // half of a concatenation
  case 3:             // a page or more between both
    return (dense + page_elements - 1) / page_elements * page_elements + page_elements;
  default:
    return dense;
  }
}

Strides random_strides(const Extents &extents, Layout layout, Random &random) {
  struct Outer {
    std::int64_t Strides::*stride;
    std::int64_t Extents::*extent;
  };
  const bool nhwc = layout == Layout::nhwc;
  const std::array<Outer, 3> outer{{nhwc ? Outer{&Strides::w, &Extents::w} : Outer{&Strides::h, &Extents::h},
                                    nhwc ? Outer{&Strides::h, &Extents::h} : Outer{&Strides::c, &Extents::c},
                                    Outer{&Strides::n, &Extents::n}}};
  Strides strides;
  std::int64_t inner = nhwc ? extents.c : extents.w, outside = 1;
  for (const Outer &dimension : outer)
    outside *= extents.*dimension.extent;
  for (const Outer &dimension : outer) {
    const std::int64_t extent = extents.*dimension.extent, stride = random_stride(inner, random);
    const bool hides = stride >= inner + page_elements;
    if (extent > 1)
      strides.*dimension.stride = hides && outside > most_hidden_gaps ? inner : stride;
    inner = (extent > 1 ? strides.*dimension.stride : inner) * extent;
    outside /= extent;
  }
  return inner <= most_span ? strides : Strides{};
}

} // namespace

Problem with_random_strides(Problem problem, std::uint64_t seed) {
  Random random(seed ^ seed_of("strides"));
  if (!random.chance(4))
    problem.strides.input = random_strides(problem.input_extents(), problem.layout, random);
  if (!random.chance(4))
    problem.strides.output = random_strides(problem.output_extents(), problem.layout, random);
  if (problem.epilogue.has_residual() && !random.chance(4))
    problem.strides.residual = random_strides(problem.output_extents(), problem.layout, random);
  problem.validate();
  return problem;
}

} // namespace convforge
