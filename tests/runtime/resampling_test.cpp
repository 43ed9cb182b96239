// Resampling against its definition, over random taps of random tensors.
#include "operations_tensor.hpp"

namespace {

using namespace convforge::test;

struct Axis {
  int taps = 0;
  std::vector<std::int32_t> index;
  std::vector<float> weight; // empty: 1
};

struct Case {
  convforge_resampling operation{};
  std::vector<Axis> axes;
  Tensor input, output;
};

Axis random_axis(Random &random, std::int64_t size, std::int64_t input_size, int most_taps, bool fills) {
  Axis axis;
  axis.taps = static_cast<int>(pick(random, 1, most_taps));
  const bool weighted = chance(random, 0.6), mirrored = chance(random, 0.3);
  for (std::int64_t i = 0; i < size * axis.taps; ++i) {
    const bool outside = fills && chance(random, 0.2);
    const std::int64_t place = mirrored ? input_size - 1 - i % input_size : pick(random, 0, input_size - 1);
    axis.index.push_back(outside ? -1 : static_cast<std::int32_t>(place));
    if (weighted)
      axis.weight.push_back(static_cast<float>(std::uniform_real_distribution<>(-1, 1)(random)));
  }
  return axis;
}

/// As a padded axis has them, or one cut off; now and then with an element that is not what follows the one
/// before.
Axis padded_axis(Random &random, std::int64_t size, std::int64_t &input_size) {
  Axis axis{.taps = 1};
  const std::int64_t before = pick(random, -2, std::min<std::int64_t>(size - 1, 4));
  input_size = std::max<std::int64_t>(1, size - before - pick(random, -2, 4));
  for (std::int64_t i = 0; i < size; ++i) {
    const std::int64_t place = i - before;
    axis.index.push_back(place < 0 || place >= input_size ? -1 : static_cast<std::int32_t>(place));
  }
  if (chance(random, 0.2))
    axis.index[pick(random, 0, size - 1)] = chance(random, 0.5) ? -1 : 0;
  return axis;
}

Case random_case(Random &random) {
  Case c;
  convforge_resampling &o = c.operation;
  o.rank = static_cast<std::int32_t>(pick(random, 0, CONVFORGE_MAX_RANK));
  const Index size = random_size(random, o.rank, std::min<std::int64_t>(random_elements(random), 20'000));
  Index input_size = size;
  int interpolated = 0;
  const bool fills = chance(random, 0.4);
  for (int i = 0; i < o.rank; ++i) {
    c.axes.emplace_back();
    if (chance(random, 0.5))
      continue;
    if (fills && chance(random, 0.4)) {
      c.axes.back() = padded_axis(random, size[i], input_size[i]);
      continue;
    }
    input_size[i] = pick(random, 1, 12);
    c.axes.back() = random_axis(random, size[i], input_size[i], interpolated < 3 ? 4 : 1, fills);
    interpolated += c.axes.back().taps > 1;
  }
  c.input = Tensor(random, input_size, chance(random, 0.2) ? Strides::broadcast : Strides::slice);
  c.input.randomise(random, chance(random, 0.8) ? 0 : 0.01);
  c.output = Tensor(random, size);
  set(o.size, size);
  o.input = c.input.strides;
  o.output = c.output.strides;
  o.fill = 1.75F;
  return c;
}

void complete(Case &c) {
  for (std::size_t i = 0; i < c.axes.size(); ++i)
    c.operation.axes[i] = {c.axes[i].taps, c.axes[i].taps ? c.axes[i].index.data() : nullptr,
                           c.axes[i].weight.empty() ? nullptr : c.axes[i].weight.data()};
}

void expect_right(const Case &c, const Tensor &result) {
  Index taps;
  for (const Axis &axis : c.axes)
    taps.push_back(std::max(axis.taps, 1));
  for_each(result.size, [&](const Index &at) {
    double expected = 0, sizes = 0;
    for_each(taps, [&](const Index &tap) {
      Index place = at;
      double weight = 1;
      bool inside = true;
      for (std::size_t i = 0; i < at.size(); ++i) {
        const Axis &axis = c.axes[i];
        if (axis.taps == 0)
          continue;
        const std::int64_t entry = at[i] * axis.taps + tap[i];
        place[i] = axis.index[entry];
        inside = inside && place[i] >= 0;
        weight *= axis.weight.empty() ? 1 : axis.weight[entry];
      }
      const double term = weight * (inside ? c.input.at(place) : c.operation.fill);
      expected += term;
      sizes += std::abs(term);
    });
    ASSERT_TRUE(same(expected, result.at(at), std::isfinite(sizes) ? 2e-6 * sizes : 0))
        << result.at(at) << ", expected " << expected;
  });
}

Tensor result_of(Case &c) {
  complete(c);
  return run_on_threads(c.output, [&](Tensor &output, const convforge_threads *threads) {
    convforge_run_resampling(&c.operation, c.input.data(), output.data(), threads);
  });
}

TEST(Resampling, AnyTaps) {
  Random random(31);
  for (int n = 0; n < 400 && !HasFailure(); ++n) {
    SCOPED_TRACE(n);
    Case c = random_case(random);
    expect_right(c, result_of(c));
  }
}

/// Twice the height and width, bilinear with half-pixel centres, of 24 channels.
TEST(Resampling, ImagesInEitherLayout) {
  Random random(32);
  Axis twice{2, {}, {}};
  for (int i = 0; i < 40; ++i) {
    const double place = std::max((i + 0.5) / 2 - 0.5, 0.0);
    const int low = static_cast<int>(place);
    twice.index.insert(twice.index.end(), {low, std::min(low + 1, 19)});
    twice.weight.insert(twice.weight.end(),
                        {static_cast<float>(1 - (place - low)), static_cast<float>(place - low)});
  }
  for (const bool channels_last : {false, true}) {
    Case c;
    const std::size_t h = channels_last ? 1 : 2;
    Index size = {2, 24, 24, 24}, input_size = size;
    size[h] = size[h + 1] = 40;
    input_size[h] = input_size[h + 1] = 20;
    c.axes.resize(4);
    c.axes[h] = c.axes[h + 1] = twice;
    c.output = Tensor(random, size, Strides::dense);
    c.input = Tensor(random, input_size, Strides::dense);
    c.input.randomise(random, 0);
    c.operation.rank = 4;
    set(c.operation.size, size);
    c.operation.input = c.input.strides;
    c.operation.output = c.output.strides;
    expect_right(c, result_of(c));
  }
}

/// Rows of several blocks, padded and cut off: each block has a part of the run.
TEST(Resampling, LongRowsPaddedAndCutOff) {
  Random random(34);
  for (const std::int64_t before : {-300, -3, 0, 3, 300}) {
    Case c;
    c.axes.resize(2);
    c.axes[1].taps = 1;
    for (int i = 0; i < 1000; ++i) {
      const std::int64_t place = i - before;
      c.axes[1].index.push_back(place < 0 || place >= 680 ? -1 : static_cast<std::int32_t>(place));
    }
    c.input = Tensor(random, {3, 680}, Strides::dense);
    c.output = Tensor(random, {3, 1000}, Strides::dense);
    c.input.randomise(random, 0);
    c.operation.rank = 2;
    c.operation.fill = 1.75F;
    set(c.operation.size, c.output.size);
    c.operation.input = c.input.strides;
    c.operation.output = c.output.strides;
    expect_right(c, result_of(c));
  }
}

TEST(Resampling, PaddingWithInfinity) {
  Random random(33);
  for (const Index &strides : {Index{4, 1}, Index{1, 6}}) { // padded along rows, and across them
    Case c;
    c.axes = {{}, {1, {-1, 0, 1, 2, 3, -1}, {}}};
    c.axes[0] = {1, {-1, 2, 1, 0}, {}};
    c.input = Tensor(random, {3, 4}, Strides::dense);
    c.output = Tensor(random, {4, 6}, Strides::dense);
    if (strides[0] == 1)
      c.output.strides = {{1, 4}};
    c.input.randomise(random, 0);
    c.operation.rank = 2;
    set(c.operation.size, c.output.size);
    c.operation.input = c.input.strides;
    c.operation.output = c.output.strides;
    c.operation.fill = -std::numeric_limits<float>::infinity();
    const Tensor result = result_of(c);
    for_each(result.size, [&](const Index &i) {
      const std::int32_t row = c.axes[0].index[i[0]], column = c.axes[1].index[i[1]];
      EXPECT_EQ(result.at(i), row < 0 || column < 0 ? c.operation.fill : c.input.at({row, column}));
    });
  }
}

} // namespace
