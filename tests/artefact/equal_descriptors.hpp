// Compares descriptors field by field: what is emitted with what a loader makes.
#pragma once

#include "convforge/convforge.h"
#include "convforge/quantise.h"

#include <gtest/gtest.h>

#include <vector>

namespace convforge::test {

inline void expect_equal(const convforge_operand &a, const convforge_operand &b) {
  EXPECT_STREQ(a.name, b.name);
  EXPECT_EQ(a.role, b.role);
  EXPECT_EQ(a.dtype, b.dtype);
  EXPECT_EQ(a.rank, b.rank);
  for (int i = 0; i < CONVFORGE_MAX_RANK; ++i) {
    EXPECT_EQ(a.shape[i], b.shape[i]);
    EXPECT_EQ(a.strides[i], b.strides[i]);
  }
  EXPECT_EQ(a.bytes, b.bytes);
}

inline void expect_equal(const convforge_pack &a, const convforge_pack &b) {
  EXPECT_EQ(a.layout_id, b.layout_id);
  EXPECT_STREQ(a.layout, b.layout);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.source.first, b.source.first);
  EXPECT_EQ(std::vector(a.source.tap, a.source.tap + 3), std::vector(b.source.tap, b.source.tap + 3));
  EXPECT_EQ(a.source.c, b.source.c);
  EXPECT_EQ(a.source.k, b.source.k);
  EXPECT_EQ(a.source.group, b.source.group);
  EXPECT_EQ(a.groups, b.groups);
  EXPECT_EQ(a.weights_dtype, b.weights_dtype);
  EXPECT_EQ(a.packed_dtype, b.packed_dtype);
  for (int axis = 0; axis < 3; ++axis) {
    EXPECT_EQ(a.kernel[axis], b.kernel[axis]);
    EXPECT_EQ(a.outputs[axis], b.outputs[axis]);
    EXPECT_EQ(a.stride[axis], b.stride[axis]);
  }
  EXPECT_EQ(a.group_in, b.group_in);
  EXPECT_EQ(a.plane_channels, b.plane_channels);
  EXPECT_EQ(a.group_out, b.group_out);
  EXPECT_EQ(a.dot.dot, b.dot.dot);
  EXPECT_EQ(a.dot.run_columns, b.dot.run_columns);
  EXPECT_EQ(a.dot.source_zero_point, b.dot.source_zero_point);
  EXPECT_EQ(a.dot.offset, b.dot.offset);
  EXPECT_EQ(a.dot.multipliers, b.dot.multipliers);
  ASSERT_EQ(a.region_count, b.region_count);
  for (int i = 0; i < a.region_count; ++i) {
    EXPECT_EQ(a.regions[i].offset, b.regions[i].offset);
    EXPECT_EQ(a.regions[i].first_channel, b.regions[i].first_channel);
    EXPECT_EQ(a.regions[i].channels, b.regions[i].channels);
    EXPECT_EQ(a.regions[i].lanes, b.regions[i].lanes);
    EXPECT_EQ(a.regions[i].tables, b.regions[i].tables);
  }
  ASSERT_EQ(a.next == nullptr, b.next == nullptr);
  if (a.next)
    expect_equal(*a.next, *b.next);
}

inline void expect_equal(const convforge_requantisation &a, const convforge_requantisation &b) {
  EXPECT_EQ(a.rounding, b.rounding);
  EXPECT_EQ(a.zero_point, b.zero_point);
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
  EXPECT_EQ(a.residual_factor, b.residual_factor);
  EXPECT_EQ(a.residual_zero_point, b.residual_zero_point);
}

/// All fields but the function and the constants, which only the linker knows.
inline void expect_equal(const convforge_kernel &a, const convforge_kernel &b) {
  EXPECT_EQ(a.abi_version, b.abi_version);
  EXPECT_EQ(a.cpu_features, b.cpu_features);
  EXPECT_STREQ(a.name, b.name);
  EXPECT_STREQ(a.problem, b.problem);
  EXPECT_STREQ(a.epilogue, b.epilogue);
  EXPECT_STREQ(a.layout, b.layout);
  EXPECT_STREQ(a.weights_layout, b.weights_layout);
  EXPECT_STREQ(a.padding_mode, b.padding_mode);
  EXPECT_STREQ(a.pooling, b.pooling);
  EXPECT_EQ(a.pooled_rows, b.pooled_rows);
  EXPECT_EQ(a.pooled_columns, b.pooled_columns);
  EXPECT_STREQ(a.target, b.target);
  EXPECT_STREQ(a.algorithm, b.algorithm);
  EXPECT_STREQ(a.why, b.why);
  ASSERT_EQ(a.operand_count, b.operand_count);
  for (int i = 0; i < a.operand_count; ++i)
    expect_equal(a.operands[i], b.operands[i]);
  expect_equal(a.pack, b.pack);
  EXPECT_EQ(a.packed_bytes, b.packed_bytes);
  EXPECT_EQ(a.workspace_shared_bytes, b.workspace_shared_bytes);
  EXPECT_EQ(a.workspace_thread_bytes, b.workspace_thread_bytes);
  EXPECT_EQ(a.code_bytes, b.code_bytes);
  EXPECT_EQ(a.multiply_adds, b.multiply_adds);
  ASSERT_EQ(a.requantisation == nullptr, b.requantisation == nullptr);
  if (a.requantisation)
    expect_equal(*a.requantisation, *b.requantisation);
  ASSERT_EQ(a.view_count, b.view_count);
  for (int i = 0; i < a.view_count; ++i) {
    EXPECT_EQ(a.views[i].operand, b.views[i].operand);
    EXPECT_EQ(a.views[i].reserved, b.views[i].reserved);
    EXPECT_EQ(a.views[i].offset, b.views[i].offset);
  }
}

} // namespace convforge::test
