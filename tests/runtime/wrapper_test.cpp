// The C++ wrapper: owners, sizes, exceptions. Compiled as C++17.
#include "convforge/convforge.hpp"
#include "fake.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace {

struct Wrapper : testing::Test {
  fake::Kernel descriptor{fake_multiply_add};
  convforge::Kernel kernel{&descriptor};
  std::vector<float> image = std::vector<float>(16, 5.0f), weights = std::vector<float>(256, 3.0f);
  std::array<float, 16> bias{};
  float residual[64] = {};
  std::vector<float> result = std::vector<float>(64);
  convforge::AlignedBuffer packed = kernel.pack(weights), workspace = kernel.make_workspace();
  convforge::Arguments arguments;

  Wrapper() {
    bias[1] = 7; // where the fake's view of the bias begins
    arguments.input = image;
    arguments.packed_weights = packed;
    arguments.epilogue = {bias, residual};
    arguments.output = result;
    arguments.workspace = workspace;
  }
  std::string refusal() {
    try {
      kernel.run(arguments);
    } catch (const std::invalid_argument &error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(Wrapper, Runs) {
  kernel.run(arguments);
  EXPECT_EQ(result[0], 5 * 3 + 7);
}

TEST_F(Wrapper, RunsOnAPool) {
  convforge::ThreadPool pool(3);
  EXPECT_EQ(pool.count(), 3);
  const convforge::AlignedBuffer enough = kernel.make_workspace(pool.count());
  EXPECT_EQ(enough.size(), convforge_workspace_size(&descriptor, 3));
  arguments.threads = pool.threads();
  EXPECT_EQ(refusal(), "workspace: 320 bytes (expected 704)");
  workspace = kernel.make_workspace(pool.count());
  arguments.workspace = workspace;
  kernel.run(arguments);
  EXPECT_EQ(result[0], 5 * 3 + 7);
}

TEST_F(Wrapper, SizesAreChecked) {
  arguments.input = {image.data(), 15};
  EXPECT_EQ(refusal(), "input: 15 elements (expected 16)");
  arguments.input = image;
  arguments.epilogue = {};
  EXPECT_EQ(refusal(), "bias: 0 elements (expected 16)");
  arguments.epilogue = {bias, image};
  EXPECT_EQ(refusal(), "residual: 16 elements (expected 64)");
  arguments.epilogue = {bias};
  EXPECT_EQ(refusal(), "residual: 0 elements (expected 64)");
  arguments.epilogue = {bias, residual, bias};
  EXPECT_EQ(refusal(), "epilogue: 3 tensors (expected 2)");
  arguments.epilogue = {bias, residual};
  const std::vector<convforge_f16> halves(16);
  arguments.input = halves;
  EXPECT_EQ(refusal(), "input: float16 (expected float32)");
  arguments.input = image;
  arguments.output = image;
  EXPECT_EQ(refusal(), "output: 16 elements (expected 64)");
  arguments.output = result;
  arguments.packed_weights = workspace;
  EXPECT_EQ(refusal(), "packed_weights: 320 bytes (expected 1088)");
  EXPECT_THROW(kernel.pack(image), std::invalid_argument);
}

TEST_F(Wrapper, StatusesAreExceptionsWithTheSentence) {
  packed.data()[0] = std::byte{0};
  try {
    kernel.run(arguments);
    FAIL() << "expected an exception";
  } catch (const convforge::RuntimeError &error) {
    EXPECT_EQ(error.status(), CONVFORGE_ERROR_PACK);
    EXPECT_STREQ(error.what(), convforge_status_text(CONVFORGE_ERROR_PACK));
  }
  EXPECT_THROW(convforge::Kernel(nullptr), convforge::RuntimeError);
  EXPECT_THROW(convforge::ThreadPool(0), convforge::RuntimeError);
  descriptor.abi_version = 99;
  EXPECT_THROW(convforge::Kernel{&descriptor}, convforge::RuntimeError);
}

TEST_F(Wrapper, ConstantsNeedNoArguments) {
  descriptor.list[fake::weights].constant = packed.data();
  descriptor.list[fake::bias].constant = bias.data();
  arguments.packed_weights = {};
  arguments.epilogue = {residual};
  kernel.run(arguments);
  EXPECT_EQ(result[0], 5 * 3 + 7);
  EXPECT_THROW(kernel.pack(weights), convforge::RuntimeError);
}

/// Of 8-bit integers: the bias and, in the residual's place, multipliers are packed.
struct QuantisedWrapper : testing::Test {
  fake::Kernel descriptor{[](void **) { return 0; }};
  std::vector<std::int8_t> weights = std::vector<std::int8_t>(256, 3);
  std::vector<double> multipliers = std::vector<double>(16, 0.25);
  std::array<std::int32_t, 16> bias{};

  QuantisedWrapper() {
    describe(fake::input, "input", CONVFORGE_INPUT, CONVFORGE_U8, 16);
    describe(fake::weights, "weights", CONVFORGE_WEIGHTS, CONVFORGE_S8, 256);
    describe(fake::bias, "bias", CONVFORGE_PACKED, CONVFORGE_S32, 64);
    describe(fake::residual, "multipliers", CONVFORGE_PACKED, CONVFORGE_F64, 128);
    describe(fake::output, "output", CONVFORGE_OUTPUT, CONVFORGE_U8, 64);
    descriptor.pack.kind = CONVFORGE_PACK_DOT;
    descriptor.pack.weights_dtype = descriptor.pack.packed_dtype = CONVFORGE_S8;
    descriptor.pack.dot = {4, 1, 128, 0, CONVFORGE_MULTIPLIERS_FLOAT, 0};
    descriptor.region.tables = CONVFORGE_PACK_HEADER_BYTES + 256;
    descriptor.packed_bytes = descriptor.region.tables + 128;
    descriptor.view_count = 1;
  }
  void describe(int i, const char *name, convforge_role role, std::int32_t dtype, std::size_t bytes) {
    descriptor.list[i].name = name;
    descriptor.list[i].role = role;
    descriptor.list[i].dtype = dtype;
    descriptor.list[i].bytes = bytes;
  }
};

TEST_F(QuantisedWrapper, PacksMoreThanWeightsAndRunsWithoutIt) {
  const convforge::Kernel kernel(&descriptor);
  bias[5] = 20'000;
  const convforge::AlignedBuffer packed = kernel.pack(weights, {bias, multipliers});
  const std::byte *tables = packed.data() + descriptor.region.tables;
  EXPECT_EQ(reinterpret_cast<const std::int32_t *>(tables)[5], 20'000 - 128 * 16 * 3);
  EXPECT_EQ(reinterpret_cast<const float *>(tables)[16 + 5], 0.25f);

  convforge::AlignedBuffer workspace = kernel.make_workspace();
  const std::vector<std::uint8_t> image(16);
  std::array<std::uint8_t, 64> result{};
  convforge::Arguments arguments;
  arguments.input = image;
  arguments.packed_weights = packed;
  arguments.output = result;
  arguments.workspace = workspace;
  EXPECT_NO_THROW(kernel.run(arguments));
  arguments.epilogue = {bias};
  EXPECT_THROW(kernel.run(arguments), std::invalid_argument);
}

TEST_F(QuantisedWrapper, ChecksWhatIsPacked) {
  const convforge::Kernel kernel(&descriptor);
  const auto refusal = [&](const std::vector<convforge::TensorSpan<const void>> &more) -> std::string {
    try {
      (void)kernel.pack(weights, more);
    } catch (const std::invalid_argument &error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal({}), "bias: 0 elements (expected 16)");
  EXPECT_EQ(refusal({bias}), "multipliers: 0 elements (expected 16)");
  EXPECT_EQ(refusal({multipliers, bias}), "bias: float64 (expected int32)");
  EXPECT_EQ(refusal({bias, multipliers, bias}), "packed with the weights: 3 tensors (expected 2)");
  multipliers[3] = -1;
  EXPECT_THROW(kernel.pack(weights, {bias, multipliers}), convforge::RuntimeError);
  descriptor.list[fake::weights].constant = weights.data();
  EXPECT_THROW(kernel.pack(weights), convforge::RuntimeError);
}

TEST(AlignedBuffer, IsAlignedAndMoves) {
  convforge::AlignedBuffer empty(0), buffer(100);
  EXPECT_EQ(empty.data(), nullptr);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % CONVFORGE_ALIGNMENT, 0u);
  const std::byte *at = buffer.data();
  const convforge::AlignedBuffer moved = std::move(buffer);
  EXPECT_EQ(moved.data(), at);
  EXPECT_EQ(moved.size(), 100u);
}

} // namespace
