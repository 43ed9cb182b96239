#include "verify/random_strides.hpp"

#include "base/integer.hpp"
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
    return round_up(dense, page_elements) + page_elements;
  default:
    return dense;
  }
}

struct Outer {
  std::int64_t Strides::*stride;
  std::int64_t Extents::*extent;
};

/// What lies around the innermost dimension, from the inside out.
std::array<Outer, 4> outer_dimensions(Layout layout) {
  const Outer n{&Strides::n, &Extents::n}, c{&Strides::c, &Extents::c}, d{&Strides::d, &Extents::d},
      h{&Strides::h, &Extents::h}, w{&Strides::w, &Extents::w};
  return layout == Layout::nhwc ? std::array{w, h, d, n} : std::array{h, d, c, n};
}

Strides random_strides(const Extents &extents, Layout layout, Random &random) {
  const std::array<Outer, 4> outer = outer_dimensions(layout);
  Strides strides;
  std::int64_t inner = layout == Layout::nhwc ? extents.c : extents.w, outside = 1, row = 1;
  for (const Outer &dimension : outer)
    outside *= extents.*dimension.extent;
  for (const Outer &dimension : outer) {
    const bool planes = dimension.stride == &Strides::d;
    const std::int64_t extent = extents.*dimension.extent, chosen = random_stride(inner, random);
    const std::int64_t stride = planes ? round_up(chosen, row) : chosen; // planes are whole rows apart
    const bool hides = stride >= inner + page_elements;
    if (extent > 1)
      strides.*dimension.stride = hides && outside > most_hidden_gaps ? inner : stride;
    const std::int64_t used = extent > 1 ? strides.*dimension.stride : inner;
    if (dimension.stride == &Strides::h)
      row = used;
    inner = used * extent;
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
  if (problem.epilogue.count(EpilogueOp::Kind::residual) > 0 && !random.chance(4))
    problem.strides.residual = random_strides(problem.residual_extents(), problem.layout, random);
  problem.validate();
  return problem;
}

} // namespace convforge
