// make_model_seeds FOLDER: small models of each format, with what its reader looks at, into FOLDER/onnx and
// FOLDER/tflite.
#include "onnx_writer.hpp"
#include "tflite_writer.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>

namespace {

namespace fs = std::filesystem;
using namespace convforge::test;

void write(const fs::path &path, const std::string &bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

const std::vector<float> ones(9, 1.0f);

/// A convolution of 3x3 and what is behind it, to y.
std::string onnx_chain(std::vector<Message> nodes, std::vector<Message> constants,
                       const Sizes &x = {1, 1, 8, 8}) {
  nodes.insert(nodes.begin(), node("Conv", {"x", "w"}, {"c"}, {ints("pads", {1, 1, 1, 1})}, "conv"));
  constants.push_back(tensor("w", {1, 1, 3, 3}, ones));
  return onnx_file({nodes, constants, {value("x", x)}, {value("y", {})}});
}

void write_folded(const fs::path &folder) {
  const std::vector<Message> numbers{tensor("three", {}, {3}), tensor("zero", {}, {0}),
                                     tensor("six", {}, {6})};
  write(folder / "hard_swish.onnx",
        onnx_chain({node("Add", {"c", "three"}, {"a"}), node("Clip", {"a", "zero", "six"}, {"b"}),
                    node("Mul", {"c", "b"}, {"d"}), node("Div", {"d", "six"}, {"y"})},
                   numbers));
  std::vector<Message> norm;
  for (const char *name : {"g", "b", "m", "v"})
    norm.push_back(tensor(name, {1}, {1}));
  write(folder / "normalization.onnx",
        onnx_chain({node("BatchNormalization", {"c", "g", "b", "m", "v"}, {"n"}, {real("epsilon", 1e-3f)}),
                    node("PRelu", {"n", "g"}, {"p"}), node("Add", {"p", "x"}, {"y"})},
                   norm));
  write(folder / "open_sizes.onnx",
        onnx_chain({node("LeakyRelu", {"c"}, {"y"}, {real("alpha", 0.1f)})}, {}, {-1, 1, -1, 8}));
  write(folder / "pools.onnx",
        onnx_chain({node("MaxPool", {"c"}, {"a"},
                         {ints("kernel_shape", {2, 2}), ints("strides", {2, 2}), integer("ceil_mode", 1)}),
                    node("GlobalAveragePool", {"a"}, {"b"}),
                    node("ConvTranspose", {"a", "w"}, {"d"}, {ints("output_padding", {0, 0})}),
                    node("Flatten", {"d"}, {"y"})},
                   {}));
}

void write_shapes(const fs::path &folder) {
  write(folder / "shapes.onnx",
        onnx_chain({node("Shape", {"c"}, {"s"}), node("Slice", {"s", "zero", "two"}, {"n"}),
                    node("Concat", {"n", "rest"}, {"to"}, {integer("axis", 0)}),
                    node("Reshape", {"c", "to"}, {"r"}),
                    node("Transpose", {"r"}, {"t"}, {ints("perm", {2, 0, 1})}),
                    node("Unsqueeze", {"t", "zero"}, {"u"}), node("Squeeze", {"u", "zero"}, {"q"}),
                    node("Gather", {"s", "two"}, {"one"}), node("ConstantOfShape", {"one"}, {"z"}),
                    node("Expand", {"q", "s"}, {"e"}), node("Tile", {"q", "s"}, {"f"}),
                    node("Split", {"q"}, {"y", "other"}, {integer("axis", 0)})},
                   {tensor("zero", {0}), tensor("two", {2}), tensor("rest", {-1})}));
  write(folder / "pads.onnx",
        onnx_file({{node("Pad", {"x", "p"}, {"a"}, {word("mode", "reflect")}),
                    node("Resize", {"a", "", "s"}, {"b"}), node("Conv", {"a", "w"}, {"c"}),
                    node("ReduceMean", {"c"}, {"d"}, {ints("axes", {2, 3})}), node("Gemm", {"d", "k"}, {"e"}),
                    node("MatMul", {"c", "c"}, {"y"})},
                   {tensor("p", {0, 0, 1, 1, 0, 0, 1, 1}), tensor("s", {4}, {1, 1, 2, 2}),
                    tensor("w", {1, 1, 3, 3}, ones), tensor("k", {1, 1}, {1})},
                   {value("x", {1, 1, 8, 8})},
                   {value("y", {})}}));
  write(folder / "least_pad.onnx", // which has no opposite
        onnx_file({{node("Pad", {"x", "p"}, {"y"})},
                   {tensor("p", {std::numeric_limits<std::int64_t>::min(), 0})},
                   {value("x", {8})},
                   {value("y", {})}}));
  const Message yes = graph({{node("Conv", {"x", "w"}, {"inner"}, {}, "c")}, {}, {}, {value("inner", {})}});
  const Message no = graph({{node("Relu", {"x"}, {"other"})}, {}, {}, {value("other", {})}});
  for (const bool constant : {true, false}) {
    GraphParts parts{{node("If", {"flag"}, {"y"},
                           {graph_attribute("then_branch", yes), graph_attribute("else_branch", no)})},
                     {tensor("w", {1, 1, 3, 3}, ones)},
                     {value("x", {1, 1, 8, 8})},
                     {value("y", {})}};
    if (constant)
      parts.constants.push_back(raw_tensor<std::uint8_t>("flag", {}, 9, {1}));
    else
      parts.inputs.push_back(value("flag", {}, 9));
    write(folder / (constant ? "chosen.onnx" : "branches.onnx"), onnx_file(parts));
  }
  write(folder / "casts.onnx",
        onnx_file({{node("Cast", {"h"}, {"w"}, {integer("to", 1)}),
                    node("DequantizeLinear", {"q", "s", "z"}, {"b"}), node("Conv", {"x", "w", "b"}, {"y"})},
                   {raw_tensor<std::uint16_t>("h", {1, 1, 1, 1}, 10, {0x3c00}),
                    raw_tensor<std::uint8_t>("q", {1}, 2, {7}), tensor("s", {}, {0.5f}),
                    raw_tensor<std::uint8_t>("z", {}, 2, {3})},
                   {value("x", {1, 1, 8, 8})},
                   {value("y", {})}}));
  write(folder / "refused_later_opset.onnx", onnx_file({{}, {}, {}, {}}, 99));
  write(folder / "refused_nothing.onnx", "");
  write(folder / "refused_zero_byte.onnx",
        onnx_file({{node(std::string("\0Relu", 5), {"none"}, {"y"})}, {}, {}, {value("y", {})}}));
}

/// What stands between convolutions.
void write_operators(const fs::path &folder) {
  write(folder / "functions.onnx",
        onnx_chain({node("Abs", {"c"}, {"a"}), node("Sqrt", {"a"}, {"b"}), node("Pow", {"b", "e"}, {"d"}),
                    node("GreaterOrEqual", {"d", "e"}, {"t"}), node("Where", {"t", "d", "e"}, {"y"})},
                   {tensor("e", {1, 8}, std::vector<float>(8, 2))}));
  const Message spatial = ints("kernel_shape", {3, 3});
  write(folder / "operators.onnx",
        onnx_chain(
            {node("AveragePool", {"c"}, {"a"},
                  {spatial, word("auto_pad", "SAME_LOWER"), integer("count_include_pad", 1)}),
             node("MaxPool", {"a"}, {"b"}, {spatial, ints("dilations", {2, 1}), ints("pads", {1, 1, 0, 0})}),
             node("Resize", {"b", "", "s"}, {"d"},
                  {word("mode", "linear"), word("coordinate_transformation_mode", "align_corners")}),
             node("Resize", {"b", "", "s"}, {"e"}, {word("mode", "cubic"), real("cubic_coeff_a", -0.5f)}),
             node("Resize", {"b", "", "", "n"}, {"f"}, {word("nearest_mode", "ceil")}),
             node("Max", {"d", "e"}, {"g"}), node("Min", {"g"}, {"h"}),
             node("Gather", {"h", "i"}, {"j"}, {integer("axis", 3)}),
             node("Gather", {"h", "k"}, {"l"}, {integer("axis", 2)}),
             node("Slice", {"h", "k1", "i1", "ax", "step"}, {"m"}),
             node("Softmax", {"m"}, {"o"}, {integer("axis", 2)}),
             node("Concat", {"m", "o"}, {"q"}, {integer("axis", 2)}),
             node("Split", {"q"}, {"r", "t"}, {integer("axis", 2)}), node("Tile", {"r", "s1"}, {"u"}),
             node("ReduceMax", {"u"}, {"v"}, {ints("axes", {1, -1})}), node("Dropout", {"v"}, {"y"})},
            {tensor("s", {4}, {1, 1, 1.6f, 0.5f}), tensor("n", {1, 1, 3, 9}), tensor("i", {-1, 0, 1}),
             raw_tensor<std::int64_t>("k", {}, 7, {1}), tensor("k1", {-1}), tensor("i1", {0}),
             tensor("ax", {2}), tensor("step", {-2}), tensor("s1", {1, 2, 1, 3})}));
}

void write_quantised_onnx(const fs::path &folder) {
  const std::vector<Message> scales{tensor("s", {}, {0.5f}),
                                    tensor("t", {2}, {0.25f, 0.125f}),
                                    raw_tensor<std::uint8_t>("z", {}, 2, {3}),
                                    raw_tensor<std::int8_t>("u", {2}, 3, {0, 0}),
                                    raw_tensor<std::int8_t>("w", {2, 1, 1, 1}, 3, {5, -6}),
                                    raw_tensor<std::int32_t>("b", {2}, 6, {7, 8})};
  write(folder / "qlinear.onnx",
        onnx_file({{node("QLinearConv", {"x", "s", "z", "w", "t", "u", "s", "z", "b"}, {"a"}),
                    node("MaxPool", {"a"}, {"c"}, {ints("kernel_shape", {2, 2})}),
                    node("ConvInteger", {"x", "w", "z"}, {"y"})},
                   scales,
                   {value("x", {1, 1, 8, 8}, 2)},
                   {value("y", {}), value("c", {})}}));
  write(folder / "qdq.onnx",
        onnx_file({{node("DequantizeLinear", {"x", "s", "z"}, {"f"}),
                    node("DequantizeLinear", {"w", "t", "u"}, {"g"}, {integer("axis", 0)}),
                    node("DequantizeLinear", {"b", "k"}, {"h"}, {integer("axis", 0)}),
                    node("Conv", {"f", "g", "h"}, {"c"}), node("Relu", {"c"}, {"r"}),
                    node("QuantizeLinear", {"r", "s", "z"}, {"y"})},
                   [&] {
                     std::vector<Message> all = scales;
                     all.push_back(tensor("k", {2}, {0.125f, 0.0625f}));
                     return all;
                   }(),
                   {value("x", {1, 1, 8, 8}, 2)},
                   {value("y", {})}}));
}

Flat options(int padding, int stride, int activation, int activation_field) {
  return Flat()
      .set<std::int8_t>(0, static_cast<std::int8_t>(padding))
      .set<std::int32_t>(1, stride)
      .set<std::int32_t>(2, stride)
      .set<std::int8_t>(activation_field, static_cast<std::int8_t>(activation));
}

void write_flat_operators(const fs::path &folder) {
  FlatModel model;
  const auto whole = [&](const char *name, const std::vector<int> &numbers) {
    return model.tensor(name, {static_cast<int>(numbers.size())}, 2, raw(numbers));
  };
  const int x = model.tensor("x", {1, 8, 8, 2}), pooled = model.tensor("pooled", {1, 4, 4, 2}),
            mean = model.tensor("mean", {1, 4, 4, 2}), large = model.tensor("large", {1, 7, 9, 2}),
            row = model.tensor("row", {7, 9, 2}), packed = model.tensor("packed", {2, 7, 9, 2}),
            half = model.tensor("half", {2, 7, 4, 2}), rest = model.tensor("rest", {2, 7, 5, 2}),
            joined = model.tensor("joined", {2, 7, 9, 2}),
            w = model.tensor("w", {3, 18}, 0, raw(std::vector<float>(54, 1))), y = model.tensor("y", {14, 3}),
            z = model.tensor("z", {14, 3}), s = model.tensor("s", {1, 2});
  model.operation(17, {x}, {pooled}, options(0, 2, 1, 5).set<std::int32_t>(3, 2).set<std::int32_t>(4, 2));
  model.operation(1, {pooled}, {mean}, options(0, 1, 0, 5).set<std::int32_t>(3, 3).set<std::int32_t>(4, 3));
  model.operation(23, {mean, whole("size", {7, 9})}, {large}, Flat().set<std::uint8_t>(3, 1));
  model.operation(45, {large, whole("begin", {0, 0}), whole("end", {1, 7}), whole("steps", {1, 1})}, {row},
                  Flat().set<std::int32_t>(4, 1));
  model.operation(83, {row, row}, {packed}, Flat().set<std::int32_t>(0, 2));
  model.operation(102, {packed, whole("sizes", {4, 5}), whole("axis", {2})}, {half, rest});
  model.operation(2, {half, rest}, {joined}, Flat().set<std::int32_t>(0, 2));
  model.operation(9, {joined, w}, {y});
  model.operation(25, {y}, {z}, Flat().set<float>(0, 1));
  model.operation(40, {pooled, whole("axes", {1, 2})}, {s});
  write(folder / "operators.tflite", model.file({x}, {z, s}));
}

void write_quantised_tflite(const fs::path &folder) {
  FlatModel model;
  const int x = model.tensor("x", {1, 8, 8, 2}),
            q = model.quantised_tensor("q", {1, 8, 8, 2}, 9, {0.5f}, {3}),
            w = model.quantised_tensor("w", {2, 1, 1, 2}, 9, {0.5f, 0.25f}, {0, 0}, "abcd"),
            b = model.tensor("b", {2}, 2, raw(std::vector<int>{5, 6})),
            c = model.quantised_tensor("c", {1, 8, 8, 2}, 9, {0.25f}, {-9}),
            r = model.quantised_tensor("r", {1, 8, 8, 2}, 9, {0.25f}, {-9}),
            y = model.tensor("y", {1, 8, 8, 2});
  model.operation(114, {x}, {q});
  model.operation(3, {q, w, b}, {c}, options(1, 1, 3, 3));
  model.operation(19, {c}, {r});
  model.operation(6, {r}, {y});
  write(folder / "quantised.tflite", model.file({x}, {y}));
}

void write_tflite(const fs::path &folder) {
  FlatModel model;
  const int x = model.tensor("x", {1, 8, 8, 2}),
            p = model.tensor("p", {4, 2}, 2, raw(std::vector<int>{0, 0, 1, 1, 1, 1, 0, 0})),
            a = model.tensor("a", {1, 10, 10, 2}),
            w = model.tensor("w", {2, 3, 3, 2}, 0, raw(std::vector<float>(36, 1))),
            b = model.tensor("b", {2}, 0, raw(std::vector<float>(2, 1))), c = model.tensor("c", {1, 8, 8, 2}),
            d = model.tensor("d", {1, 8, 8, 2}),
            s = model.tensor("s", {1, 1, 2}, 0, raw(std::vector<float>(2, 0.5f))),
            e = model.tensor("e", {1, 8, 8, 2}), y = model.tensor("y", {1, 8, 8, 2});
  model.operation(34, {x, p}, {a});
  model.operation(3, {a, w, b}, {c}, options(1, 1, 0, 3));
  model.operation(54, {c, s}, {d});
  model.operation(0, {d, x}, {e}, Flat().set<std::int8_t>(0, 1));
  model.operation(117, {e}, {y});
  write(folder / "chain.tflite", model.file({x}, {y}));
  FlatModel packed;
  const Flat sparse = Flat()
                          .set<std::int8_t>(0, 1)
                          .set<std::uint8_t>(2, 1)
                          .child(3, Flat().numbers(0, std::vector<int>{0, 1, 3}))
                          .set<std::uint8_t>(4, 3)
                          .child(5, Flat().numbers(0, std::vector<std::uint8_t>{2, 0, 3}));
  std::vector<Flat> levels;
  for (const int size : {2, 1, 1})
    levels.push_back(Flat().set<std::int32_t>(1, size));
  levels.push_back(sparse);
  const int z = packed.sparse_tensor("z", {2, 1, 1, 4}, 1,
                                     raw(std::vector<std::uint16_t>{0x3c00, 0x4000, 0x4200}),
                                     Flat().numbers(0, std::vector<int>{0, 1, 2, 3}).tables(2, levels)),
            h = packed.tensor("h", {2, 1, 1, 4}, 1), k = packed.tensor("k", {2, 1, 1, 4}),
            in = packed.tensor("in", {1, 4, 4, 4}), o = packed.tensor("o", {1, 4, 4, 2}),
            q = packed.tensor("q", {1, 3, 3, 4}, 0, raw(std::vector<float>(36, 1))),
            r = packed.tensor("r", {1, 2, 2, 4});
  packed.operation(124, {z}, {h});
  packed.operation(6, {h}, {k});
  packed.operation(3, {in, k}, {o}, options(0, 1, 3, 3));
  packed.operation(4, {in, q}, {r}, options(1, 1, 1, 4));
  packed.operation(32, {r}, {}, {}, "Convolution2DTransposeBias");
  write(folder / "packed.tflite", packed.file({in}, {o, r}));
  FlatModel mute; // An activation fused to nothing.
  const int in2 = mute.tensor("in", {1, 4, 4, 4});
  mute.operation(3, {in2, in2}, {}, options(0, 1, 3, 3));
  mute.operation(32, {in2}, {}); // A custom operator without a name.
  write(folder / "no_output.tflite", mute.file({in2}, {in2}));
  write(folder / "refused_cut.tflite", packed.file({in}, {o}).substr(0, 300));
}

} // namespace

int main(int count, char **arguments) {
  if (count != 2) {
    std::fprintf(stderr, "make_model_seeds FOLDER\n");
    return 2;
  }
  const fs::path folder = arguments[1];
  write_folded(folder / "onnx");
  write_shapes(folder / "onnx");
  write_operators(folder / "onnx");
  write_quantised_onnx(folder / "onnx");
  write_tflite(folder / "tflite");
  write_flat_operators(folder / "tflite");
  write_quantised_tflite(folder / "tflite");
  return 0;
}
