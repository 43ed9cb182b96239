// Generated calls in programs built with AddressSanitizer, whose kernels are not.
#include "fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string>

namespace convforge {
namespace {

using test::run;
using test::write_text;

/// `main OUTPUTS WEIGHTS WORKSPACE`: one call with tensors of these sizes; the kernel wants 4, 1 and 64
/// bytes.
constexpr const char *caller = R"(#include "conv1.h"
#include <stdlib.h>
int main(int count, char **arguments) {
  const float input[CONV1_INPUT_ELEMENTS] = {1, 2, 3, 4};
  float *output = malloc(sizeof(float) * (size_t)atoi(arguments[1]));
  float *weights = calloc((size_t)atoi(arguments[2]), sizeof(float));
  void *packed = aligned_alloc(64, conv1_packed_size());
  void *workspace = aligned_alloc(64, (size_t)atoi(arguments[3]));
  int status = conv1_pack(weights, packed);
  if (status == CONVFORGE_OK)
    status = conv1(input, packed, output, workspace);
  free(workspace), free(packed), free(weights), free(output);
  return count != 4 || status != CONVFORGE_OK;
})";

/// `main MULTIPLIERS BIASES`: packing with that many of each; one is wanted.
constexpr const char *packer = R"(#include "conv1.h"
#include <stdlib.h>
int main(int count, char **arguments) {
  const int8_t weights[CONV1_WEIGHTS_ELEMENTS] = {1};
  double *multipliers = calloc((size_t)atoi(arguments[1]), sizeof(double));
  int32_t *bias = calloc((size_t)atoi(arguments[2]), sizeof(int32_t));
  void *packed = aligned_alloc(64, conv1_packed_size());
  const int status = conv1_pack(weights, multipliers, bias, packed);
  free(packed), free(multipliers), free(bias);
  return count != 3 || status != CONVFORGE_OK;
})";

class AddressSanitizer : public testing::Test {
protected:
  void SetUp() override { build({test::working_artefact("conv1", "x86-64-sse41", "")}, caller); }
  void build(const std::vector<Artefact> &variants, const char *program) {
    write_text(directory_.path() / "empty.c", "int main(void) { return 0; }");
    if (run(directory_.path(), "$CC -fsanitize=address empty.c -o empty && ./empty").status != 0)
      GTEST_SKIP() << "no AddressSanitizer here";
    test::build_library(directory_.path(), variants, {});
    write_text(directory_.path() / "main.c", program);
    const test::CommandResult built = run(
        directory_.path(), "$CC -std=c11 -Wall -Wextra -Werror -fsanitize=address -g $INCLUDE main.c conv1.c "
                           "libconv1.a $RUNTIME -lm -pthread -o main");
    ASSERT_EQ(built.status, 0) << built.output;
  }
  test::CommandResult call(const char *sizes) {
    return run(directory_.path(), fmt::format("ASAN_OPTIONS=detect_leaks=0 ./main {}", sizes));
  }
  test::ScratchDirectory directory_;
};

TEST_F(AddressSanitizer, IsSilentWhereSizesFit) {
  const test::CommandResult result = call("4 1 64");
  EXPECT_EQ(result.status, 0) << result.output;
}

TEST_F(AddressSanitizer, ReportsTensorsThatAreTooSmall) {
  for (const char *sizes : {"3 1 64", "4 0 64", "4 1 0"}) {
    const test::CommandResult result = call(sizes);
    EXPECT_NE(result.status, 0) << sizes;
    EXPECT_THAT(result.output, testing::HasSubstr("heap-buffer-overflow")) << sizes;
    EXPECT_THAT(result.output, testing::HasSubstr("conv1")) << sizes;
  }
}

class AddressSanitizerOfPacking : public AddressSanitizer {
protected:
  void SetUp() override { build({test::working_quantised_artefact("conv1", "x86-64-sse41")}, packer); }
};

TEST_F(AddressSanitizerOfPacking, ReportsWhatIsPackedAndTooSmall) {
  const test::CommandResult right = call("1 1");
  EXPECT_EQ(right.status, 0) << right.output;
  for (const char *sizes : {"0 1", "1 0"}) {
    const test::CommandResult result = call(sizes);
    EXPECT_NE(result.status, 0) << sizes;
    EXPECT_THAT(result.output, testing::HasSubstr("heap-buffer-overflow")) << sizes;
    EXPECT_THAT(result.output, testing::HasSubstr("conv1_pack")) << sizes;
  }
}

} // namespace
} // namespace convforge
