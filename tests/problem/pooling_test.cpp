// Pooling behind the epilogue: its text, the shapes that it gives, what is refused, and its patches.
#include "base/error.hpp"
#include "problem/pooling_patches.hpp"
#include "problem/problem.hpp"
#include "problem/problem_flags.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace convforge {
namespace {

Problem pooled_problem(const char *descriptor, const char *pooling, const char *layout = "nhwc",
                       const char *epilogue = "") {
  return Problem::parse(descriptor, {.epilogue = epilogue, .layout = layout, .pooling = pooling});
}

std::string pooling_error(const char *descriptor, const char *pooling, const char *dtype = "f32") {
  try {
    Problem::parse(descriptor, {.dtype = dtype, .pooling = pooling});
  } catch (const Error &error) {
    return error.what();
  }
  return "";
}

std::string text_with(const char *descriptor, const char *pooling) {
  return text_of(pooled_problem(descriptor, pooling).pooling);
}

using Shape = std::vector<std::int64_t>;

TEST(Pooling, GivesTheShapeThatIsStored) {
  const Problem problem = pooled_problem("ic3ih224oc64kh7sh2ph3", "max:kh3sh2ph1", "nhwc", "residual");
  EXPECT_EQ(problem.output_shape(), (Shape{1, 56, 56, 64}));
  EXPECT_EQ(problem.residual_shape(), (Shape{1, 112, 112, 64}));
  EXPECT_EQ(problem.height().output, 112);
  EXPECT_EQ(problem.output_strides().h, 56 * 64);
  EXPECT_EQ(problem.residual_strides().h, 112 * 64);
  EXPECT_EQ(pooled_problem("ic3ih224oc64kh7sh2ph3", "avg_p:kh2sh2", "nchw").output_shape(),
            (Shape{1, 64, 56, 56}));
}

TEST(Pooling, IsWrittenInFull) {
  EXPECT_EQ(text_with("ic3ih9oc4kh3ph1", "max:kh3sh2ph1"), "max:kh3kw3sh2sw2ph1pw1eh1ew1");
  EXPECT_EQ(text_with("ic3ih8iw9oc4kh3kw3ph1pw1", "avg_np:kh3kw2sh2pw1"),
            "avg_np:kh3kw2sh2sw1ph0pw1eh-1ew1"); // the last row is in no window
  EXPECT_EQ(text_with("iw9ic3oc4kw3pw1", "avg_p:kw2sw2"), "avg_p:kw2sw2pw0ew-1");
  EXPECT_EQ(text_with("ic3ih9oc4kh3ph1", ""), "");
  EXPECT_EQ(text_with("ic3ih9oc4kh3ph1", "none"), "");
  EXPECT_EQ(text_with("ic3ih9oc4kh3ph1", "max:kh2sh2oh5"), "max:kh2kw2sh2sw2ph0pw0eh1ew1");
}

void expect_read_as_written(const char *descriptor, const char *pooling) {
  const Problem problem = pooled_problem(descriptor, pooling);
  const std::string text = text_of(problem.pooling);
  EXPECT_EQ(pooled_problem(descriptor, text.c_str()), problem) << text;
  EXPECT_EQ(hash_value(pooled_problem(descriptor, text.c_str())), hash_value(problem));
  EXPECT_EQ(problem_flags(problem).back(), std::pair(std::string("--pooling"), text));
  EXPECT_NE(problem.canonical().find(" pooling=" + text), std::string::npos);
}

TEST(Pooling, IsReadAsItIsWritten) {
  for (const char *descriptor : {"ic3ih9oc4kh3ph1", "ic3ih8iw9oc4kh3kw3ph1pw1"})
    for (const char *pooling : {"max:kh2sh2", "avg_np:kh3kw2sh2sw1pw1ew1", "avg_p:kh2sh3"})
      expect_read_as_written(descriptor, pooling);
  for (const char *pooling : {"max:kw2sw2", "avg_np:kw3sw2pw1ew1", "avg_p:kw2sw3", "max:kh1kw2"})
    expect_read_as_written("iw9ic3oc4kw3pw1", pooling);
}

TEST(Pooling, IsPartOfAProblem) {
  const Problem plain = pooled_problem("ic3ih9oc4kh3ph1", "");
  const Problem largest = pooled_problem("ic3ih9oc4kh3ph1", "max:kh2");
  const Problem average = pooled_problem("ic3ih9oc4kh3ph1", "avg_p:kh2");
  EXPECT_NE(plain, largest);
  EXPECT_NE(largest, average);
  EXPECT_NE(hash_value(plain), hash_value(largest));
  EXPECT_NE(hash_value(largest), hash_value(average));
  EXPECT_EQ(unpooled(largest), plain);
}

TEST(Pooling, RefusesByName) {
  const char *descriptor = "ic3ih9oc4kh3ph1";
  EXPECT_EQ(pooling_error(descriptor, "min:kh2"),
            "pooling: \"min\" (expected none or max or avg_np or avg_p)");
  EXPECT_EQ(pooling_error(descriptor, "max"), "pooling: empty (expected fields such as max:kh3sh2ph1)");
  EXPECT_EQ(pooling_error(descriptor, "max:sh2"),
            "pooling: kh: missing (expected kh, the filter's height: write kh and a number)");
  EXPECT_EQ(pooling_error(descriptor, "max:kh3dh1"), "pooling: unknown field at \"dh1\" (expected a field of "
                                                     "kh kw sh sw ph pw eh ew oh ow with its number)");
  EXPECT_EQ(pooling_error(descriptor, "max:kh9"), "pooling: kh: 9 (expected 1 to 8)");
  EXPECT_EQ(pooling_error(descriptor, "max:kh2sh9"), "pooling: sh: 9 (expected 1 to 8)");
  EXPECT_EQ(pooling_error(descriptor, "max:kh2ph2"), "pooling: ph: 2 (expected 0 to 1)");
  EXPECT_EQ(pooling_error(descriptor, "max:kh2eh2"),
            "pooling: oh: 10 (expected at most 9: the last windows see nothing but padding)");
  EXPECT_EQ(pooling_error("ic3id4ih9oc4kd3kh3pd1ph1", "max:kh2"),
            "pooling: max (expected none of a 3-D problem)");
  EXPECT_EQ(pooling_error(descriptor, "max:kh2", "u8:s8:u8"),
            "pooling: max (expected none of 8-bit integers)");
  EXPECT_EQ(
      pooling_error("transposed_ic3ih9oc4kh3sh2", "max:kh2"),
      "pooling: max (expected none of a transposed convolution, or of one with windows that lie wholly in "
      "the padding)");
}

TEST(Pooling, OfOtherOutputsIsRefused) {
  Problem problem = pooled_problem("ic3ih9oc4kh3ph1", "max:kh2sh2");
  problem.pooling.height().input = 8;
  EXPECT_THROW(problem.validate(), Error);
  problem = pooled_problem("ic3ih9oc4kh3ph1", "");
  problem.pooling.height().kernel = 2;
  EXPECT_THROW(problem.validate(), Error);
}

/// Has every pooled output's window its place in its patch?
void expect_windows_in_patches(const Axis &pooled, const Axis &of_patch, int outputs) {
  for (int output = 0; output < pooled.output; output++) {
    const int first = corner_of_patch(pooled, outputs, output / outputs);
    const int window = output * pooled.stride - pooled.pad_begin;
    EXPECT_GE(window, first);
    EXPECT_LE(window + pooled.kernel, first + of_patch.output);
  }
}

TEST(PoolingPatches, HaveTheirWindows) {
  for (const char *pooling :
       {"max:kh2sh2", "max:kh3sh2ph1", "avg_p:kh3sh1ph1", "max:kh2sh3", "avg_np:kh1kw4sh2sw1pw3"}) {
    const Problem problem = pooled_problem("ic3ih13iw9oc4kh5sh2ph2kw3pw1", pooling);
    const Axis &height = problem.pooling.height(), &width = problem.pooling.width();
    for (int rows = 1; rows <= height.output; rows++)
      for (int columns = 1; columns <= width.output; columns++) {
        SCOPED_TRACE(std::string(pooling) + " " + std::to_string(rows) + " " + std::to_string(columns));
        const Problem patches = pooling_patches(problem, {rows, columns});
        patches.validate();
        EXPECT_EQ(patches.batch, patch_counts(problem, {rows, columns}).count());
        expect_windows_in_patches(height, patches.height(), rows);
        expect_windows_in_patches(width, patches.width(), columns);
      }
  }
}

} // namespace
} // namespace convforge
