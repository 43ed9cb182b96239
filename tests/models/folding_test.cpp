// What of a graph becomes one kernel: against the same nodes computed one by one in double precision.
#include "models/folding/fold.hpp"
#include "models/onnx/onnx_model.hpp"
#include "onnx_writer.hpp"

#include <cmath>
#include <functional>
#include <gtest/gtest.h>

using namespace convforge;
using namespace convforge::models;
using namespace convforge::test;

namespace {

// A convolution of one tap, two inputs, three outputs: y[k] = w[k][0] x[0] + w[k][1] x[1].
const std::vector<float> weights{1, 2, -3, 0.5f, 0.25f, -1};

FoldedModel folded(std::vector<Message> nodes, std::vector<Message> constants, Graph *graph = nullptr,
                   const Sizes &residual = {1, 3, 3, 3}) {
  nodes.insert(nodes.begin(), node("Conv", {"x", "w"}, {"c"}, {}, "conv"));
  constants.push_back(tensor("w", {3, 2, 1, 1}, weights));
  const std::string file =
      onnx_file({nodes, constants, {value("x", {1, 2, 3, 3}), value("r", residual)}, {value("y", {})}});
  const Graph read = onnx::parse_onnx_model(test::bytes_of(file), {});
  if (graph)
    *graph = read;
  return fold(read);
}

/// What a folded kernel answers at one pixel, by its problem and constants.
std::vector<double> answer(const FoldedConvolution &convolution, const std::vector<double> &x,
                           double residual = 0) {
  std::vector<double> result;
  for (std::size_t k = 0; k < 3; ++k) {
    std::size_t next = 1; // of the constants
    double y =
        convolution.constants[0].second[2 * k] * x[0] + convolution.constants[0].second[2 * k + 1] * x[1];
    for (const EpilogueOp &op : convolution.problem.epilogue.ops())
      switch (arithmetic_of(op.kind)) {
      case EpilogueOp::Arithmetic::add:
        y += op.kind == EpilogueOp::Kind::residual ? residual : convolution.constants.at(next++).second.at(k);
        break;
      case EpilogueOp::Arithmetic::multiply:
        y *= convolution.constants.at(next++).second.at(k);
        break;
      case EpilogueOp::Arithmetic::prelu:
        y *= y < 0 ? convolution.constants.at(next).second.at(k) : 1, ++next;
        break;
      case EpilogueOp::Arithmetic::affine:
        y = y * op.factor + op.summand;
        break;
      case EpilogueOp::Arithmetic::activate:
        y = evaluate(op.activation, y);
        break;
      case EpilogueOp::Arithmetic::clamp:
        ADD_FAILURE() << "of floats";
      }
    result.push_back(y);
  }
  return result;
}

/// That all nodes are folded, by this epilogue, and compute the same.
void expect_folded(const std::vector<Message> &nodes, const std::vector<Message> &constants,
                   const std::string &epilogue, const std::function<double(double, std::size_t)> &expected) {
  const FoldedModel model = folded(nodes, constants);
  ASSERT_EQ(model.convolutions.size(), 1u);
  const FoldedConvolution &convolution = model.convolutions[0];
  EXPECT_EQ(convolution.problem.epilogue.text(), epilogue);
  EXPECT_EQ(convolution.folded.size(), nodes.size()) << convolution.stop;
  EXPECT_TRUE(model.glue.empty());
  for (const auto &x : std::vector<std::vector<double>>{{1, 2}, {-3, 0.5}, {0.25, -4}, {0, 0}}) {
    const std::vector<double> y = answer(convolution, x, 0.75);
    for (std::size_t k = 0; k < 3; ++k) {
      const double sum = weights[2 * k] * x[0] + weights[2 * k + 1] * x[1];
      EXPECT_NEAR(y[k], expected(sum, k), 1e-6 * (1 + std::abs(expected(sum, k))))
          << epilogue << " of " << sum;
    }
  }
}

const std::vector<float> gamma_{2, 0.5f, -1}, beta{1, -2, 0.5f}, mean{0.5f, 1, -1}, variance{4, 0.25f, 1};
const std::vector<Message> normalization{tensor("g", {3}, gamma_), tensor("b", {3}, beta),
                                         tensor("m", {3}, mean), tensor("v", {3}, variance)};
double normalized(double x, std::size_t k) {
  return (x - mean[k]) / std::sqrt(variance[k] + 1e-3) * gamma_[k] + beta[k];
}

TEST(Folding, NormalizationGoesIntoTheWeights) {
  expect_folded({node("BatchNormalization", {"c", "g", "b", "m", "v"}, {"y"}, {real("epsilon", 1e-3f)})},
                normalization, "bias", normalized);
}

TEST(Folding, FactorsAndSummandsBeforeAnActivationGoIntoTheWeights) {
  expect_folded({node("Mul", {"f", "c"}, {"a"}), node("Add", {"a", "s"}, {"d"}), node("Relu", {"d"}, {"y"})},
                {tensor("f", {1}, {2}), tensor("s", {3, 1, 1}, {1, 2, 3})}, "bias,relu",
                [](double x, std::size_t k) { return std::max(0.0, 2 * x + 1 + double(k)); });
}

TEST(Folding, OnesBehindAnActivationAreSteps) {
  expect_folded({node("Relu", {"c"}, {"a"}), node("Mul", {"a", "f"}, {"d"}), node("Sub", {"d", "s"}, {"e"}),
                 node("Div", {"e", "t"}, {"y"})},
                {tensor("f", {1}, {2}), tensor("s", {}, {3}), tensor("t", {3, 1, 1}, {1, 2, 4})},
                "relu,affine:2:-3,scale",
                [](double x, std::size_t k) { return (std::max(0.0, x) * 2 - 3) / double(1 << k); });
}

TEST(Folding, SubtractedFromAConstant) {
  expect_folded({node("Sub", {"s", "c"}, {"y"})}, {tensor("s", {}, {3})}, "bias",
                [](double x, std::size_t) { return 3 - x; });
}

TEST(Folding, SlopesOfChannels) {
  expect_folded({node("PRelu", {"c", "s"}, {"y"})}, {tensor("s", {3, 1, 1}, {0.5f, 0.25f, 2})}, "prelu",
                [](double x, std::size_t k) { return x < 0 ? x * std::vector{0.5, 0.25, 2.0}[k] : x; });
}

double hard_swish(double x) {
  return x * std::min(std::max(x + 3, 0.0), 6.0) / 6;
}

TEST(Folding, HardSwishInFourNodes) {
  const std::vector<Message> constants{tensor("three", {}, {3}), tensor("zero", {}, {0}),
                                       tensor("six", {}, {6})};
  expect_folded({node("Add", {"c", "three"}, {"a"}), node("Clip", {"a", "zero", "six"}, {"d"}),
                 node("Mul", {"c", "d"}, {"e"}), node("Div", {"e", "six"}, {"y"})},
                constants, "hard_swish", [](double x, std::size_t) { return hard_swish(x); });
  expect_folded({node("Add", {"c", "three"}, {"a"}), node("Clip", {"a", "zero", "six"}, {"d"}),
                 node("Div", {"d", "six"}, {"e"}), node("Mul", {"e", "c"}, {"y"})},
                constants, "hard_swish", [](double x, std::size_t) { return hard_swish(x); });
}

TEST(Folding, ActivationsThatMultiplyTheirArgument) {
  const auto silu = [](double x, std::size_t) { return x / (1 + std::exp(-x)); };
  expect_folded({node("Sigmoid", {"c"}, {"a"}), node("Mul", {"c", "a"}, {"y"})}, {}, "silu", silu);
  expect_folded(
      {node("HardSigmoid", {"c"}, {"a"}, {real("alpha", 1.0f / 6)}), node("Mul", {"a", "c"}, {"y"})}, {},
      "hard_swish", [](double x, std::size_t) { return hard_swish(x); });
  expect_folded({node("Softplus", {"c"}, {"a"}), node("Tanh", {"a"}, {"d"}), node("Mul", {"c", "d"}, {"y"})},
                {}, "mish", [](double x, std::size_t) { return x * std::tanh(std::log1p(std::exp(x))); });
  expect_folded(
      {node("Mul", {"c", "two"}, {"a"}), node("Sigmoid", {"a"}, {"d"}), node("Mul", {"c", "d"}, {"y"})},
      {tensor("two", {}, {2})}, "affine:2:0,silu,affine:0.5:0",
      [](double x, std::size_t) { return x / (1 + std::exp(-2 * x)); });
}

TEST(Folding, AResidual) {
  expect_folded({node("Add", {"r", "c"}, {"a"}), node("Relu", {"a"}, {"y"})}, {}, "residual,relu",
                [](double x, std::size_t) { return std::max(0.0, x + 0.75); });
}

std::string stop(const std::vector<Message> &nodes, const std::vector<Message> &constants = {},
                 const Sizes &residual = {1, 3, 3, 3}) {
  const FoldedModel model = folded(nodes, constants, nullptr, residual);
  EXPECT_TRUE(model.convolutions.at(0).folded.empty());
  EXPECT_EQ(model.glue.size(), nodes.size());
  return model.convolutions.at(0).stop;
}

TEST(Folding, SaysWhyItEnds) {
  EXPECT_EQ(stop({node("MaxPool", {"c"}, {"y"}, {ints("kernel_shape", {2, 2})}, "pool")}),
            "MaxPool 'pool' is not an operation of epilogues");
  EXPECT_EQ(stop({node("Add", {"c", "r"}, {"y"}, {}, "sum")}, {}, {1, 3, 1, 1}), "Add 'sum' broadcasts 'r'");
  EXPECT_EQ(stop({node("Relu", {"c"}, {"a"}, {}, "one"), node("Sigmoid", {"c"}, {"d"}, {}, "two"),
                  node("Add", {"a", "d"}, {"y"})}),
            "2 nodes read it: Relu 'one', Sigmoid 'two'");
  EXPECT_EQ(stop({node("Mul", {"c", "s"}, {"y"}, {}, "rows")}, {tensor("s", {3, 1}, {1, 2, 3})}),
            "Mul 'rows' is not an operation of epilogues"); // not by channel
  EXPECT_EQ(stop({node("Mul", {"c", "s"}, {"y"}, {}, "wild")}, {tensor("s", {}, {INFINITY})}),
            "Mul 'wild' is not an operation of epilogues");
}

TEST(Folding, AConstantThatIsNotFiniteLeavesTheKernelAsItWas) {
  const FoldedModel model =
      folded({node("Sub", {"s", "c"}, {"y"}, {}, "wild")}, {tensor("s", {}, {INFINITY})});
  EXPECT_EQ(model.convolutions.at(0).constants[0].second, weights); // not their negatives
}

TEST(Folding, TheLaterOfTwoConvolutionsTakesTheirSum) {
  Graph graph;
  const FoldedModel model = folded(
      {node("Conv", {"x", "w"}, {"d"}, {}, "later"), node("Add", {"d", "c"}, {"y"}, {}, "sum")}, {}, &graph);
  ASSERT_EQ(model.convolutions.size(), 2u);
  EXPECT_EQ(model.convolutions[0].stop, "Add 'sum' is done by the kernel of 'later'");
  EXPECT_EQ(graph.tensor(model.convolutions[1].residuals.at(0).second).name, "c");
  EXPECT_EQ(model.convolutions[1].problem.epilogue.text(), "residual");
}

TEST(Folding, AnOutputOfTheModelStays) {
  const std::string file = onnx_file({{node("Conv", {"x", "w"}, {"c"}), node("Relu", {"c"}, {"y"})},
                                      {tensor("w", {3, 2, 1, 1}, weights)},
                                      {value("x", {1, 2, 4, 4})},
                                      {value("y", {}), value("c", {})}});
  EXPECT_EQ(fold(onnx::parse_onnx_model(test::bytes_of(file), {})).convolutions.at(0).stop,
            "an output of the model");
}

TEST(Folding, WeightsOfHalvesStayAsTheyAre) {
  const std::string file = onnx_file(
      {{node("Conv", {"x", "w"}, {"c"}), node("Mul", {"c", "f"}, {"d"}), node("Add", {"d", "s"}, {"y"})},
       {raw_tensor<std::uint16_t>("w", {1, 1, 1, 1}, 10, {0x3c01}),
        raw_tensor<std::uint16_t>("f", {1, 1, 1}, 10, {0x4200}),
        raw_tensor<std::uint16_t>("s", {}, 10, {0x3c00})},
       {value("x", {1, 1, 4, 4}, 10)},
       {value("y", {}, 10)}});
  const FoldedModel model = fold(onnx::parse_onnx_model(test::bytes_of(file), {}));
  ASSERT_EQ(model.convolutions.size(), 1u) << model.refused.at(0).reason;
  EXPECT_EQ(model.convolutions[0].problem.epilogue.text(), "affine:3:1");
  EXPECT_EQ(name_of(model.convolutions[0].problem.types), "f16:f16:f16");
  EXPECT_EQ(model.convolutions[0].constants[0].second, std::vector<float>{1 + 0x1p-10f});
}

/// The problem of a convolution of 3x3 behind a Pad.
std::string padded(const std::vector<std::int64_t> &pads, const std::string &mode) {
  const std::string file = onnx_file(
      {{node("Pad", {"x", "p"}, {"a"}, {word("mode", mode)}), node("Conv", {"a", "w"}, {"y"}, {}, "")},
       {tensor("w", {1, 1, 3, 3}, std::vector<float>(9, 1)), tensor("p", pads)},
       {value("x", {1, 1, 8, 8})},
       {value("y", {})}});
  const FoldedModel model = fold(onnx::parse_onnx_model(test::bytes_of(file), {}));
  Problem problem = model.convolutions.at(0).problem;
  problem.name.clear();
  return problem.descriptor() + " " + std::string(name_of(problem.pads_with())) +
         (model.glue.empty() ? "" : " and a Pad");
}

TEST(Folding, APadBeforeIt) {
  EXPECT_EQ(padded({0, 0, 1, 1, 0, 0, 1, 1}, "constant"),
            "g1mb1ic1ih8iw8oc1oh8ow8kh3kw3sh1sw1ph1pw1dh0dw0 zeros");
  EXPECT_EQ(padded({0, 0, 1, 1, 0, 0, 1, 1}, "reflect"),
            "g1mb1ic1ih8iw8oc1oh8ow8kh3kw3sh1sw1ph1pw1dh0dw0 reflect");
  EXPECT_EQ(padded({0, 1, 0, 0, 0, -1, 0, 0}, "constant"),
            "g1mb1ic1ih8iw8oc1oh6ow6kh3kw3sh1sw1ph0pw0dh0dw0 zeros and a Pad");
}

TEST(Folding, ComputedWeightsAreRefused) {
  const std::string file = onnx_file({{node("Conv", {"x", "k"}, {"y"}, {}, "c")},
                                      {},
                                      {value("x", {1, 1, 8, 8}), value("k", {1, 1, 3, 3})},
                                      {value("y", {})}});
  const FoldedModel model = fold(onnx::parse_onnx_model(test::bytes_of(file), {}));
  ASSERT_EQ(model.refused.size(), 1u);
  EXPECT_EQ(model.refused[0].reason, "weights: 'k' is computed (expected a constant of the model)");
}

} // namespace
