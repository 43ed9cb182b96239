#include "verify/problem_list.hpp"
#include "verify/random_problem.hpp"
#include "verify/random_strides.hpp"

#include "base/error.hpp"
#include "plan/joined_phases.hpp"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <set>

using namespace convforge;

namespace {

using Property = std::function<bool(const Problem &)>;

bool any_axis(const Problem &p, const std::function<bool(const Axis &)> &test) {
  return test(p.height()) || test(p.width());
}

/// What a set of problems must contain to be worth its name.
const std::map<std::string, Property> properties = {
    {"nhwc", [](const Problem &p) { return p.layout == Layout::nhwc; }},
    {"nchw", [](const Problem &p) { return p.layout == Layout::nchw; }},
    {"the other weights layout",
     [](const Problem &p) { return p.weights_layout != default_weights_layout(p.layout); }},
    {"batch", [](const Problem &p) { return p.batch > 1; }},
    {"groups", [](const Problem &p) { return p.groups > 1 && p.group_in() > 1; }},
    {"depthwise", [](const Problem &p) { return p.depthwise() && p.group_out() == 1; }},
    {"channel multiplier", [](const Problem &p) { return p.depthwise() && p.group_out() > 1; }},
    {"one input channel", [](const Problem &p) { return p.in_channels == 1; }},
    {"one output channel", [](const Problem &p) { return p.out_channels == 1; }},
    {"17 to 23 channels", [](const Problem &p) { return p.in_channels == 17 && p.out_channels == 23; }},
    {"width 1", [](const Problem &p) { return p.width().input == 1 && p.height().input > 1; }},
    {"1-D",
     [](const Problem &p) {
       return p.height().input == 1 && p.height().kernel == 1 && p.width().kernel > 1;
     }},
    {"pointwise",
     [](const Problem &p) { return p.height().kernel * p.width().kernel == 1 && p.in_channels > 1; }},
    {"dilation", [](const Problem &p) { return any_axis(p, [](const Axis &a) { return a.dilation > 1; }); }},
    {"stride", [](const Problem &p) { return any_axis(p, [](const Axis &a) { return a.stride > 1; }); }},
    {"unequal strides", [](const Problem &p) { return p.height().stride != p.width().stride; }},
    {"stride above kernel",
     [](const Problem &p) { return any_axis(p, [](const Axis &a) { return a.stride > a.kernel; }); }},
    {"kernel above image",
     [](const Problem &p) { return any_axis(p, [](const Axis &a) { return a.extent() > a.input; }); }},
    {"uneven padding",
     [](const Problem &p) { return any_axis(p, [](const Axis &a) { return a.pad_begin > a.pad_end; }); }},
    {"more padding at the end",
     [](const Problem &p) { return any_axis(p, [](const Axis &a) { return a.pad_begin < a.pad_end; }); }},
    {"negative trailing padding",
     [](const Problem &p) { return any_axis(p, [](const Axis &a) { return a.pad_end < 0; }); }},
    {"no epilogue", [](const Problem &p) { return p.epilogue.ops().empty(); }},
    {"bias", [](const Problem &p) { return p.epilogue.count(EpilogueOp::Kind::bias) > 0; }},
    {"residual", [](const Problem &p) { return p.epilogue.count(EpilogueOp::Kind::residual) > 0; }},
    {"bias that is not first",
     [](const Problem &p) {
       return p.epilogue.count(EpilogueOp::Kind::bias) > 0 &&
              p.epilogue.ops().front().kind != EpilogueOp::Kind::bias;
     }},
};

void expect_covers(const std::vector<Problem> &problems, const std::set<std::string> &excused = {}) {
  for (const auto &[name, property] : properties)
    EXPECT_TRUE(excused.count(name) || std::any_of(problems.begin(), problems.end(), property)) << name;
  std::set<ActivationKind> kinds;
  for (const Problem &problem : problems)
    for (const EpilogueOp &op : problem.epilogue.ops())
      if (op.kind == EpilogueOp::Kind::activation)
        kinds.insert(op.activation.kind);
  EXPECT_EQ(kinds.size(), 14u);
}

TEST(Problems, FixedListCoversEveryEdge) {
  const std::vector<Problem> problems = read_problem_list(EDGES);
  EXPECT_GE(problems.size(), 150u);
  expect_covers(problems);
}

TEST(Problems, RandomOnesCoverEveryField) {
  std::vector<Problem> problems;
  problems.reserve(1000);
  for (int seed = 0; seed < 1000; ++seed)
    problems.push_back(random_problem(seed));
  expect_covers(problems, {"17 to 23 channels"});
}

TEST(Problems, RandomOnesHavePhasesThatAreJoinedAndOthers) {
  int transposed = 0, joined = 0;
  for (int seed = 0; seed < 1000; ++seed) {
    const Problem problem = random_problem(seed);
    transposed += problem.transposed;
    joined += can_join_phases(problem);
  }
  EXPECT_GT(joined, 10);
  EXPECT_GT(transposed - joined, 40);
}

TEST(Problems, RandomOnesAreSmallValidAndRepeatable) {
  std::set<std::string> different;
  for (int seed = 0; seed < 300; ++seed) {
    const Problem problem = random_problem(seed);
    EXPECT_NO_THROW(problem.validate());
    EXPECT_LE(problem.multiply_adds(), 1 << 20);
    EXPECT_EQ(random_problem(seed), problem);
    different.insert(problem.canonical());
  }
  EXPECT_GT(different.size(), 295u);
}

bool pads(const Axis &axis) {
  return axis.pad_begin > 0 || axis.pad_end > 0;
}

/// What problems with a depth must have among them.
const std::map<std::string, bool (*)(const Problem &)> properties_3d = {
    {"one plane", [](const Problem &p) { return p.depth().input == 1; }},
    {"one plane of taps, padded", [](const Problem &p) { return p.depth().kernel == 1 && pads(p.depth()); }},
    {"a kernel deeper than the image", [](const Problem &p) { return p.depth().extent() > p.depth().input; }},
    {"a stride", [](const Problem &p) { return p.depth().stride > 1; }},
    {"dilation", [](const Problem &p) { return p.depth().dilation > 1; }},
    {"planes that are never read", [](const Problem &p) { return p.depth().pad_end < 0; }},
    {"padding behind the image alone",
     [](const Problem &p) { return p.depth().pad_begin == 0 && p.depth().pad_end > 0; }},
    {"groups", [](const Problem &p) { return p.groups > 1 && !p.depthwise(); }},
    {"depthwise with a multiplier", [](const Problem &p) { return p.depthwise() && p.group_out() > 1; }},
    {"several images", [](const Problem &p) { return p.batch > 1; }},
    {"a residual in NCDHW",
     [](const Problem &p) {
       return p.epilogue.count(EpilogueOp::Kind::residual) > 0 && p.layout == Layout::nchw;
     }},
    {"a residual in NDHWC",
     [](const Problem &p) {
       return p.epilogue.count(EpilogueOp::Kind::residual) > 0 && p.layout == Layout::nhwc;
     }},
};

void expect_covers_3d(const std::vector<Problem> &problems) {
  EXPECT_TRUE(std::ranges::all_of(problems, &Problem::has_depth));
  for (const auto &[name, property] : properties_3d)
    EXPECT_TRUE(std::ranges::any_of(problems, property)) << name;
}

TEST(Problems, FixedListOfThreeDimensionsCoversEveryEdge) {
  const std::vector<Problem> problems = read_problem_list(EDGES_3D);
  EXPECT_GE(problems.size(), 100u);
  expect_covers_3d(problems);
}

TEST(Problems, RandomOnesOfThreeDimensionsCoverEveryField) {
  std::vector<Problem> problems;
  for (int seed = 0; seed < 300; ++seed) {
    problems.push_back(random_problem(seed, {}, 3));
    EXPECT_LE(problems.back().multiply_adds(), 1 << 20);
    EXPECT_EQ(random_problem(seed, {}, 3), problems.back());
    EXPECT_EQ(parse_problem_line(problem_line(problems.back())), problems.back());
  }
  expect_covers_3d(problems);
}

bool ends_with(const Problem &p, std::string_view name) {
  const std::string text = p.epilogue.text();
  return text.substr(text.rfind(',') + 1).starts_with(name);
}

/// What problems with an 8-bit destination must have among them.
const std::map<std::string, bool (*)(const Problem &)> quantised_properties = {
    {"the least source zero point",
     [](const Problem &p) {
       return p.quantisation.source_zero_point == (p.types.source == ElementType::u8 ? 0 : -128);
     }},
    {"the largest source zero point",
     [](const Problem &p) {
       return p.quantisation.source_zero_point == (p.types.source == ElementType::u8 ? 255 : 127);
     }},
    {"the least destination zero point",
     [](const Problem &p) {
       return p.quantisation.destination_zero_point == (p.types.source == ElementType::u8 ? 0 : -128);
     }},
    {"the largest destination zero point",
     [](const Problem &p) {
       return p.quantisation.destination_zero_point == (p.types.source == ElementType::u8 ? 255 : 127);
     }},
    {"onnx", [](const Problem &p) { return p.quantisation.rounding == Rounding::onnx; }},
    {"tflite", [](const Problem &p) { return p.quantisation.rounding == Rounding::tflite; }},
    {"tflite_single", [](const Problem &p) { return p.quantisation.rounding == Rounding::tflite_single; }},
    {"residual", [](const Problem &p) { return p.epilogue.count(EpilogueOp::Kind::residual) > 0; }},
    {"relu", [](const Problem &p) { return ends_with(p, "relu") && !ends_with(p, "relu6"); }},
    {"relu6", [](const Problem &p) { return ends_with(p, "relu6"); }},
    {"clip", [](const Problem &p) { return ends_with(p, "clip:"); }},
    {"clamp", [](const Problem &p) { return ends_with(p, "clamp:"); }},
    {"bias", [](const Problem &p) { return p.epilogue.text().starts_with("bias"); }},
    {"no bias", [](const Problem &p) { return !p.epilogue.text().starts_with("bias"); }},
    {"depthwise", [](const Problem &p) { return p.depthwise(); }},
};

TEST(Problems, RandomOnesOf8BitsCoverEveryField) {
  for (const char *types : {"u8:s8:u8", "s8:s8:s8"}) {
    std::vector<Problem> problems;
    for (int seed = 0; seed < 500; ++seed) {
      problems.push_back(random_problem(seed, parse_element_types(types)));
      EXPECT_EQ(random_problem(seed, parse_element_types(types)), problems.back());
      EXPECT_EQ(parse_problem_line(problem_line(problems.back())), problems.back());
    }
    for (const auto &[name, property] : quantised_properties)
      EXPECT_TRUE(std::ranges::any_of(problems, property)) << types << ": " << name;
  }
}

TEST(Problems, RandomOnesOf8BitsHaveWiderDestinations) {
  std::set<ActivationKind> kinds;
  for (const char *types : {"u8:s8:s32", "s8:s8:s32", "u8:s8:f32", "s8:s8:f32"})
    for (int seed = 0; seed < 300; ++seed) {
      const Problem problem = random_problem(seed, parse_element_types(types));
      EXPECT_EQ(name_of(problem.types), types);
      EXPECT_NO_THROW(problem.validate());
      EXPECT_EQ(parse_problem_line(problem_line(problem)), problem);
      for (const EpilogueOp &op : problem.epilogue.ops())
        if (op.kind == EpilogueOp::Kind::activation)
          kinds.insert(op.activation.kind);
    }
  EXPECT_EQ(kinds.size(), 14u);
}

// Slices of each kind, each line giving its problem back, and no change of what random problems are.
TEST(RandomStrides, AreOfEveryKind) {
  std::map<std::string, int> found;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Problem dense = random_problem(seed), problem = with_random_strides(dense, seed);
    EXPECT_EQ(problem, with_random_strides(dense, seed));
    EXPECT_EQ(parse_problem_line(problem_line(problem)), problem) << problem_line(problem);
    const Strides in = problem.input_strides(), dense_in = dense.input_strides();
    found["dense"] += !problem.strided();
    found["input"] += in != dense_in;
    found["output"] += problem.output_strides() != dense.output_strides();
    found["residual"] += problem.residual_strides() != dense.residual_strides();
    found["pixels apart"] += problem.layout == Layout::nhwc && in.w > dense_in.w;
    found["rows apart"] += in.w == dense_in.w && in.h > dense_in.h;
    found["pages between pixels"] += problem.layout == Layout::nhwc && in.w >= dense_in.w + 1024;
    found["pages between rows"] += problem.layout == Layout::nchw && in.h >= dense_in.h + 1024;
  }
  for (const auto &[kind, count] : found)
    EXPECT_GT(count, 5) << kind;
}

} // namespace
