// Phases of a dilation, as data.
#include "plan/dilation_phases.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

TEST(DilationPhases, AreTheRemaindersThatOutputsLeave) {
  const Problem problem = Problem::parse("mb2ic3ih13iw5oc4oh13ow5kh3kw3ph2pw7dh1dw6");
  ASSERT_TRUE(has_dilation_phases(problem));
  EXPECT_EQ(dilation_phases(problem).rows, 2);
  EXPECT_EQ(dilation_phases(problem).columns, 5) << "no more than outputs";
  const Problem dense = dense_phases(problem);
  EXPECT_EQ(dense.batch, 2 * 2 * 5);
  EXPECT_EQ(dense.height().output, 7);
  EXPECT_EQ(dense.height().input, 9);
  EXPECT_EQ(dense.width().output, 1);
  EXPECT_EQ(dense.width().input, 3);
  EXPECT_NO_THROW(dense.validate());
}

TEST(DilationPhases, LeaveADenseAxisAsItIs) {
  const Problem problem = Problem::parse("ic3ih13iw15oc4oh13ow8kh3kw3ph2pw1sw2dh1dw0");
  ASSERT_TRUE(has_dilation_phases(problem));
  EXPECT_EQ(dilation_phases(problem).columns, 1);
  EXPECT_EQ(dense_phases(problem).width(), problem.width());
  EXPECT_NO_THROW(dense_phases(problem).validate());
}

TEST(DilationPhases, OutputsOfARowPhaseAreADilationApart) {
  const Problem view = outputs_by_phase(Problem::parse("ic3ih13iw5oc4oh13ow5kh3kw3ph2pw2dh1dw1"));
  EXPECT_EQ(view.depth().output, 2);
  EXPECT_EQ(view.height().output, 7);
  EXPECT_EQ(view.output_strides().d, 5 * 4);
  EXPECT_EQ(view.output_strides().h, 2 * 5 * 4);
  EXPECT_EQ(view.residual_strides().h, 2 * 5 * 4);
}

TEST(DilationPhases, NeedADilationOfStrideOne) {
  for (const char *descriptor : {"ic3ih13oc4oh13kh3ph1", "ic3ih13oc4oh7kh3sh2ph2dh1", "ic3ih13oc4oh13kh1dh1",
                                 "g4ic4ih13oc4oh13kh3ph2dh1", "ic3id9ih13oc4od9oh13kd3kh3pd1ph2dd0dh1"})
    EXPECT_FALSE(has_dilation_phases(Problem::parse(descriptor))) << descriptor;
}

} // namespace
} // namespace convforge
