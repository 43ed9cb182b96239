// Small ONNX files, made field by field as onnx.proto numbers them.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace convforge::test {

class Message {
public:
  Message &integer(int field, std::int64_t value) {
    varint(static_cast<std::uint64_t>(field) << 3);
    return varint(static_cast<std::uint64_t>(value));
  }
  Message &text(int field, const std::string &value) {
    varint((static_cast<std::uint64_t>(field) << 3) | 2);
    varint(value.size());
    bytes_ += value;
    return *this;
  }
  Message &message(int field, const Message &value) { return text(field, value.bytes_); }
  Message &number(int field, float value) {
    varint((static_cast<std::uint64_t>(field) << 3) | 5);
    bytes_.append(reinterpret_cast<const char *>(&value), sizeof value);
    return *this;
  }
  const std::string &bytes() const { return bytes_; }

private:
  Message &varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
    return *this;
  }

  std::string bytes_;
};

using Sizes = std::vector<std::int64_t>;

template <typename Number>
Message raw_tensor(const std::string &name, const Sizes &dims, int type, const std::vector<Number> &values) {
  Message tensor;
  for (const std::int64_t size : dims)
    tensor.integer(1, size);
  return tensor.integer(2, type).text(8, name).text(
      9, std::string(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(Number)));
}
inline Message tensor(const std::string &name, const Sizes &dims, const std::vector<float> &values) {
  return raw_tensor(name, dims, 1, values);
}
inline Message tensor(const std::string &name, const std::vector<std::int64_t> &values) {
  return raw_tensor(name, {static_cast<std::int64_t>(values.size())}, 7, values);
}

/// A size of -1 is left open.
inline Message value(const std::string &name, const Sizes &dims, int type = 1) {
  Message shape;
  for (const std::int64_t size : dims)
    shape.message(1, size < 0 ? Message().text(2, "N") : Message().integer(1, size));
  return Message().text(1, name).message(2,
                                         Message().message(1, Message().integer(1, type).message(2, shape)));
}

inline Message ints(const std::string &name, const std::vector<std::int64_t> &values) {
  Message attribute;
  attribute.text(1, name);
  for (const std::int64_t number : values)
    attribute.integer(8, number);
  return attribute.integer(20, 7);
}
inline Message integer(const std::string &name, std::int64_t number) {
  return Message().text(1, name).integer(3, number).integer(20, 2);
}
inline Message real(const std::string &name, float number) {
  return Message().text(1, name).number(2, number).integer(20, 1);
}
inline Message word(const std::string &name, const std::string &text) {
  return Message().text(1, name).text(4, text).integer(20, 3);
}
inline Message graph_attribute(const std::string &name, const Message &graph) {
  return Message().text(1, name).message(6, graph).integer(20, 5);
}

inline Message node(const std::string &type, const std::vector<std::string> &inputs,
                    const std::vector<std::string> &outputs, const std::vector<Message> &attributes = {},
                    const std::string &name = "") {
  Message made;
  for (const std::string &input : inputs)
    made.text(1, input);
  for (const std::string &output : outputs)
    made.text(2, output);
  made.text(3, name).text(4, type);
  for (const Message &attribute : attributes)
    made.message(5, attribute);
  return made;
}

struct GraphParts {
  std::vector<Message> nodes, constants, inputs, outputs;
};
inline Message graph(const GraphParts &parts) {
  Message made;
  for (const Message &each : parts.nodes)
    made.message(1, each);
  for (const Message &each : parts.constants)
    made.message(5, each);
  for (const Message &each : parts.inputs)
    made.message(11, each);
  for (const Message &each : parts.outputs)
    made.message(12, each);
  return made;
}
inline std::string onnx_file(const GraphParts &parts, std::int64_t opset = 17) {
  return Message().integer(1, 8).message(7, graph(parts)).message(8, Message().integer(2, opset)).bytes();
}
inline std::span<const std::uint8_t> bytes_of(const std::string &file) {
  return {reinterpret_cast<const std::uint8_t *>(file.data()), file.size()};
}

} // namespace convforge::test
