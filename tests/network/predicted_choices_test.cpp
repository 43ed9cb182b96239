// What the planner's predictions decide of networks: which pools kernels do, and their layout.
#include "models/onnx/onnx_model.hpp"
#include "network/predicted_choices.hpp"
#include "onnx_writer.hpp"
#include "planner/pooling_pass.hpp"
#include "target/target.hpp"

#include <gtest/gtest.h>

using namespace convforge;
using namespace convforge::network;
using namespace convforge::test;

namespace {

/// 64 to 64 channels and a pool behind them.
struct PooledLayer {
  explicit PooledLayer(const std::vector<Message> &attributes, int size = 56, int taps = 3) {
    const std::size_t count =
        std::size_t{64} * 64 * static_cast<std::size_t>(taps) * static_cast<std::size_t>(taps);
    const std::string file =
        onnx_file({{node("Conv", {"x", "w"}, {"c"}, {ints("pads", Sizes(4, taps / 2))}, "conv"),
                    node("Relu", {"c"}, {"d"}), node("MaxPool", {"d"}, {"y"}, attributes, "pool")},
                   {tensor("w", {64, 64, taps, taps}, std::vector<float>(count, 1))},
                   {value("x", {1, 64, size, size})},
                   {value("y", {})}});
    graph = models::onnx::parse_onnx_model(test::bytes_of(file), {});
    folded = models::fold(graph);
  }

  Layout choose(std::string_view layout, std::string_view target = "x86-64-avx512") {
    return choose_by_prediction(layout, graph, folded, {"test", {find_target(target)}, {}});
  }
  const models::FoldedConvolution &layer() const { return folded.convolutions.at(0); }

  models::Graph graph;
  models::FoldedModel folded;
};

const std::vector<Message> whole{ints("kernel_shape", {2, 2}), ints("strides", {2, 2})},
    overlapping{ints("kernel_shape", {3, 3}), ints("strides", {2, 2}), ints("pads", {1, 1, 1, 1})};

} // namespace

TEST(PredictedChoices, WindowsOfTilesAreTheKernels) { // pooled in registers: nothing is computed twice
  PooledLayer model(whole);
  EXPECT_EQ(model.choose("nhwc"), Layout::nhwc);
  EXPECT_EQ(text_of(model.layer().problem.pooling), "max:kh2kw2sh2sw2ph0pw0eh0ew0");
  EXPECT_EQ(model.layer().folded.size(), 2u);
  EXPECT_TRUE(model.folded.glue.empty());
  EXPECT_EQ(model.layer().stop, "an output of the model");
}

/// Windows that overlap behind 3x3: measured, too, 520 us on top of the kernel's 566 where the pool by itself
/// took 81 (Zen 4, NHWC).
TEST(PredictedChoices, WindowsThatCostMoreStayByThemselves) {
  PooledLayer model(overlapping);
  model.choose("nhwc");
  EXPECT_FALSE(model.layer().problem.pools());
  EXPECT_EQ(model.folded.glue.size(), 1u);
  const std::string beginning = "MaxPool 'pool' is predicted to take less by itself: ";
  EXPECT_EQ(model.layer().stop.substr(0, beginning.size()), beginning);
  EXPECT_NE(model.layer().stop.find(" kilocycles, and "), std::string::npos) << model.layer().stop;
}

TEST(PredictedChoices, TheLayoutIsTheFasterOneWithItsPools) {
  PooledLayer model(whole), turned(whole);
  EXPECT_EQ(model.choose("auto"), Layout::nhwc);
  EXPECT_TRUE(model.layer().problem.pools());
  EXPECT_EQ(turned.choose("nchw"), Layout::nchw);
  EXPECT_EQ(model.layer().problem.layout, Layout::nchw); // as the model has it: lowering turns it
}

TEST(PredictedChoices, NothingIsPlannedWhereNothingIsToBeChosen) {
  PooledLayer model({ints("kernel_shape", {9, 9})}); // wider than kernels pool
  EXPECT_EQ(choose_by_prediction("nchw", model.graph, model.folded, {"test", {}, {}}), Layout::nchw);
  EXPECT_EQ(model.layer().stop, "MaxPool 'pool': pooling: kh: 9 (expected 1 to 8)");
}

TEST(PredictedChoices, APassReadsAndLooks) {
  const Platform platform(find_target("x86-64-avx512"));
  const auto cycles = [&](const char *pooling) {
    return pooling_pass_cycles(Problem::parse("ic64ih56oc64oh56kh3ph1", {.pooling = pooling}), platform);
  };
  EXPECT_GT(cycles("max:kh3sh2ph1"), cycles("max:kh2sh2"));      // more taps of as many outputs
  EXPECT_GT(cycles("avg_np:kh2sh2"), cycles("max:kh2sh2"));      // sums in float64
  EXPECT_GT(cycles("max:kh2sh1oh55"), 2 * cycles("max:kh2sh2")); // four times as many outputs
  // What is read and stored, alone: 0.8 MB from L3 of 256 KB of L2 take 110 kilocycles at least.
  const Platform small(find_target("x86-64-avx2"));
  const double taps = 28 * 28 * 64;
  EXPECT_GT(pooling_pass_cycles(Problem::parse("ic64ih56oc64oh56kh3ph1", {.pooling = "max:kh1sh2"}), small) -
                0.6 * taps,
            80000);
}
