// The output in the place of a residual: the same elements or none.
#include "fake.hpp"

#include <gtest/gtest.h>

namespace {

/// What a call answers whose residual is the output.
int in_place(const fake::Kernel &kernel) {
  fake::Call call(kernel);
  call.at[fake::residual] = call.at[fake::output];
  const int status = convforge_run(&kernel, &call);
  EXPECT_EQ(convforge_may_be_output(&kernel, fake::residual), status == CONVFORGE_OK);
  return status;
}

TEST(InPlace, AResidualMayBeTheOutputAndNothingElse) {
  const fake::Kernel kernel(fake_record);
  EXPECT_EQ(in_place(kernel), CONVFORGE_OK);
  for (const int operand : {fake::input, fake::weights, fake::bias, fake::output}) {
    EXPECT_EQ(convforge_may_be_output(&kernel, operand), 0) << operand;
    fake::Call call(kernel);
    call.at[operand] = call.at[fake::output];
    EXPECT_EQ(convforge_run(&kernel, &call) == CONVFORGE_OK, operand == fake::output) << operand;
  }
  EXPECT_EQ(convforge_may_be_output(&kernel, -1), 0);
  EXPECT_EQ(convforge_may_be_output(&kernel, fake::operand_total), 0);
  EXPECT_EQ(convforge_may_be_output(nullptr, 0), 0);
}

TEST(InPlace, AnotherElementOnIsRefused) {
  const fake::Kernel kernel(fake_record);
  for (const int distance : {-4, 4}) {
    fake::Call call(kernel);
    call.at[fake::residual] = static_cast<unsigned char *>(call.at[fake::output]) + distance;
    EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_OVERLAP) << distance;
  }
}

TEST(InPlace, AnotherTypeOrOtherStridesAreRefused) {
  fake::Kernel halves(fake_record);
  halves.list[fake::residual].dtype = CONVFORGE_F16;
  halves.list[fake::residual].bytes /= 2;
  EXPECT_EQ(in_place(halves), CONVFORGE_ERROR_OVERLAP);
  fake::Kernel slice(fake_record);
  slice.list[fake::output].strides[0] = 2;
  slice.list[fake::output].bytes *= 2;
  EXPECT_EQ(in_place(slice), CONVFORGE_ERROR_OVERLAP);
  slice.list[fake::residual] = slice.list[fake::output];
  slice.list[fake::residual].role = CONVFORGE_EPILOGUE;
  EXPECT_EQ(in_place(slice), CONVFORGE_OK);
}

TEST(InPlace, NeitherConstantsNorGpus) {
  fake::Kernel constant(fake_record);
  const float values[64] = {};
  constant.list[fake::residual].constant = values;
  EXPECT_EQ(convforge_may_be_output(&constant, fake::residual), 0);
  fake::Kernel gpu(fake_record);
  gpu.cpu_features = CONVFORGE_NEEDS_CUDA;
  EXPECT_EQ(convforge_may_be_output(&gpu, fake::residual), 0);
}

} // namespace
