// The elements of a padding, as generated tests count them.
#include "problem/padding_mode.hpp"

extern "C" {
#include "reference.h"
}

#include <gtest/gtest.h>

namespace {

TEST(ReferencePadding, TakesTheElementsThatTheOracleTakes) {
  reference_shape shape{};
  for (const char *mode : {"zeros", "reflect", "replicate", "circular"}) {
    const convforge::PaddingMode same = convforge::parse_padding_mode(mode);
    shape.padding_mode = same == convforge::PaddingMode::zeros ? nullptr : mode;
    for (shape.axes[1].i = 1; shape.axes[1].i < 5; shape.axes[1].i++)
      for (int at = -9; at < 14; at++)
        EXPECT_EQ(reference_element_at(&shape, 1, at), convforge::element_at(same, at, shape.axes[1].i))
            << mode << " of " << shape.axes[1].i << " at " << at;
  }
}

} // namespace
