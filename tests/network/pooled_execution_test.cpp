// Networks whose kernels pool, in this process: beside every node computed in float64, in either layout, on
// any number of threads, and straight into concatenations.
#include "onnx_network.hpp"

using namespace convforge;
using namespace convforge::network;
using namespace convforge::test;

namespace {

/// That no pool is left, and that outputs are right.
void expect_right(const std::vector<Message> &nodes, const Sizes &image, std::size_t left = 0) {
  for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
    SCOPED_TRACE(name_of(layout));
    OnnxNetwork network(nodes, image, layout);
    EXPECT_EQ(network.folded.glue.size(), left) << network.folded.convolutions[0].stop;
    network.expect_right();
  }
}

Message pool_of(const std::string &type, const std::string &from, const std::string &to,
                const std::vector<Message> &attributes) {
  return node(type, {from}, {to}, attributes, "pool " + to);
}

const Message two = ints("kernel_shape", {2, 2}), three = ints("kernel_shape", {3, 3}),
              by_two = ints("strides", {2, 2}), around = ints("pads", {1, 1, 1, 1}),
              up = integer("ceil_mode", 1);

} // namespace

TEST(PooledNetworks, Largest) {
  expect_right(
      {same_convolution("x", "a"), node("Relu", {"a"}, {"c"}), pool_of("MaxPool", "c", "y", {two, by_two})},
      {8, 6});
  expect_right({same_convolution("x", "a"), pool_of("MaxPool", "a", "y", {three, by_two, around})}, {7, 9});
  expect_right({same_convolution("x", "a"), pool_of("MaxPool", "a", "y", {three, by_two, up})}, {8, 10});
}

TEST(PooledNetworks, Averages) {
  for (const int counted : {0, 1})
    expect_right({same_convolution("x", "a"),
                  pool_of("AveragePool", "a", "y", {three, around, integer("count_include_pad", counted)})},
                 {7, 8});
}

TEST(PooledNetworks, BehindAResidualAndBeforeAnActivation) { // the residual is as large as what is not stored
  expect_right({same_convolution("x", "a"), node("Add", {"a", "r"}, {"s"}), node("Tanh", {"s"}, {"t"}),
                pool_of("MaxPool", "t", "p", {two, by_two}), node("Relu", {"p"}, {"y"})},
               {9, 7});
}

TEST(PooledNetworks, IntoAConcatenation) {
  const std::vector<Message> nodes{same_convolution("x", "a"),
                                   pool_of("MaxPool", "a", "b", {two, by_two}),
                                   same_convolution("r", "c"),
                                   pool_of("AveragePool", "c", "d", {two, by_two}),
                                   node("Concat", {"b", "d"}, {"e"}, {integer("axis", 1)}),
                                   node("GlobalAveragePool", {"e"}, {"m"}),
                                   node("Sub", {"e", "m"}, {"y"})};
  expect_right(nodes, {8, 8}, 3);
  for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
    const OnnxNetwork network(nodes, {8, 8}, layout);
    std::vector<Place> written;
    for (const Step &step : network.program.steps)
      if (std::holds_alternative<KernelCall>(step.operation))
        written.push_back(step.writes);
    ASSERT_EQ(written.size(), 2u);
    EXPECT_EQ(written[0].buffer, written[1].buffer); // nothing is copied
    EXPECT_EQ(written[1].offset, layout == Layout::nhwc ? 4 : 4 * 16);
  }
}
