// Reductions and softmax against their definitions, over random tensors.
#include "operations_tensor.hpp"

namespace {

using namespace convforge::test;

constexpr double nan = std::numeric_limits<double>::quiet_NaN(),
                 infinity = std::numeric_limits<double>::infinity();

double combine(int kind, double so_far, double x) {
  if (kind == CONVFORGE_MEAN || kind == CONVFORGE_SUM)
    return so_far + x;
  if (std::isnan(x) || std::isnan(so_far))
    return nan;
  return kind == CONVFORGE_LARGEST ? std::max(so_far, x) : std::min(so_far, x);
}

struct Reduction {
  convforge_reduction operation{};
  Tensor input, output;
};

Reduction random_reduction(Random &random) {
  Reduction r;
  convforge_reduction &o = r.operation;
  o.kind = static_cast<std::int32_t>(pick(random, CONVFORGE_MEAN, CONVFORGE_SMALLEST));
  o.rank = static_cast<std::int32_t>(pick(random, 0, CONVFORGE_MAX_RANK));
  r.input = Tensor(random, random_size(random, o.rank, random_elements(random)),
                   chance(random, 0.2) ? Strides::broadcast : Strides::slice);
  r.input.randomise(random, chance(random, 0.5) ? 0 : 0.01);
  Index kept = r.input.size;
  for (int i = 0; i < o.rank; ++i)
    if (chance(random, 0.5)) {
      o.reduced[i] = 1;
      kept[i] = 1;
    }
  r.output = Tensor(random, kept);
  set(o.size, r.input.size);
  o.input = r.input.strides;
  for (int i = 0; i < o.rank; ++i)
    o.output.along[i] = o.reduced[i] ? 0 : r.output.strides.along[i];
  return r;
}

void expect_right(const Reduction &r, const Tensor &result) {
  const int kind = r.operation.kind;
  const double start = kind == CONVFORGE_LARGEST ? -infinity : kind == CONVFORGE_SMALLEST ? infinity : 0;
  Index reduced = r.input.size;
  for (int i = 0; i < r.operation.rank; ++i)
    reduced[i] = r.operation.reduced[i] ? reduced[i] : 1;
  for_each(result.size, [&](const Index &at) {
    if (std::find(reduced.begin(), reduced.end(), 0) != reduced.end())
      return; // nothing is done
    double expected = start, sizes = 0, count = 0;
    for_each(reduced, [&](const Index &tap) {
      Index place = at;
      for (std::size_t i = 0; i < at.size(); ++i)
        place[i] += tap[i];
      expected = combine(kind, expected, r.input.at(place));
      sizes += std::abs(r.input.at(place));
      ++count;
    });
    const double divisor = kind == CONVFORGE_MEAN ? count : 1;
    const double tolerance = kind <= CONVFORGE_SUM && std::isfinite(sizes)
                                 ? 1e-7 * std::abs(expected / divisor) + 1e-13 * sizes / divisor
                                 : 0;
    ASSERT_TRUE(same(expected / divisor, result.at(at), tolerance))
        << "kind " << kind << ": " << result.at(at) << ", expected " << expected / divisor;
  });
}

TEST(Reduction, AnyTensors) {
  Random random(21);
  for (int n = 0; n < 400 && !HasFailure(); ++n) {
    SCOPED_TRACE(n);
    const Reduction r = random_reduction(random);
    expect_right(r, run_on_threads(r.output, [&](Tensor &output, const convforge_threads *threads) {
                   convforge_run_reduction(&r.operation, r.input.data(), output.data(), threads);
                 }));
  }
}

TEST(Reduction, MeanOfManyIsInDoublePrecision) {
  const std::int64_t n = 1 << 20;
  const std::vector<float> input(n, 0.1F);
  convforge_reduction o{};
  o.kind = CONVFORGE_MEAN;
  o.rank = 1;
  o.size[0] = n;
  o.reduced[0] = 1;
  o.input.along[0] = 1;
  float mean = 0;
  convforge_run_reduction(&o, input.data(), &mean, nullptr);
  EXPECT_EQ(mean, 0.1F);
}

struct Softmax {
  convforge_softmax operation{};
  Tensor input, output;
};

Softmax random_softmax(Random &random) {
  Softmax s;
  convforge_softmax &o = s.operation;
  o.rank = static_cast<std::int32_t>(pick(random, 1, CONVFORGE_MAX_RANK));
  o.axis = static_cast<std::int32_t>(pick(random, 0, o.rank - 1));
  const Index size = random_size(random, o.rank, random_elements(random));
  s.input = Tensor(random, size, chance(random, 0.2) ? Strides::broadcast : Strides::slice);
  s.input.randomise(random, chance(random, 0.7) ? 0 : 0.01);
  const float spread = chance(random, 0.3) ? 40.0F : 1.0F;
  for_each(size, [&](const Index &i) {
    if (s.input.strides.along[o.axis] != 0 && std::abs(s.input.at(i)) <= 3)
      s.input.at(i) = s.input.at(i) * spread;
  });
  s.output = Tensor(random, size);
  set(o.size, size);
  o.input = s.input.strides;
  o.output = s.output.strides;
  return s;
}

void expect_right(const Softmax &s, const Tensor &result) {
  Index others = s.input.size;
  const int axis = s.operation.axis;
  const std::int64_t n = std::exchange(others[axis], 1);
  for_each(others, [&](Index at) {
    double largest = -infinity, sum = 0;
    const auto element = [&](std::int64_t i) {
      at[axis] = i;
      return static_cast<double>(s.input.at(at));
    };
    for (std::int64_t i = 0; i < n; ++i)
      largest = combine(CONVFORGE_LARGEST, largest, element(i));
    for (std::int64_t i = 0; i < n; ++i)
      sum += std::exp(element(i) - largest);
    for (std::int64_t i = 0; i < n; ++i) {
      const double expected = std::exp(element(i) - largest) / sum;
      ASSERT_TRUE(same(expected, result.at(at), 4e-7 * expected + 2e-45))
          << element(i) << ": " << result.at(at) << ", expected " << expected;
    }
  });
}

TEST(Softmax, AnyTensors) {
  Random random(22);
  for (int n = 0; n < 300 && !HasFailure(); ++n) {
    SCOPED_TRACE(n);
    const Softmax s = random_softmax(random);
    expect_right(s, run_on_threads(s.output, [&](Tensor &output, const convforge_threads *threads) {
                   convforge_run_softmax(&s.operation, s.input.data(), output.data(), threads);
                 }));
  }
}

TEST(Softmax, OfLargeNumbersDoesNotOverflow) {
  convforge_softmax o{};
  o.rank = 1;
  o.size[0] = 3;
  o.input.along[0] = o.output.along[0] = 1;
  const float input[3] = {3e38F, 3e38F, -3e38F};
  float output[3] = {};
  convforge_run_softmax(&o, input, output, nullptr);
  EXPECT_EQ(output[0], 0.5F);
  EXPECT_EQ(output[1], 0.5F);
  EXPECT_EQ(output[2], 0);
}

} // namespace
