// Functions, comparisons and choices between kernels, in this process, beside every node computed in float64.
#include "onnx_network.hpp"

using namespace convforge;
using namespace convforge::network;
using namespace convforge::test;

namespace {

void expect_right_behind_a_kernel(std::vector<Message> nodes, const std::vector<Message> &constants = {}) {
  nodes.insert(nodes.begin(), same_convolution("x", "c"));
  for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
    SCOPED_TRACE(name_of(layout));
    OnnxNetwork(nodes, {5, 6}, layout, constants).expect_right();
  }
}

} // namespace

TEST(FunctionsOfNetworks, OfOneTensor) {
  expect_right_behind_a_kernel({node("Abs", {"c"}, {"a"}), node("Sqrt", {"a"}, {"b"}),
                                node("Exp", {"b"}, {"d"}), node("Reciprocal", {"d"}, {"e"}),
                                node("Log", {"e"}, {"f"}), node("Relu", {"f"}, {"g"}), // joins the pass
                                node("Add", {"g", "c"}, {"y"})});
}

TEST(FunctionsOfNetworks, Powers) {
  for (const float exponent : {2.0f, 0.5f, 1.25f})
    expect_right_behind_a_kernel({node("Abs", {"c"}, {"a"}), node("Pow", {"a", "e"}, {"y"})},
                                 {tensor("e", {}, {exponent})});
  expect_right_behind_a_kernel({node("Abs", {"c"}, {"a"}), node("Exp", {"a"}, {"e"}), // far from 0
                                node("Pow", {"e", "r"}, {"y"})});
  const OnnxNetwork squared({same_convolution("x", "c"), node("Pow", {"c", "e"}, {"y"})}, {5, 6},
                            Layout::nchw, {tensor("e", {}, {2})});
  EXPECT_EQ(std::get<ElementwiseCall>(squared.program.steps.at(1).operation).operation.arithmetic,
            CONVFORGE_MULTIPLY);
}

TEST(FunctionsOfNetworks, ComparisonsAndChoices) {
  for (const char *type : {"Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal"})
    expect_right_behind_a_kernel({node("Relu", {"c"}, {"a"}), node("Relu", {"r"}, {"b"}),
                                  node(type, {"a", "b"}, {"t"}), node("Where", {"t", "c", "r"}, {"y"})});
}

TEST(FunctionsOfNetworks, LogicalOperations) {
  for (const char *type : {"And", "Or", "Xor"})
    expect_right_behind_a_kernel({node("Relu", {"c"}, {"a"}), node("Relu", {"r"}, {"b"}),
                                  node("Less", {"a", "b"}, {"t"}), node("Greater", {"c", "r"}, {"u"}),
                                  node("Not", {"u"}, {"v"}), node(type, {"t", "v"}, {"w"}),
                                  node("Where", {"w", "c", "r"}, {"y"})});
  expect_right_behind_a_kernel({node("Less", {"c", "r"}, {"t"}),
                                node("Cast", {"t"}, {"f"}, {integer("to", 1)}),
                                node("Mul", {"f", "c"}, {"y"})});
}

/// Quotients that are 0 where they would be none, as TensorFlow's div_no_nan becomes in ONNX.
TEST(FunctionsOfNetworks, WhatIsNotTakenMayBeNone) {
  const std::vector<Message> zero{tensor("z", {}, {0})};
  const std::vector<Message> nodes{node("Relu", {"r"}, {"b"}), node("Div", {"c", "b"}, {"q"}),
                                   node("Equal", {"b", "z"}, {"t"})};
  for (const bool first : {false, true}) {
    std::vector<Message> all = nodes;
    if (first)
      all.push_back(node("Where", {"t", "z", "q"}, {"s"}));
    else
      all.push_back(node("Greater", {"b", "z"}, {"u"})), all.push_back(node("Where", {"u", "q", "z"}, {"s"}));
    all.push_back(node("Clip", {"s", "low", "high"}, {"y"}));
    std::vector<Message> constants = zero;
    constants.push_back(tensor("low", {}, {-50})), constants.push_back(tensor("high", {}, {50}));
    expect_right_behind_a_kernel(all, constants);
  }
  std::vector<Message> both = nodes; // neither is 0
  both.push_back(node("Where", {"t", "c", "q"}, {"s"}));
  both.push_back(node("Clip", {"s", "low", "high"}, {"y"}));
  expect_right_behind_a_kernel(both, {zero[0], tensor("low", {}, {-50}), tensor("high", {}, {50})});
}

TEST(FunctionsOfNetworks, TruthValuesStayInside) {
  const OnnxNetwork network({same_convolution("x", "c"), node("Less", {"c", "r"}, {"y"})}, {5, 6},
                            Layout::nhwc);
  ASSERT_EQ(network.program.missing.size(), 1u);
  EXPECT_EQ(network.program.missing[0].reason, "'y' is of type bool (expected f32, u8 or s8)");
}
