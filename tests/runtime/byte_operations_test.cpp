// Operations on 8-bit integers against their definitions, over random tensors.
#include "operations_tensor.hpp"

namespace {

using namespace convforge::test;
using Bytes = TensorOf<std::uint8_t>;

constexpr int rounds = 250;

/// Rank and size of a case.
Index random_case_size(Random &random) {
  return random_size(random, static_cast<int>(pick(random, 0, CONVFORGE_MAX_RANK)),
                     std::min<std::int64_t>(random_elements(random), 60'000));
}

int number_of(std::uint8_t byte, std::int32_t dtype) {
  return dtype == CONVFORGE_S8 ? static_cast<std::int8_t>(byte) : byte;
}

int saturated(double number, std::int32_t dtype) {
  const double low = dtype == CONVFORGE_S8 ? -128 : 0;
  return static_cast<int>(std::clamp(number, low, low + 255));
}

std::int32_t random_dtype(Random &random) {
  return chance(random, 0.5) ? CONVFORGE_S8 : CONVFORGE_U8;
}

float random_scale(Random &random) {
  return static_cast<float>(std::exp(std::uniform_real_distribution<>(-5, 1)(random)));
}

/// One scale, or one by place of an axis (-1: one).
struct Scales {
  Scales(Random &random, const Index &size, std::int32_t dtype) {
    axis = size.empty() || chance(random, 0.5) ? -1 : static_cast<int>(pick(random, 0, size.size() - 1));
    const std::int64_t count = axis < 0 ? 1 : std::max<std::int64_t>(size[axis], 1);
    for (std::int64_t i = 0; i < count; ++i) {
      scales.push_back(chance(random, 0.3) ? 0.25F : random_scale(random));
      zero_points.push_back(static_cast<std::int32_t>(pick(random, 0, 255)) -
                            (dtype == CONVFORGE_S8 ? 128 : 0));
    }
  }
  std::size_t place(const Index &at) const { return axis < 0 ? 0 : static_cast<std::size_t>(at[axis]); }

  int axis;
  std::vector<float> scales;
  std::vector<std::int32_t> zero_points;
};

convforge_quantised quantised(const Index &size, std::int32_t dtype, const Scales &scales) {
  convforge_quantised o{};
  o.dtype = dtype;
  o.rank = static_cast<std::int32_t>(size.size());
  set(o.size, size);
  if (scales.axis >= 0)
    o.scale.along[scales.axis] = 1;
  o.scales = scales.scales.data();
  o.zero_points = scales.zero_points.data();
  return o;
}

double rounded(double quotient, bool away) {
  return away ? std::round(quotient) : std::nearbyint(quotient);
}

} // namespace

TEST(ByteOperations, QuantisesToTheNearestStep) {
  Random random(1);
  for (int round = 0; round < rounds; ++round) {
    const Index size = random_case_size(random);
    const std::int32_t dtype = random_dtype(random);
    const Scales scales(random, size, dtype);
    Tensor input(random, size, chance(random, 0.2) ? Strides::broadcast : Strides::slice);
    input.randomise(random);
    for_each(size, [&](const Index &at) { // ties, and floats right below them
      if (chance(random, 0.2))
        input.at(at) = 0.125F * static_cast<float>(pick(random, -9, 9));
      else if (chance(random, 0.05))
        input.at(at) = std::nextafterf(0.125F, 0);
    });
    Bytes output(random, size);
    convforge_quantised o = quantised(size, dtype, scales);
    o.ties_away = chance(random, 0.5) ? 1 : 0;
    o.input = input.strides, o.output = output.strides;
    const Bytes result = run_on_threads(output, [&](Bytes &to, const convforge_threads *threads) {
      convforge_run_quantise(&o, input.data(), to.data(), threads);
    });
    for_each(size, [&](const Index &at) {
      const std::size_t i = scales.place(at);
      const float quotient = input.at(at) / scales.scales[i];
      const double steps = std::isnan(quotient) ? 0 : rounded(quotient, o.ties_away != 0);
      ASSERT_EQ(number_of(result.at(at), dtype), saturated(steps + scales.zero_points[i], dtype))
          << input.at(at) << " in steps of " << scales.scales[i];
    });
  }
}

TEST(ByteOperations, DequantisesInOneRounding) {
  Random random(2);
  for (int round = 0; round < rounds; ++round) {
    const Index size = random_case_size(random);
    const std::int32_t dtype = random_dtype(random);
    const Scales scales(random, size, dtype);
    Bytes input(random, size);
    input.randomise(random);
    Tensor output(random, size);
    convforge_quantised o = quantised(size, dtype, scales);
    o.input = input.strides, o.output = output.strides;
    const Tensor result = run_on_threads(output, [&](Tensor &to, const convforge_threads *threads) {
      convforge_run_dequantise(&o, input.data(), to.data(), threads);
    });
    for_each(size, [&](const Index &at) {
      const std::size_t i = scales.place(at);
      const double exact =
          double{scales.scales[i]} * (number_of(input.at(at), dtype) - scales.zero_points[i]);
      ASSERT_EQ(result.at(at), static_cast<float>(exact));
    });
  }
}

TEST(ByteOperations, MapsAndCopies) {
  Random random(3);
  std::vector<std::uint8_t> table(256);
  for (std::uint8_t &byte : table)
    byte = static_cast<std::uint8_t>(pick(random, 0, 255));
  for (int round = 0; round < rounds; ++round) {
    const Index size = random_case_size(random);
    Bytes input(random, size, chance(random, 0.2) ? Strides::broadcast : Strides::slice),
        output(random, size);
    input.randomise(random);
    convforge_byte_map o{};
    o.rank = static_cast<std::int32_t>(size.size());
    set(o.size, size);
    o.input = input.strides, o.output = output.strides;
    o.table = chance(random, 0.5) ? table.data() : nullptr;
    const Bytes result = run_on_threads(output, [&](Bytes &to, const convforge_threads *threads) {
      convforge_run_byte_map(&o, input.data(), to.data(), threads);
    });
    for_each(size, [&](const Index &at) {
      ASSERT_EQ(result.at(at), o.table ? table[input.at(at)] : input.at(at));
    });
  }
}

namespace {

/// By the definition in operations.h, in words of 64 bits.
int on_line(const convforge_byte_line &line, std::int64_t a, std::int64_t b) {
  constexpr std::int64_t word = std::int64_t{1} << 32;
  const auto wrapped = [](std::int64_t number) { return (number % word + word) % word; };
  const std::int64_t rest = wrapped(a * line.a_rest + b * line.b_rest + line.summand_rest) >> 10;
  const std::int64_t steps =
      wrapped(a * line.a_factor + b * line.b_factor + line.summand + rest) >> line.shift;
  return static_cast<int>(std::clamp<std::int64_t>(steps, line.low, line.high) - line.base);
}

/// Any line: sums wrap, as they do where a factor is below 0. Results are from -128 to 127.
convforge_byte_line random_line(Random &random, bool rests) {
  convforge_byte_line line{};
  const auto word = [&] { return static_cast<std::uint32_t>(pick(random, 0, 0xffffffff)); };
  line.a_factor = word(), line.b_factor = word(), line.summand = word();
  if (rests) {
    line.a_rest = static_cast<std::uint32_t>(pick(random, 0, 1023));
    line.b_rest = static_cast<std::uint32_t>(pick(random, 0, 1023));
    line.summand_rest = static_cast<std::uint32_t>(pick(random, 1 << 28, 1 << 29));
  }
  line.shift = static_cast<std::int32_t>(pick(random, 16, 31));
  line.base = static_cast<std::int32_t>(pick(random, 128, 1000));
  line.low = line.base - static_cast<std::int32_t>(pick(random, 0, 128));
  line.high = line.base + static_cast<std::int32_t>(pick(random, 0, 127));
  return line;
}

} // namespace

TEST(ByteOperations, PairsAreOnLinesOrInATable) {
  Random random(4);
  std::vector<std::uint8_t> table(65536);
  for (std::uint8_t &byte : table)
    byte = static_cast<std::uint8_t>(pick(random, 0, 255));
  for (int round = 0; round < rounds; ++round) {
    const Index size = random_case_size(random);
    const std::int32_t dtype = random_dtype(random);
    Bytes a(random, size, Strides::broadcast), b(random, size), output(random, size);
    a.randomise(random), b.randomise(random);
    convforge_byte_pairs o{};
    o.dtype = dtype;
    o.rank = static_cast<std::int32_t>(size.size());
    set(o.size, size);
    o.a = a.strides, o.b = b.strides, o.output = output.strides;
    if (chance(random, 0.2))
      o.table = table.data();
    o.product = chance(random, 0.3) ? 1 : 0;
    o.a_zero_point = static_cast<std::int32_t>(pick(random, -128, 127));
    o.b_zero_point = static_cast<std::int32_t>(pick(random, -128, 127));
    o.line = random_line(random, chance(random, 0.5));
    o.then_count = chance(random, 0.5) ? 1 : 0;
    o.then = random_line(random, false);
    const Bytes result = run_on_threads(output, [&](Bytes &to, const convforge_threads *threads) {
      convforge_run_byte_pairs(&o, a.data(), b.data(), to.data(), threads);
    });
    const int offset = dtype == CONVFORGE_U8 ? 128 : 0; // of bytes without a sign
    for_each(size, [&](const Index &at) {
      if (o.table) {
        ASSERT_EQ(result.at(at), table[256U * a.at(at) + b.at(at)]);
        return;
      }
      const int left = number_of(a.at(at), dtype) - offset, right = number_of(b.at(at), dtype) - offset;
      const int product = (left - o.a_zero_point) * (right - o.b_zero_point);
      const int steps = o.product ? on_line(o.line, product, 0) : on_line(o.line, left, right);
      ASSERT_EQ(number_of(result.at(at), dtype) - offset, o.then_count ? on_line(o.then, steps, 0) : steps);
    });
  }
}

TEST(ByteOperations, PoolsTheLargest) {
  Random random(5);
  for (int round = 0; round < rounds; ++round) {
    const Index size = random_case_size(random);
    const std::int32_t dtype = random_dtype(random);
    convforge_window_pooling o{};
    o.kind = CONVFORGE_POOL_MAX;
    o.rank = static_cast<std::int32_t>(size.size());
    Index input_size = size;
    for (std::size_t i = 0; i < size.size(); ++i) {
      const bool pooled = chance(random, 0.5);
      o.kernel[i] = pooled ? pick(random, 1, 4) : 1;
      o.stride[i] = pooled ? pick(random, 1, 3) : 1;
      o.dilation[i] = pooled ? pick(random, 1, 2) : 1;
      o.begin[i] = pooled ? pick(random, 0, 2) : 0;
      if (pooled)
        input_size[i] =
            std::max<std::int64_t>(1, (size[i] - 1) * o.stride[i] - o.begin[i] + pick(random, 1, 4));
    }
    Bytes input(random, input_size), output(random, size);
    input.randomise(random);
    set(o.size, size), set(o.input_size, input_size);
    o.input = input.strides, o.output = output.strides;
    const Bytes result = run_on_threads(output, [&](Bytes &to, const convforge_threads *threads) {
      if (dtype == CONVFORGE_S8)
        convforge_run_window_pooling_s8(&o, reinterpret_cast<const std::int8_t *>(input.data()),
                                        reinterpret_cast<std::int8_t *>(to.data()), threads);
      else
        convforge_run_window_pooling_u8(&o, input.data(), to.data(), threads);
    });
    const Index kernel(o.kernel, o.kernel + o.rank);
    for_each(size, [&](const Index &at) {
      int largest = dtype == CONVFORGE_S8 ? -128 : 0;
      for_each(kernel, [&](const Index &tap) {
        Index place = at;
        bool inside = true;
        for (std::size_t i = 0; i < at.size(); ++i) {
          place[i] = at[i] * o.stride[i] - o.begin[i] + tap[i] * o.dilation[i];
          inside = inside && place[i] >= 0 && place[i] < input_size[i];
        }
        if (inside)
          largest = std::max(largest, number_of(input.at(place), dtype));
      });
      ASSERT_EQ(number_of(result.at(at), dtype), largest);
    });
  }
}

TEST(ByteOperations, ResamplesAndPads) {
  Random random(6);
  for (int round = 0; round < rounds; ++round) {
    const Index size = random_case_size(random);
    convforge_resampling o{};
    o.rank = static_cast<std::int32_t>(size.size());
    o.fill = static_cast<float>(pick(random, -128, 255));
    Index input_size = size;
    std::vector<std::vector<std::int32_t>> index(size.size());
    for (std::size_t i = 0; i < size.size(); ++i)
      if (chance(random, 0.5)) {
        input_size[i] = pick(random, 1, 12);
        for (std::int64_t k = 0; k < size[i]; ++k)
          index[i].push_back(
              static_cast<std::int32_t>(pick(random, chance(random, 0.3) ? -1 : 0, input_size[i] - 1)));
        o.axes[i] = {1, index[i].data(), nullptr};
      }
    Bytes input(random, input_size), output(random, size);
    input.randomise(random);
    set(o.size, size);
    o.input = input.strides, o.output = output.strides;
    const Bytes result = run_on_threads(output, [&](Bytes &to, const convforge_threads *threads) {
      convforge_run_resampling_bytes(&o, input.data(), to.data(), threads);
    });
    for_each(size, [&](const Index &at) {
      Index place = at;
      bool inside = true;
      for (std::size_t i = 0; i < at.size(); ++i)
        if (o.axes[i].taps) {
          place[i] = index[i][at[i]];
          inside = inside && place[i] >= 0;
        }
      const auto fill = static_cast<std::uint8_t>(static_cast<int>(o.fill));
      ASSERT_EQ(result.at(at), inside ? input.at(place) : fill);
    });
  }
}
