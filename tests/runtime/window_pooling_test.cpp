// Pooling of windows against its definition, over random windows of random tensors.
#include "operations_tensor.hpp"

namespace {

using namespace convforge::test;

constexpr float nan = std::numeric_limits<float>::quiet_NaN(),
                infinity = std::numeric_limits<float>::infinity();

struct Case {
  convforge_window_pooling operation{};
  Tensor input, output;
};

void make_window(Random &random, convforge_window_pooling &o, int axis) {
  o.kernel[axis] = pick(random, 1, 4);
  o.stride[axis] = pick(random, 1, 3);
  o.dilation[axis] = pick(random, 1, 2);
  o.begin[axis] = pick(random, 0, 3);
  o.end[axis] = pick(random, 0, 3);
  o.input_size[axis] = pick(random, 1, o.size[axis] * o.stride[axis] + 2); // outputs may be beside it
}

Case random_case(Random &random) {
  Case c;
  convforge_window_pooling &o = c.operation;
  o.kind = static_cast<std::int32_t>(pick(random, CONVFORGE_POOL_MAX, CONVFORGE_POOL_AVG_P));
  o.rank = static_cast<std::int32_t>(pick(random, 0, CONVFORGE_MAX_RANK));
  const Index size = random_size(random, o.rank, std::min<std::int64_t>(random_elements(random), 20'000));
  set(o.size, size);
  int pooled = 0;
  for (int i = 0; i < o.rank; ++i) {
    o.kernel[i] = o.stride[i] = o.dilation[i] = 1;
    o.input_size[i] = size[i];
    if (pooled < 3 && chance(random, 0.5)) {
      make_window(random, o, i);
      ++pooled;
    }
  }
  c.output = Tensor(random, size);
  c.input = Tensor(random, Index(o.input_size, o.input_size + o.rank),
                   chance(random, 0.2) ? Strides::broadcast : Strides::slice);
  c.input.randomise(random);
  o.output = c.output.strides;
  o.input = c.input.strides;
  return c;
}

double defined(const Case &c, const Index &at) {
  const convforge_window_pooling &o = c.operation;
  double sum = 0, largest = -infinity;
  std::int64_t inside = 0, in_padding = 0;
  for_each(Index(o.kernel, o.kernel + o.rank), [&](const Index &tap) {
    Index place = at;
    bool is_inside = true, is_padded = true;
    for (int i = 0; i < o.rank; ++i) {
      place[i] = at[i] * o.stride[i] - o.begin[i] + tap[i] * o.dilation[i];
      is_inside = is_inside && place[i] >= 0 && place[i] < o.input_size[i];
      is_padded = is_padded && place[i] >= -o.begin[i] && place[i] < o.input_size[i] + o.end[i];
    }
    in_padding += is_padded;
    if (!is_inside)
      return;
    ++inside;
    const double x = c.input.at(place);
    sum += x;
    largest = std::isnan(x) || std::isnan(largest) ? nan : std::max(largest, x);
  });
  if (o.kind == CONVFORGE_POOL_MAX)
    return largest;
  const std::int64_t count = o.kind == CONVFORGE_POOL_AVG_P ? in_padding : inside;
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

TEST(WindowPooling, AnyWindows) {
  Random random(11);
  for (int n = 0; n < 400 && !HasFailure(); ++n) {
    SCOPED_TRACE(n);
    Case c = random_case(random);
    const Tensor result = run_on_threads(c.output, [&](Tensor &output, const convforge_threads *threads) {
      convforge_run_window_pooling(&c.operation, c.input.data(), output.data(), threads);
    });
    for_each(result.size, [&](const Index &i) {
      const double expected = defined(c, i);
      ASSERT_TRUE(same(expected, result.at(i), c.operation.kind == CONVFORGE_POOL_MAX ? 0 : 1e-6))
          << "kind " << c.operation.kind << ": " << result.at(i) << ", expected " << expected;
    });
  }
}

/// 3x3, stride 2, padding 1, of an image with 40 channels in either layout.
Case image(Random &random, int kind, bool channels_last) {
  Case c;
  convforge_window_pooling &o = c.operation;
  o.kind = kind;
  o.rank = 4;
  const int h = channels_last ? 1 : 2, channels = channels_last ? 3 : 1;
  for (int i = 0; i < 4; ++i)
    o.kernel[i] = o.stride[i] = o.dilation[i] = o.size[i] = o.input_size[i] = 1;
  for (const int i : {h, h + 1}) {
    o.size[i] = 30;
    o.input_size[i] = 59;
    o.kernel[i] = 3;
    o.stride[i] = 2;
    o.begin[i] = o.end[i] = 1;
  }
  o.size[channels] = o.input_size[channels] = 40;
  c.output = Tensor(random, Index(o.size, o.size + 4), Strides::dense);
  c.input = Tensor(random, Index(o.input_size, o.input_size + 4), Strides::dense);
  c.input.randomise(random, 0.001);
  o.output = c.output.strides;
  o.input = c.input.strides;
  return c;
}

TEST(WindowPooling, ImagesInEitherLayout) {
  Random random(12);
  for (const int kind : {CONVFORGE_POOL_MAX, CONVFORGE_POOL_AVG_NP, CONVFORGE_POOL_AVG_P})
    for (const bool channels_last : {false, true}) {
      const Case c = image(random, kind, channels_last);
      const Tensor result = run_on_threads(c.output, [&](Tensor &output, const convforge_threads *threads) {
        convforge_run_window_pooling(&c.operation, c.input.data(), output.data(), threads);
      });
      for_each(result.size,
               [&](const Index &i) { ASSERT_TRUE(same(defined(c, i), result.at(i), 1e-6)) << kind; });
    }
}

TEST(WindowPooling, OfNothing) {
  for (const int kind : {CONVFORGE_POOL_MAX, CONVFORGE_POOL_AVG_NP, CONVFORGE_POOL_AVG_P}) {
    convforge_window_pooling o{};
    o.kind = kind;
    o.rank = 1;
    o.size[0] = 3;
    o.input_size[0] = 1; // outputs 1 and 2 are beside it and, but for the first place, beside its padding
    o.kernel[0] = o.dilation[0] = 1;
    o.stride[0] = 2;
    o.end[0] = 2;
    o.input.along[0] = o.output.along[0] = 1;
    const float input = 5;
    float output[3] = {};
    convforge_run_window_pooling(&o, &input, output, nullptr);
    const float nothing = kind == CONVFORGE_POOL_MAX ? -infinity : 0;
    EXPECT_EQ(output[0], 5);
    EXPECT_EQ(output[1], nothing);
    EXPECT_EQ(output[2], nothing);
  }
}

} // namespace
