#include "program.hpp"
#include "target/target.hpp"
#include "verify/npy.hpp"

#include <gtest/gtest.h>

#include <cmath>

using namespace convforge;

namespace {

class Run : public testing::Test {
protected:
  std::string files() const {
    return " --input " + (directory / "x.npy") + " --weights " + (directory / "w.npy") + " --output " +
           (directory / "y.npy");
  }
  const ScratchDirectory directory;
};

// Channels of 1, 100 and 10000 under a 2x2 kernel of ones.
TEST_F(Run, SeedCaseGives40404) {
  std::vector<float> image;
  for (int pixel = 0; pixel < 9; ++pixel)
    image.insert(image.end(), {1, 100, 10000});
  write_npy(directory / "x.npy", {1, 3, 3, 3}, image);
  write_npy(directory / "w.npy", {2, 2, 3, 1}, std::vector<float>(12, 1));
  write_npy(directory / "b.npy", {1}, {0});
  output_of("run --problem ic3ih3oc1kh2 --epilogue bias,relu --bias " + (directory / "b.npy") + files());
  const NpyArray y = read_npy(directory / "y.npy");
  EXPECT_EQ(y.shape, (std::vector<std::int64_t>{1, 2, 2, 1}));
  EXPECT_EQ(floats_of(y), std::vector<float>(4, 40404));
}

// Spatial axes of one element may be there or not: a Conv1D's tensors have no height, a Conv3D's a depth.
TEST_F(Run, SpatialAxesOfOneElementMayBeLeftOut) {
  const std::vector<float> x = {1, 2, 3, 4, 5}, w = {1, 10}, y = {21, 32, 43, 54};
  using Shape = std::vector<std::int64_t>;
  for (const Shape &image : {Shape{1, 5, 1}, Shape{1, 1, 5, 1}, Shape{1, 5, 1, 1}, Shape{1, 1, 1, 5, 1}})
    for (const Shape &filter : {Shape{2, 1, 1}, Shape{1, 2, 1, 1}, Shape{1, 1, 2, 1, 1}}) {
      write_npy(directory / "x.npy", image, x);
      write_npy(directory / "w.npy", filter, w);
      output_of("run --problem ic1iw5oc1kw2" + files());
      EXPECT_EQ(floats_of(read_npy(directory / "y.npy")), y);
    }
  write_npy(directory / "w.npy", {2, 1}, w);
  expect_error("run --problem ic1iw5oc1kw2" + files(), "shape (2, 1) (expected (1, 2, 1, 1): kernel height");
}

TEST_F(Run, ThreeDimensions) {
  write_npy(directory / "x.npy", {1, 2, 1, 3, 1}, {1, 2, 3, 4, 5, 6});
  write_npy(directory / "w.npy", {2, 1, 2, 1, 1}, {1, 10, 100, 1000});
  const std::string problem = "run --problem ic1id2ih1iw3oc1kd2kh1kw2pd1ph0pw0";
  output_of(problem + files());
  const NpyArray y = read_npy(directory / "y.npy");
  EXPECT_EQ(y.shape, (std::vector<std::int64_t>{1, 3, 1, 2, 1}));
  EXPECT_EQ(floats_of(y), (std::vector<float>{2100, 3200, 5421, 6532, 54, 65}));
  write_npy(directory / "x.npy", {2, 1, 3, 1}, {1, 2, 3, 4, 5, 6});
  expect_error(problem + files(), "expected (1, 2, 1, 3, 1): batch, depth, height, width, input channels");
}

// Each output is the flattened patch [27] times the weights [27, 2] plus bias; the weights differ per
// channel.
TEST_F(Run, SeedCaseIsAPatchTimesAMatrix) {
  std::vector<float> x(48), w(54), expected;
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<float>(i * 7 % 11) - 5;
  for (std::size_t i = 0; i < w.size(); ++i)
    w[i] = static_cast<float>(i * 5 % 13) - 6;
  const float bias[] = {10, -20};
  for (int at = 0; at < 8; ++at) {
    const int row = at / 4, column = at / 2 % 2, k = at % 2;
    float sum = bias[k];
    for (int i = 0; i < 27; ++i)
      sum += x[((row + i / 9) * 4 + column + i / 3 % 3) * 3 + i % 3] * w[i * 2 + k];
    expected.push_back(sum);
  }
  write_npy(directory / "x.npy", {1, 4, 4, 3}, x);
  write_npy(directory / "w.npy", {3, 3, 3, 2}, w);
  write_npy(directory / "b.npy", {2}, {10, -20});
  output_of("run --problem ic3ih4oc2kh3 --epilogue bias --threads 2 --bias " + (directory / "b.npy") +
            files());
  EXPECT_EQ(floats_of(read_npy(directory / "y.npy")), expected);
}

// Files are dense whatever the kernel's tensors are slices of.
TEST_F(Run, SlicesGiveWhatDenseTensorsDo) {
  std::vector<float> x(2 * 5 * 5 * 6), w(3 * 3 * 6 * 4), r(2 * 5 * 5 * 4);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<float>(i * 7 % 11) - 5;
  for (std::size_t i = 0; i < w.size(); ++i)
    w[i] = static_cast<float>(i * 5 % 13) - 6;
  for (std::size_t i = 0; i < r.size(); ++i)
    r[i] = static_cast<float>(i % 17);
  write_npy(directory / "x.npy", {2, 5, 5, 6}, x);
  write_npy(directory / "w.npy", {3, 3, 6, 4}, w);
  write_npy(directory / "r.npy", {2, 5, 5, 4}, r);
  const std::string run = "run --problem mb2ic6ih5oc4kh3ph1 --math exact --epilogue residual --residual " +
                          (directory / "r.npy") + files();
  output_of(run);
  const NpyArray dense = read_npy(directory / "y.npy");
  expect_usage_error(run + " --strides 0x1x0x9:200x1x33x5", "weights are dense");
  output_of(run + " --strides 0x1x0x9::200x1x33x5 --residual-strides 0x1x0x30");
  EXPECT_EQ(floats_of(read_npy(directory / "y.npy")), floats_of(dense));
}

// Every operand has a flag of its name. Sums of 4, -6: in whole numbers, so that the result is exact.
TEST_F(Run, TakesAFileForEachOperandOfTheEpilogue) {
  write_npy(directory / "x.npy", {1, 1, 1, 2}, {1, 3});
  write_npy(directory / "w.npy", {1, 1, 2, 2}, {1, -3, 1, -1});
  write_npy(directory / "b.npy", {2}, {1, 2});
  write_npy(directory / "b2.npy", {2}, {10, 20});
  write_npy(directory / "s.npy", {2}, {3, 5});
  write_npy(directory / "p.npy", {2}, {7, -2});
  write_npy(directory / "r.npy", {1, 1, 1, 2}, {100, 200});
  const auto file = [&](const char *name) { return std::string(directory / name); };
  const std::string flags = " --scale " + file("s.npy") + " --bias2 " + file("b2.npy") + " --prelu " +
                            file("p.npy") + " --residual " + file("r.npy");
  const std::string run = "run --problem ic2ih1oc2kh1 --epilogue bias,scale,prelu,affine:2:0.5,bias,residual";
  output_of(run + flags + " --bias " + file("b.npy") + files());
  const auto value = [](float sum, float bias, float scale, float slope, float bias2, float residual) {
    const float scaled = (sum + bias) * scale;
    return (scaled < 0 ? scaled * slope : scaled) * 2 + 0.5f + bias2 + residual;
  };
  EXPECT_EQ(floats_of(read_npy(directory / "y.npy")),
            (std::vector<float>{value(4, 1, 3, 7, 10, 100), value(-6, 2, 5, -2, 20, 200)}));
  expect_error(run + flags + files(), "--bias: missing");
  expect_error(run + flags + " --bias " + file("w.npy") + files(), "--bias");
  expect_error(run + flags + " --bias " + file("b.npy") + " --scale2 " + file("s.npy") + files(),
               "the epilogue 'bias,scale,prelu,affine:2:0.5,bias,residual' has no scale2");
}

TEST_F(Run, HalvesInAndOut) {
  const std::string run = "run --problem ic1ih2oc1kh1 --dtype f16" + files();
  write_npy(directory / "x.npy", {1, 2, 2, 1}, {1, 2, 3, 4});
  write_npy(directory / "w.npy", {1, 1, 1, 1}, {0.5f});
  expect_error(run, "float32 elements (expected float16");
  write_npy(directory / "x.npy", {1, 2, 2, 1}, {1, 2, 0x1p-24f, 65504}, ElementType::f16);
  write_npy(directory / "w.npy", {1, 1, 1, 1}, {2}, ElementType::f16);
  expect_error("run --problem ic1ih2oc1kh1" + files(), "float16 elements (expected float32");
  expect_error(run + " --target x86-64-sse41", "no instructions that convert halves");
  if (!host_target().converts_halves)
    GTEST_SKIP() << "no kernels with halves for " << host_target().name;
  output_of(run);
  const NpyArray y = read_npy(directory / "y.npy");
  EXPECT_EQ(y.type, ElementType::f16);
  EXPECT_EQ(floats_of(y), (std::vector<float>{2, 4, 0x1p-23f, INFINITY}));
}

/// Tensors of 8-bit integers. Sums by hand, input channels less 128: (2, -2), (0, 0), (127, -128).
class RunEightBits : public Run {
protected:
  RunEightBits() {
    write_npy(directory / "x.npy", {1, 1, 3, 2}, {130, 126, 128, 128, 255, 0}, ElementType::u8);
    write_npy(directory / "w.npy", {1, 1, 2, 2}, {3, -128, 1, 127}, ElementType::s8);
    write_npy(directory / "b.npy", {2}, {1, -1}, ElementType::s32);
    write_npy(directory / "m.npy", {2}, {0.5, 0.25}, ElementType::f64);
  }
  /// The output's numbers.
  std::vector<float> run(const std::string &flags, ElementType type, bool multipliers = true) const {
    output_of(line(flags) + (multipliers ? " --multipliers " + (directory / "m.npy") : ""));
    const NpyArray y = read_npy(directory / "y.npy");
    EXPECT_EQ(y.type, type);
    return from_elements<float>(y.type, y.elements);
  }
  std::string line(const std::string &flags) const {
    return "run --problem ic2ih1iw3oc2kh1kw1 --epilogue bias --bias " + (directory / "b.npy") + files() +
           " " + flags;
  }
};

TEST_F(RunEightBits, RoundByEachRule) {
  const std::string flags = "--dtype u8:s8:u8 --zero-points 128:3";
  EXPECT_EQ(run(flags, ElementType::u8), (std::vector<float>{5, 0, 3, 3, 130, 0}));
  EXPECT_EQ(run(flags + " --rounding tflite", ElementType::u8), (std::vector<float>{6, 0, 4, 3, 130, 0}));
  EXPECT_EQ(run(flags + " --threads 2", ElementType::u8), (std::vector<float>{5, 0, 3, 3, 130, 0}));
}

TEST_F(RunEightBits, GiveSumsAndRealNumbers) {
  EXPECT_EQ(run("--dtype u8:s8:s32 --zero-points 128:0", ElementType::s32, false),
            (std::vector<float>{5, -511, 1, -1, 254, -32513}));
  EXPECT_EQ(run("--dtype u8:s8:f32 --zero-points 128:0", ElementType::f32),
            (std::vector<float>{2.5f, -127.75f, 0.5f, -0.25f, 127, -8128.25f}));
}

TEST_F(RunEightBits, TakeOneMultiplierForAll) {
  const std::string flags = "--dtype u8:s8:f32 --zero-points 128:0";
  const std::vector<float> expected = {2.5f, -255.5f, 0.5f, -0.5f, 127, -16256.5f};
  using Shape = std::vector<std::int64_t>;
  for (const Shape &shape : {Shape{}, Shape{1}}) {
    write_npy(directory / "m.npy", shape, {0.5}, ElementType::f32);
    EXPECT_EQ(run(flags, ElementType::f32), expected);
  }
}

TEST_F(RunEightBits, FilesAreChecked) {
  const std::string flags = "--dtype u8:s8:u8 --zero-points 128:3",
                    with = " --multipliers " + (directory / "m.npy");
  expect_error(line(flags), "--multipliers: missing");
  expect_error(line("--dtype u8:s8:s32") + with, "with --dtype u8:s8:s32 there are no multipliers");
  write_npy(directory / "m.npy", {3}, {1, 1, 1}, ElementType::f64);
  expect_error(line(flags) + with, "shape (3,) (expected (2,): output channels, or one number for all");
  for (const float wrong : {-0.5f, 0x1p31f, INFINITY, NAN}) {
    write_npy(directory / "m.npy", {2}, {1, wrong}, ElementType::f64);
    expect_error(line(flags) + with, "element 1 is");
  }
  write_npy(directory / "m.npy", {2}, {1, 1}, ElementType::s32);
  expect_error(line(flags) + with,
               "int32 elements (expected float64, as --dtype says: save array.astype('<f8'))");
  write_npy(directory / "m.npy", {2}, {1, 1}, ElementType::f64);
  write_npy(directory / "x.npy", {1, 1, 3, 2}, {1, 2, 3, 4, 5, 6});
  expect_error(line(flags) + with,
               "float32 elements (expected uint8, as --dtype says: save array.astype('|u1'))");
}

TEST_F(Run, ShapesAreChecked) {
  write_npy(directory / "x.npy", {1, 3, 4, 4}, std::vector<float>(48));
  write_npy(directory / "w.npy", {3, 3, 3, 2}, std::vector<float>(54));
  const std::string run = "run --problem ic3ih4oc2kh3" + files();
  expect_error(run, "add --layout nchw");
  write_npy(directory / "x.npy", {1, 4, 4, 3}, std::vector<float>(48));
  expect_error(run + " --epilogue bias", "--bias: missing");
  expect_error(run + " --epilogue residual", "--residual: missing");
  expect_error(run + " --residual " + (directory / "x.npy"), "has no residual; add it to --epilogue");
  expect_error(run + "/no/such/directory", "y.npy");
  EXPECT_FALSE(std::filesystem::exists(directory / "y.npy"));
}

} // namespace
