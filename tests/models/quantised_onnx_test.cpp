// 8-bit convolutions of ONNX: which kernels they are, and what is refused or stays in floats.
#include "error_of.hpp"
#include "models/folding/fold.hpp"
#include "models/onnx/onnx_model.hpp"
#include "onnx_writer.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <map>

using namespace convforge;
using namespace convforge::models;
using namespace convforge::test;

namespace {

constexpr int u8_type = 2, s8_type = 3, s32_type = 6;

Message u8_tensor(const std::string &name, const Sizes &dims, const std::vector<std::uint8_t> &values) {
  return raw_tensor(name, dims, u8_type, values);
}
Message s8_tensor(const std::string &name, const Sizes &dims, const std::vector<std::int8_t> &values) {
  return raw_tensor(name, dims, s8_type, values);
}
Message s32_tensor(const std::string &name, const Sizes &dims, const std::vector<std::int32_t> &values) {
  return raw_tensor(name, dims, s32_type, values);
}

struct Folded {
  Graph graph;
  FoldedModel model;
};

Folded folded(const GraphParts &parts) {
  const std::string file = onnx_file(parts);
  Graph graph = onnx::parse_onnx_model(test::bytes_of(file), {});
  FoldedModel model = fold(graph);
  return {std::move(graph), std::move(model)};
}

/// Types, zero points and epilogue of the one convolution, or why there is none.
std::string in_words(const FoldedModel &model) {
  if (model.convolutions.size() != 1)
    return model.refused.at(0).reason;
  const Problem &problem = model.convolutions[0].problem;
  return name_of(problem.types) + " " + zero_points_text(problem.quantisation) + " " +
         std::string(name_of(problem.quantisation.rounding)) + " " + problem.epilogue.text();
}

/// A graph whose constants can be replaced by others of the same name.
class Builder {
public:
  Builder &constant(const std::string &name, const Message &tensor) {
    constants_[name] = tensor;
    return *this;
  }
  Builder &without(const std::string &name) {
    constants_.erase(name);
    return *this;
  }
  Builder &input(const std::string &name, const Sizes &sizes, int type) {
    inputs_.push_back(value(name, sizes, type));
    return *this;
  }
  Builder &then(const Message &node) {
    nodes_.push_back(node);
    return *this;
  }
  Folded fold() const {
    GraphParts parts{nodes_, {}, inputs_, {value("y", {})}};
    for (const auto &[name, constant] : constants_)
      parts.constants.push_back(constant);
    return folded(parts);
  }
  std::string words() const { return in_words(fold().model); }

private:
  std::map<std::string, Message> constants_;
  std::vector<Message> nodes_, inputs_;
};

const std::vector<std::string> qlinear_inputs{"x", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"};

/// A QLinearConv of 1x1 from two channels to two.
Builder qlinear_constants() {
  return Builder()
      .constant("xs", tensor("xs", {}, {0.5f}))
      .constant("xz", u8_tensor("xz", {}, {128}))
      .constant("w", s8_tensor("w", {2, 2, 1, 1}, {1, -128, 3, 127}))
      .constant("ws", tensor("ws", {2}, {0.25f, 0.1f}))
      .constant("wz", s8_tensor("wz", {2}, {0, 0}))
      .constant("ys", tensor("ys", {}, {0.3f}))
      .constant("yz", u8_tensor("yz", {}, {3}))
      .constant("b", s32_tensor("b", {2}, {100, -7}));
}
Builder qlinear(const Builder &constants = qlinear_constants()) {
  return Builder(constants)
      .input("x", {1, 2, 4, 4}, u8_type)
      .then(node("QLinearConv", qlinear_inputs, {"y"}, {}, "c"));
}

TEST(QuantisedOnnx, QLinearConvIsOneKernel) {
  const Folded one = qlinear().fold();
  EXPECT_EQ(in_words(one.model), "u8:s8:u8 128:3 onnx bias");
  const EightBitConstants &constants = *one.model.convolutions.at(0).eight_bits;
  EXPECT_EQ(constants.weights, (std::vector<std::int8_t>{1, -128, 3, 127}));
  EXPECT_EQ(constants.bias, (std::vector<std::int32_t>{100, -7}));
  EXPECT_EQ(constants.multipliers, (std::vector<double>{0.5f * 0.25f / 0.3f, 0.5f * 0.1f / 0.3f}));
  EXPECT_TRUE(one.model.convolutions[0].constants.empty());
  EXPECT_EQ(one.graph.tensor(one.graph.outputs[0]).type, DataType::u8);
  EXPECT_EQ(text_of_shape(*one.graph.tensor(one.graph.outputs[0]).shape), "1x2x4x4");
  EXPECT_EQ(parameters_of(one.graph, one.graph.nodes[0]), 6);
}

TEST(QuantisedOnnx, ZeroPointsOfWeightsThatFitAreTakenFromThem) {
  Builder constants = qlinear_constants()
                          .constant("w", u8_tensor("w", {2, 2, 1, 1}, {0, 255, 128, 1}))
                          .constant("wz", u8_tensor("wz", {2}, {128, 128}));
  EXPECT_EQ(qlinear(constants).fold().model.convolutions.at(0).eight_bits->weights,
            (std::vector<std::int8_t>{-128, 127, 0, -127}));
  constants.constant("wz", u8_tensor("wz", {2}, {128, 129}));
  EXPECT_EQ(qlinear(constants).fold().model.convolutions.at(0).eight_bits->weights,
            (std::vector<std::int8_t>{-128, 127, -1, -128}));
  constants.constant("wz", u8_tensor("wz", {2}, {127, 128}));
  EXPECT_EQ(qlinear(constants).words(),
            "zero point of weights: 127 beside a weight of 255 (expected weights that are -128 to 127 "
            "when it is taken from them: kernels have none)");
}

std::string refused(const std::string &name, const Message &constant) {
  return qlinear(qlinear_constants().constant(name, constant)).words();
}

TEST(QuantisedOnnx, QLinearConvIsRefusedWithNames) {
  EXPECT_EQ(refused("xs", tensor("xs", {2}, {1, 2})), "x_scale: 2 scales (expected one for all elements)");
  EXPECT_EQ(refused("xs", tensor("xs", {}, {0})), "x_scale: a scale of 0 (expected a finite number above 0)");
  EXPECT_EQ(refused("ys", tensor("ys", {}, {NAN})),
            "y_scale: a scale of nan (expected a finite number above 0)");
  EXPECT_EQ(refused("ws", tensor("ws", {3}, {1, 1, 1})),
            "w_scale: 2 zero points (expected 3, as many as scales)");
  EXPECT_EQ(refused("yz", s8_tensor("yz", {}, {3})), "types: u8:s8:s8 (expected f32, f16, f32:f16:f32 or of "
                                                     "8-bit integers u8:s8:u8, s8:s8:s8, or with destination "
                                                     "s32 or f32 (source:weights:destination))");
  EXPECT_EQ(refused("xz", tensor("xz", {}, {3})), "x_zero_point: f32 (expected integers)");
  EXPECT_EQ(refused("b", tensor("b", {2}, {1, 2})), "bias: f32 (expected s32, a part of the sums)");
  EXPECT_EQ(refused("b", s32_tensor("b", {2}, {0, 2147483647})),
            "sums: up to 2147500287 of channel 1 (expected at most 2^31 - 1, with the bias)");
  EXPECT_EQ(refused("ys", tensor("ys", {}, {0x1p-100f})),
            "multiplier: 1.5845633e+29 of channel 0 (expected scales whose quotient is below 2^31)");
  EXPECT_EQ(qlinear(qlinear_constants().without("xs").input("xs", {}, 1)).words(),
            "x_scale: 'xs' is computed (expected a constant of the model)");
  EXPECT_EQ(qlinear(qlinear_constants().without("w").input("w", {2, 2, 1, 1}, s8_type)).words(),
            "weights: 'w' is computed (expected a constant of the model)");
}

TEST(QuantisedOnnx, ConvIntegerStoresSums) {
  const auto sums = [](const Message &zero) {
    return Builder()
        .constant("w", s8_tensor("w", {1, 2, 1, 1}, {1, -2}))
        .constant("z", zero)
        .input("x", {1, 2, 4, 4}, u8_type)
        .then(node("ConvInteger", {"x", "w", "z"}, {"y"}, {}, "c"))
        .fold();
  };
  const Folded one = sums(u8_tensor("z", {}, {7}));
  EXPECT_EQ(in_words(one.model), "u8:s8:s32 7:0 onnx ");
  EXPECT_TRUE(one.model.convolutions.at(0).eight_bits->multipliers.empty());
  EXPECT_EQ(one.graph.tensor(one.graph.outputs[0]).type, DataType::s32);
  EXPECT_EQ(in_words(sums(u8_tensor("z", {2}, {7, 8})).model), "x_zero_point: 2 numbers (expected one)");
  EXPECT_EQ(in_words(sums(s32_tensor("z", {}, {7})).model), "x_zero_point: s32 (expected u8 or s8)");
}

TEST(QuantisedOnnx, APadOfZeroPointsIsFolded) {
  const auto padded = [](std::uint8_t around) {
    return qlinear_constants()
        .constant("p", tensor("p", {0, 0, 1, 1, 0, 0, 1, 1}))
        .constant("v", u8_tensor("v", {}, {around}))
        .input("i", {1, 2, 2, 2}, u8_type)
        .then(node("Pad", {"i", "p", "v"}, {"x"}))
        .then(node("QLinearConv", qlinear_inputs, {"y"}))
        .fold();
  };
  EXPECT_TRUE(padded(128).model.glue.empty());
  EXPECT_EQ(padded(128).model.convolutions.at(0).problem.height().pad_begin, 1);
  EXPECT_EQ(padded(0).model.glue.size(), 1u); // which is no zero: the zero point is 128
}

TEST(QuantisedOnnx, ReluOfIntegersIsNoLimitInSteps) {
  // max(0, q), whatever the zero point.
  Builder constants =
      qlinear_constants().constant("xz", s8_tensor("xz", {}, {1})).constant("yz", s8_tensor("yz", {}, {-5}));
  const Folded one = constants.input("x", {1, 2, 4, 4}, s8_type)
                         .then(node("QLinearConv", qlinear_inputs, {"c"}))
                         .then(node("Relu", {"c"}, {"y"}, {}, "r"))
                         .fold();
  EXPECT_EQ(in_words(one.model), "s8:s8:s8 1:-5 onnx bias");
  EXPECT_EQ(one.model.convolutions.at(0).stop, "Relu 'r' is not an operation of epilogues");
}

} // namespace
