// Tensors with random strides between canaries, and threads, for tests of convforge/operations.h.
#pragma once

#include "convforge/operations.h"

#include "pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

namespace convforge::test {

using Random = std::mt19937;
using Index = std::vector<std::int64_t>;

inline std::int64_t pick(Random &random, std::int64_t least, std::int64_t most) {
  return std::uniform_int_distribution<std::int64_t>(least, most)(random);
}
inline bool chance(Random &random, double probability) {
  return std::bernoulli_distribution(probability)(random);
}

/// Calls `visit(index)` for every index below `size`, the last axis fastest.
template <typename Visit>
void for_each(const Index &size, Visit visit) {
  if (std::find(size.begin(), size.end(), 0) != size.end())
    return;
  Index at(size.size(), 0);
  for (;;) {
    visit(at);
    std::size_t axis = size.size();
    while (axis > 0 && ++at[axis - 1] == size[axis - 1])
      at[--axis] = 0;
    if (axis == 0)
      return;
  }
}

/// Sizes of at most about `most` elements, some 1, one now and then long or, rarely, 0.
inline Index random_size(Random &random, int rank, std::int64_t most) {
  Index size;
  for (std::int64_t elements = 1; rank > 0; --rank) {
    const std::int64_t bound = std::max<std::int64_t>(1, most / elements);
    const std::int64_t wanted = chance(random, 0.2)    ? 1
                                : chance(random, 0.1)  ? pick(random, 1, 1500)
                                : chance(random, 0.01) ? 0
                                                       : pick(random, 1, 20);
    size.push_back(std::min(wanted, bound));
    elements *= std::max<std::int64_t>(1, size.back());
  }
  std::shuffle(size.begin(), size.end(), random);
  return size;
}

enum class Strides { dense, slice, broadcast };

/// What lies between and beside the elements, which nobody may write or be impressed by.
template <typename Element>
constexpr Element canary_of = Element{0xa5};
template <>
inline constexpr float canary_of<float> = -7.25e29F;
inline constexpr float canary = canary_of<float>;

template <typename Element>
class TensorOf {
public:
  TensorOf() = default;
  /// Dense and row-major half of the time, else with axes in any order, gaps and negative strides, and
  /// (broadcast) some of no stride.
  TensorOf(Random &random, Index shape, Strides kind = Strides::slice) : size(std::move(shape)) {
    std::vector<int> order(size.size());
    std::iota(order.rbegin(), order.rend(), 0); // innermost first
    const bool plain = kind == Strides::dense || chance(random, 0.3);
    const bool gaps = !plain && chance(random, 0.5), negative = !plain && chance(random, 0.3);
    if (!plain && chance(random, 0.6))
      std::shuffle(order.begin(), order.end(), random);
    std::int64_t extent = 1;
    for (const int axis : order) {
      const std::int64_t n = std::max<std::int64_t>(size[axis], 1);
      if (gaps && chance(random, 0.4))
        extent += pick(random, 1, 3);
      strides.along[axis] = extent;
      if (kind == Strides::broadcast && chance(random, 0.3)) {
        strides.along[axis] = 0;
        continue;
      }
      if (negative && chance(random, 0.4)) {
        strides.along[axis] = -extent;
        base += extent * (n - 1);
      }
      extent *= n;
    }
    base += margin;
    memory.assign(static_cast<std::size_t>(extent + 2 * margin), canary_of<Element>);
  }

  Element *data() { return memory.data() + base; }
  const Element *data() const { return memory.data() + base; }
  Element &at(const Index &index) { return memory[static_cast<std::size_t>(place(index))]; }
  Element at(const Index &index) const { return memory[static_cast<std::size_t>(place(index))]; }
  std::int64_t place(const Index &index) const {
    std::int64_t sum = base;
    for (std::size_t i = 0; i < index.size(); ++i)
      sum += index[i] * strides.along[i];
    return sum;
  }

  /// Every element becomes a number near 0, some special; of bytes any.
  void randomise(Random &random, double special = 0.02) {
    static constexpr float infinity = std::numeric_limits<float>::infinity();
    for_each(size, [&](const Index &i) {
      if constexpr (sizeof(Element) == 1) {
        at(i) = static_cast<Element>(pick(random, 0, 255));
        return;
      }
      at(i) = static_cast<Element>(std::uniform_real_distribution<>(-3, 3)(random));
      if (chance(random, special)) {
        const float specials[] = {std::nanf(""), infinity, -infinity, 0, -0.0F};
        at(i) = static_cast<Element>(specials[pick(random, 0, 4)]);
      }
    });
  }

  /// Whether all but the elements is as it was made.
  testing::AssertionResult untouched() const {
    std::vector<bool> mine(memory.size());
    for_each(size, [&](const Index &i) { mine[static_cast<std::size_t>(place(i))] = true; });
    for (std::size_t i = 0; i < memory.size(); ++i)
      if (!mine[i] && memory[i] != canary_of<Element>)
        return testing::AssertionFailure() << "written at " << static_cast<std::int64_t>(i) - base;
    return testing::AssertionSuccess();
  }

  Index size;
  convforge_strides strides{};
  std::int64_t base = 0;
  std::vector<Element> memory;

private:
  static constexpr std::int64_t margin = 24;
};

using Tensor = TensorOf<float>;

inline bool same(double expected, float actual, double tolerance) {
  if (std::isnan(expected) || std::isnan(actual))
    return std::isnan(expected) && std::isnan(actual);
  return expected == actual || std::abs(expected - actual) <= tolerance;
}

/// Runs `run(output, threads)` on no threads, 2 and 5, each on a copy of `start`; expects one result and no
/// trace beside it, and answers it.
template <typename Element, typename Run>
TensorOf<Element> run_on_threads(const TensorOf<Element> &start, Run run) {
  static const Pool two = make_pool(2), five = make_pool(5);
  TensorOf<Element> alone = start;
  run(alone, nullptr);
  EXPECT_TRUE(alone.untouched());
  for (const Pool *pool : {&two, &five}) {
    TensorOf<Element> shared = start;
    const convforge_threads threads = convforge_pool_threads(pool->get());
    run(shared, &threads);
    EXPECT_EQ(0,
              std::memcmp(alone.memory.data(), shared.memory.data(), alone.memory.size() * sizeof(Element)))
        << "differs on " << threads.count << " threads";
  }
  return alone;
}

/// Most of the tests' tensors are small; some are large enough for several threads.
inline std::int64_t random_elements(Random &random) {
  return chance(random, 0.15) ? 90'000 : chance(random, 0.5) ? 2000 : 60;
}

inline void set(std::int64_t (&field)[CONVFORGE_MAX_RANK], const Index &values) {
  std::copy(values.begin(), values.end(), field);
}

} // namespace convforge::test
