// Resized images of ONNX: methods, coordinates and roundings beside what ONNX Runtime 1.31 answers, and what
// is refused.
#include "models/onnx/onnx_model.hpp"
#include "onnx_writer.hpp"
#include "operation_text.hpp"

#include <gtest/gtest.h>

using namespace convforge;
using namespace convforge::models;
using namespace convforge::test;

namespace {

Graph resized(const Sizes &input, const std::vector<float> &scales, const std::vector<Message> &attributes,
              const std::string &type = "Resize", std::int64_t opset = 17) {
  std::vector<std::string> inputs{"x", "s"};
  if (type == "Resize" && opset > 10)
    inputs = {"x", "", "s"};
  const std::string file = onnx_file({{node(type, inputs, {"y"}, attributes, "n")},
                                      {tensor("s", {static_cast<std::int64_t>(scales.size())}, scales)},
                                      {value("x", input)},
                                      {Message().text(1, "y")}},
                                     opset);
  return onnx::parse_onnx_model(test::bytes_of(file), {});
}

std::string text_of_resize(const Sizes &input, const std::vector<float> &scales,
                           const std::vector<Message> &attributes = {}, const std::string &type = "Resize",
                           std::int64_t opset = 17) {
  const Graph graph = resized(input, scales, attributes, type, opset);
  return text_of(graph, graph.nodes.at(0));
}

/// What a resized axis makes of elements.
std::vector<float> along(const Graph &graph, const std::vector<float> &elements) {
  const auto &axis = std::get<Resampling>(graph.nodes.at(0).operation).axes.at(0);
  std::vector<float> made;
  for (std::size_t i = 0; i < axis.index.size(); i += axis.taps) {
    float sum = 0;
    for (std::size_t t = i; t < i + axis.taps; ++t)
      sum += elements[static_cast<std::size_t>(axis.index[t])] * (axis.weight.empty() ? 1 : axis.weight[t]);
    made.push_back(sum);
  }
  return made;
}

/// Of the elements i * i + 1.
struct Answer {
  const char *mode, *coordinates;
  int size;
  float scale;
  std::vector<float> answer;
};

const std::vector<Answer> answers{
    {"nearest", "half_pixel", 4, 1.6f, {1, 1, 2, 5, 5, 10}},
    {"nearest", "half_pixel", 5, 0.5f, {1, 5}},
    {"nearest", "half_pixel_symmetric", 4, 1.6f, {1, 2, 2, 5, 5, 10}},
    {"nearest", "half_pixel_symmetric", 5, 0.5f, {2, 10}},
    {"nearest", "pytorch_half_pixel", 4, 1.6f, {1, 1, 2, 5, 5, 10}},
    {"nearest", "pytorch_half_pixel", 5, 0.5f, {1, 5}},
    {"nearest", "align_corners", 4, 1.6f, {1, 2, 2, 5, 5, 10}},
    {"nearest", "align_corners", 5, 0.5f, {1, 17}},
    {"nearest", "asymmetric", 4, 1.6f, {1, 2, 2, 5, 5, 10}},
    {"nearest", "asymmetric", 5, 0.5f, {1, 5}},
    {"linear", "half_pixel", 4, 1.6f, {1, 1.4375f, 2.1875f, 4.0625f, 6.5625f, 9.6875f}},
    {"linear", "half_pixel", 5, 0.5f, {1.5f, 7.5f}},
    {"linear", "half_pixel_symmetric", 4, 1.6f, {1, 1.5625f, 2.5625f, 4.4375f, 7.1875f, 10}},
    {"linear", "half_pixel_symmetric", 5, 0.5f, {2, 10}},
    {"linear", "pytorch_half_pixel", 4, 1.6f, {1, 1.4375f, 2.1875f, 4.0625f, 6.5625f, 9.6875f}},
    {"linear", "pytorch_half_pixel", 5, 0.5f, {1.5f, 7.5f}},
    {"linear", "align_corners", 4, 1.6f, {1, 1.6f, 2.6f, 4.4f, 7, 10}},
    {"linear", "align_corners", 5, 0.5f, {1, 17}},
    {"linear", "asymmetric", 4, 1.6f, {1, 1.625f, 2.75f, 4.625f, 7.5f, 10}},
    {"linear", "asymmetric", 5, 0.5f, {1, 5}},
    {"cubic", "half_pixel", 4, 1.6f, {0.9071655f, 1.187561f, 2.176514f, 3.619385f, 6.794128f, 9.759827f}},
    {"cubic", "half_pixel", 5, 0.5f, {1.21875f, 7.125f}},
    {"cubic",
     "half_pixel_symmetric",
     4,
     1.6f,
     {0.9588013f, 1.258728f, 2.476807f, 4.066162f, 7.46051f, 10.20599f}},
    {"cubic", "half_pixel_symmetric", 5, 0.5f, {2, 10}},
    {"cubic",
     "pytorch_half_pixel",
     4,
     1.6f,
     {0.9071655f, 1.187561f, 2.176514f, 3.619385f, 6.794128f, 9.759827f}},
    {"cubic", "pytorch_half_pixel", 5, 0.5f, {1.21875f, 7.125f}},
    {"cubic", "align_corners", 4, 1.6f, {1, 1.288f, 2.504004f, 4.016001f, 7.264f, 10}},
    {"cubic", "align_corners", 5, 0.5f, {1, 17}},
    {"cubic", "asymmetric", 4, 1.6f, {1, 1.310059f, 2.609375f, 4.337891f, 7.78125f, 10.35889f}},
    {"cubic", "asymmetric", 5, 0.5f, {1, 5}}};

TEST(OnnxResize, MethodsAndCoordinates) {
  for (const auto &[mode, coordinates, size, scale, answer] : answers) {
    std::vector<float> elements;
    for (int i = 0; i < size; ++i)
      elements.push_back(static_cast<float>(i * i + 1));
    const std::vector<float> made =
        along(resized({1, size}, {1, scale},
                      {word("mode", mode), word("coordinate_transformation_mode", coordinates)}),
              elements);
    ASSERT_EQ(made.size(), answer.size()) << mode << " " << coordinates;
    for (std::size_t i = 0; i < made.size(); ++i)
      EXPECT_NEAR(made[i], answer[i], 2e-5f) << mode << " " << coordinates << " " << size << ": " << i;
  }
}

TEST(OnnxResize, NearestOnesOfHalves) {
  const auto indices = [](float scale, const char *rule, const char *mode = "half_pixel") {
    return text_of_resize({1, 4}, {1, scale},
                          {word("nearest_mode", rule), word("coordinate_transformation_mode", mode)});
  };
  EXPECT_EQ(indices(0.5f, "round_prefer_floor"), "resampling axis 1 of 1: 0,2 -> 1x2");
  EXPECT_EQ(indices(0.5f, "round_prefer_ceil"), "resampling axis 1 of 1: 1,3 -> 1x2");
  EXPECT_EQ(indices(0.5f, "floor"), "resampling axis 1 of 1: 0,2 -> 1x2");
  EXPECT_EQ(indices(0.5f, "ceil"), "resampling axis 1 of 1: 1,3 -> 1x2");
  EXPECT_EQ(indices(2, "floor", "asymmetric"), "resampling axis 1 of 1: 0,0,1,1,2,2,3,3 -> 1x8");
}

TEST(OnnxResize, ScalesAndSizes) {
  EXPECT_EQ(text_of_resize({1, 2, 2, 2}, {1, 1, 1, 2}), "resampling axis 3 of 1: 0,0,1,1 -> 1x2x2x4");
  EXPECT_EQ(text_of_resize({1, 2}, {1, 1}), "resampling -> 1x2");
  // Not 6: the product of size and scale is a float.
  EXPECT_EQ(text_of_resize({10, 1}, {0.7f, 1}), "resampling axis 0 of 1: 0,2,3,4,6,7,9 -> 7x1");
  EXPECT_EQ(text_of_resize({2, 2}, {2}, {ints("axes", {1})}), "resampling axis 1 of 1: 0,0,1,1 -> 2x4");
  EXPECT_EQ(text_of_resize({1, 3}, {1, 1.7f}, {}, "Resize", 10), "resampling axis 1 of 1: 0,0,1,1,2 -> 1x5");
  EXPECT_EQ(text_of_resize({1, 5}, {1, 0.6f}, {}, "Upsample", 9), "resampling axis 1 of 1: 0,2,4 -> 1x3");
}

TEST(OnnxResize, Refusals) {
  const auto refusal = [](const Message &attribute) { return text_of_resize({1, 2}, {1, 2}, {attribute}); };
  EXPECT_EQ(refusal(word("coordinate_transformation_mode", "tf_crop_and_resize")),
            "Resize 'n': coordinate_transformation_mode=tf_crop_and_resize (expected half_pixel, "
            "half_pixel_symmetric, pytorch_half_pixel, align_corners, asymmetric) -> 1x4");
  EXPECT_EQ(refusal(word("mode", "lanczos")),
            "Resize 'n': mode=lanczos (expected nearest, linear, cubic) -> 1x4");
  EXPECT_EQ(
      refusal(word("nearest_mode", "simple")),
      "Resize 'n': nearest_mode=simple (expected round_prefer_floor, round_prefer_ceil, floor, ceil) -> 1x4");
  EXPECT_EQ(refusal(integer("antialias", 1)), "Resize 'n': antialias=1 (expected 0) -> 1x4");
  EXPECT_EQ(refusal(integer("exclude_outside", 1)), "Resize 'n': exclude_outside=1 (expected 0) -> 1x4");
  EXPECT_EQ(refusal(word("keep_aspect_ratio_policy", "not_larger")),
            "Resize 'n': keep_aspect_ratio_policy=not_larger (expected stretch) -> no shape");
  EXPECT_EQ(text_of_resize({1, -1}, {1, 2}),
            "Resize 'n': sizes are not known: --input says those of the model's inputs -> 1x?");
  EXPECT_EQ(
      text_of_resize({1, 2}, {1, 40000}),
      "Resize 'n': size=80000 (expected 1 to 65536 elements of a resized axis, of 1 to 16777216) -> 1x80000");
  EXPECT_EQ(text_of_resize({2, 2, 2, 2}, {2, 2, 2, 2}, {word("mode", "linear")}),
            "Resize 'n': axes=4 (expected at most 3 between elements) -> 4x4x4x4");
  EXPECT_EQ(text_of_resize(Sizes(9, 1), std::vector<float>(9, 2)).substr(0, 36),
            "Resize 'n': axes=9 (expected at most");
}

/// A few bytes of a file each.
TEST(OnnxResize, TapsOfAModelAreBounded) {
  GraphParts parts{{}, {tensor("s", {1}, {65536})}, {value("x", {1})}, {Message().text(1, "y0")}};
  for (int i = 0; i < 65; ++i)
    parts.nodes.push_back(node("Resize", {"x", "", "s"}, {"y" + std::to_string(i)}));
  const std::string file = onnx_file(parts);
  const Graph graph = onnx::parse_onnx_model(test::bytes_of(file), {});
  EXPECT_TRUE(std::holds_alternative<Resampling>(graph.nodes[63].operation));
  EXPECT_EQ(text_of(graph, graph.nodes[64]),
            "Resize 'Resize_64': taps: more than 4194304 of all resized axes of the model together -> 65536");
}

} // namespace
