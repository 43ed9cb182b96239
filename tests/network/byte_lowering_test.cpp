// Which calls 8-bit graphs of TensorFlow Lite become, of what types, and what is missing.
#include "models/tflite/schema.hpp"
#include "models/tflite/tflite_model.hpp"
#include "network/compiled.hpp"
#include "network/lowering/lowering.hpp"
#include "tflite_writer.hpp"

#include <gtest/gtest.h>

using namespace convforge;
using namespace convforge::network;
using namespace convforge::models::tflite;
using test::Flat;
using test::FlatModel;
using test::raw;

namespace {

constexpr int s32_type = 2, u8_type = 3, s8_type = 9;

/// Tensors of 1x4x4x2 bytes of one scale, and a convolution of 1x1.
class ByteModel : public FlatModel {
public:
  int bytes(const std::string &name, float scale = 0.5f, std::int64_t zero = -3, int type = s8_type,
            const std::vector<int> &shape = {1, 4, 4, 2}) {
    return quantised_tensor(name, shape, type, {scale}, {zero});
  }
  void convolution(int from, int to) {
    const int w = quantised_tensor("w", {2, 1, 1, 2}, s8_type, {0.25f}, {0},
                                   raw(std::vector<std::int8_t>{1, -128, 3, 127}));
    operation(CONV_2D, {from, w, tensor("b", {2}, s32_type, raw(std::vector<std::int32_t>{1, 2}))}, {to},
              Flat().set<std::int8_t>(0, 1).set<std::int32_t>(1, 1).set<std::int32_t>(2, 1));
  }
};

Program lowered(const FlatModel &model, const std::vector<int> &inputs, const std::vector<int> &outputs) {
  const std::string file = model.file(inputs, outputs);
  static models::Graph graph; // programs refer to nothing of it
  graph = parse_tflite_model({reinterpret_cast<const std::uint8_t *>(file.data()), file.size()}, {});
  return lower(graph, models::fold(graph), Layout::nhwc);
}

struct StepWords {
  std::string operator()(const KernelCall &) const { return "kernel"; }
  std::string operator()(const QuantisedCall &call) const {
    return call.to_integers ? "quantise" : "dequantise";
  }
  std::string operator()(const ByteMapCall &call) const { return call.table.empty() ? "copy" : "map"; }
  std::string operator()(const BytePairsCall &call) const { return !call.table.empty() ? "pairs" : "add"; }
  std::string operator()(const convforge_window_pooling &) const { return "pooling"; }
  std::string operator()(const ResamplingCall &) const { return "resampling"; }
  template <typename Other>
  std::string operator()(const Other &) const {
    return "floats";
  }
};

/// "f32 quantise s8, s8 kernel s8": what calls read, are and write; or what is missing.
std::string calls(const Program &program) {
  std::string text;
  for (const MissingOperation &missing : program.missing)
    text += missing.type + ": " + missing.reason + "\n";
  if (!text.empty())
    return text;
  for (const Step &step : program.steps)
    text += (text.empty() ? "" : ", ") + std::string(name_of(program.buffer(step.reads[0]).type)) + " " +
            std::visit(StepWords{}, step.operation) + " " +
            std::string(name_of(program.buffer(step.writes).type));
  return text;
}

} // namespace

TEST(ByteLowering, KernelsReadWhatIsQuantised) {
  ByteModel model;
  const int x = model.tensor("x", {1, 4, 4, 2}), q = model.bytes("q"), r = model.bytes("r", 1, 5),
            y = model.tensor("y", {1, 4, 4, 2});
  model.operation(QUANTIZE, {x}, {q});
  model.convolution(q, r);
  model.operation(DEQUANTIZE, {r}, {y});
  const Program program = lowered(model, {x}, {y});
  EXPECT_EQ(calls(program), "f32 quantise s8, s8 kernel s8, s8 dequantise f32");
  EXPECT_EQ(program.arena_bytes, 2 * 64); // 32 bytes each
  const auto &quantise = std::get<QuantisedCall>(program.steps[0].operation);
  EXPECT_EQ(quantise.operation.ties_away, 1);
  EXPECT_EQ(quantise.scales, std::vector<float>{0.5f});
  EXPECT_EQ(quantise.zero_points, std::vector<std::int32_t>{-3});
}

TEST(ByteLowering, SumsPoolsAndPadding) {
  ByteModel model;
  const int x = model.bytes("x"), r = model.bytes("r", 1, 5), sum = model.bytes("sum", 2, 7),
            amounts = model.tensor("amounts", {4, 2}, s32_type,
                                   raw(std::vector<std::int32_t>{0, 0, 1, 1, 1, 1, 0, 0})),
            wide = model.bytes("wide", 2, 7, s8_type, {1, 6, 6, 2}),
            y = model.bytes("y", 2, 7, s8_type, {1, 3, 3, 2});
  model.convolution(x, r);
  model.operation(ADD, {r, x}, {sum}, Flat().set<std::int8_t>(0, 1));
  model.operation(PAD, {sum, amounts}, {wide});
  model.operation(MAX_POOL_2D, {wide}, {y},
                  Flat()
                      .set<std::int8_t>(0, 1)
                      .set<std::int32_t>(1, 2)
                      .set<std::int32_t>(2, 2)
                      .set<std::int32_t>(3, 2)
                      .set<std::int32_t>(4, 2));
  const Program program = lowered(model, {x}, {y});
  ASSERT_EQ(calls(program), "s8 kernel s8, s8 pairs s8, s8 resampling s8, s8 pooling s8");
  const auto &table = std::get<BytePairsCall>(program.steps[1].operation).table;
  ASSERT_EQ(table.size(), 65536U); // halves are rounded away from 0, on either side of it: no line
  const auto added = [&](int a, int b) {
    return table.at(256U * static_cast<std::uint8_t>(a) + static_cast<std::uint8_t>(b));
  };
  EXPECT_EQ(added(5, -3), 7); // 0 + 0
  EXPECT_EQ(added(5, -1), 8); // 1 in steps of 2: away from 0
  EXPECT_EQ(added(5, -2), 7); // 0.5
  EXPECT_EQ(added(0, -3), 7); // -5 is cut off: the RELU is a part of it
  EXPECT_EQ(added(127, 127), 101);
  EXPECT_EQ(std::get<ResamplingCall>(program.steps[2].operation).operation.fill, 7);
}

TEST(ByteLowering, SumsAreLinesAndLimitsOfAnotherScaleAreDoneThere) {
  ByteModel model;
  const int x = model.bytes("x", 0.37f), r = model.bytes("r", 0.93f, 5), sum = model.bytes("sum", 1.21f, 7),
            limited = model.bytes("limited", 0.83f, -128), y = model.bytes("y", 0.83f, -128);
  model.convolution(x, r);
  model.operation(ADD, {r, x}, {sum}, Flat());
  model.operation(RELU, {sum}, {limited});
  model.convolution(limited, y);
  const Program program = lowered(model, {x}, {y});
  ASSERT_EQ(calls(program), "s8 kernel s8, s8 add s8, s8 kernel s8");
  const BytePairsCall &call = std::get<BytePairsCall>(program.steps[1].operation);
  EXPECT_TRUE(call.table.empty());
  EXPECT_EQ(call.operation.then_count, 1);
}

TEST(ByteLowering, ProductsAndDifferences) {
  ByteModel model;
  const int x = model.bytes("x", 0.37f), r = model.bytes("r", 0.93f, 5),
            product = model.bytes("product", 0.71f, 7), y = model.bytes("y", 0.83f, -128);
  model.convolution(x, r);
  model.operation(MUL, {r, x}, {product}, Flat());
  model.operation(SUB, {product, x}, {y}, Flat());
  const Program program = lowered(model, {x}, {y});
  ASSERT_EQ(calls(program), "s8 kernel s8, s8 pairs s8, s8 add s8");
  const auto &table = std::get<BytePairsCall>(program.steps[1].operation).table;
  EXPECT_EQ(table.at(256U * 7 + 1), 11); // 2 * 4 * 0.485
  EXPECT_EQ(table.at(256U * 3 + 1), 3);  // -2 * 4 * 0.485
}

TEST(ByteLowering, SumsThatOthersReadAreMade) {
  ByteModel model;
  const int x = model.bytes("x", 0.37f), r = model.bytes("r", 0.93f, 5), sum = model.bytes("sum", 1.21f, 7),
            y = model.bytes("y", 0.83f, -128);
  model.convolution(x, r);
  model.operation(ADD, {r, x}, {sum}, Flat());
  model.operation(RELU, {sum}, {y});
  EXPECT_EQ(calls(lowered(model, {x}, {y, sum})), "s8 kernel s8, s8 add s8, s8 map s8");
}

TEST(ByteLowering, AnotherScaleIsATable) {
  ByteModel model;
  const int x = model.bytes("x"), r = model.bytes("r", 1, 5), y = model.bytes("y", 0.5f, 128, u8_type);
  model.convolution(x, r);
  model.operation(QUANTIZE, {r}, {y});
  const Program program = lowered(model, {x}, {y});
  ASSERT_EQ(calls(program), "s8 kernel s8, s8 map u8");
  const auto &table = std::get<ByteMapCall>(program.steps[1].operation).table;
  EXPECT_EQ(table.at(5), 128);
  EXPECT_EQ(table.at(6), 130);
  EXPECT_EQ(table.at(0xff), 116); // -1
  EXPECT_EQ(table.at(0x7f), 255); // saturated
}

TEST(ByteLowering, LimitsOfAnotherScaleAreATable) {
  ByteModel model;
  const int x = model.bytes("x"), r = model.bytes("r", 1, 5), y = model.bytes("y", 0.5f, -128);
  model.convolution(x, r);
  model.operation(RELU, {r}, {y});
  const Program program = lowered(model, {x}, {y});
  ASSERT_EQ(calls(program), "s8 kernel s8, s8 map s8");
  const auto &table = std::get<ByteMapCall>(program.steps[1].operation).table;
  EXPECT_EQ(table.at(0xff), 0x80); // -1, below the zero point: the new one
  EXPECT_EQ(table.at(5), 0x80);
  EXPECT_EQ(table.at(6), 0x82);
}

TEST(ByteLowering, ConcatenationsOfBytesAreWrittenInPlace) {
  ByteModel model;
  const int x = model.bytes("x"), r = model.bytes("r"), y = model.bytes("y", 0.5f, -3, s8_type, {1, 4, 4, 4});
  model.convolution(x, r);
  model.operation(CONCATENATION, {r, x}, {y}, Flat().set<std::int32_t>(0, 3));
  const Program program = lowered(model, {x}, {y});
  EXPECT_EQ(calls(program), "s8 kernel s8, s8 copy s8");
  EXPECT_EQ(program.kernels.at(0).output_strides().w, 4);
  EXPECT_EQ(program.steps[1].writes.offset, 2);
  EXPECT_EQ(program.arena_bytes, 0);
}

TEST(ByteLowering, WhatHasNoCallIsMissing) {
  ByteModel model;
  const int x = model.bytes("x"), r = model.bytes("r"), y = model.bytes("y");
  model.convolution(x, r);
  model.operation(LOGISTIC, {r}, {y});
  EXPECT_EQ(calls(lowered(model, {x}, {y})), "LOGISTIC: types: 8-bit integers\n");
}

TEST(NetworkTargets, KernelsOfFloatsHaveTheNextTarget) {
  const ElementTypes bytes{ElementType::u8, ElementType::s8, ElementType::u8};
  const Target &vnni = find_target("x86-64-avx512-vnni"), &avx2 = find_target("x86-64-avx2");
  EXPECT_EQ(target_for(vnni, bytes).name, vnni.name);
  EXPECT_EQ(target_for(vnni, {}).name, "x86-64-avx512");
  EXPECT_EQ(target_for(avx2, bytes).name, avx2.name);
  EXPECT_EQ(target_for(avx2, {}).name, avx2.name);
}

TEST(NetworkTargets, ThoseOfIntegersLead) {
  models::FoldedModel model;
  model.convolutions.resize(2);
  EXPECT_EQ(leading_types(model), ElementTypes{});
  model.convolutions[1].problem.types = {ElementType::s8, ElementType::s8, ElementType::s8};
  EXPECT_EQ(leading_types(model), model.convolutions[1].problem.types);
}
