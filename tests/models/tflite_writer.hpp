// Small TensorFlow Lite files: FlatBuffers' tables and vectors, written as they refer to one another.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace convforge::test {

template <typename Number>
std::string raw(const std::vector<Number> &numbers) {
  return {reinterpret_cast<const char *>(numbers.data()), numbers.size() * sizeof(Number)};
}

/// A table by the places of its fields, a vector of numbers, or a vector of tables.
class Flat {
public:
  template <typename Number>
  Flat &set(int field, Number number) {
    fields_[field] = std::string(reinterpret_cast<const char *>(&number), sizeof number);
    return *this;
  }
  Flat &child(int field, Flat value) {
    fields_[field] = std::vector<Flat>{std::move(value)};
    return *this;
  }
  template <typename Number>
  Flat &numbers(int field, const std::vector<Number> &values) {
    Flat vector;
    vector.count_ = static_cast<int>(values.size()), vector.bytes_ = raw(values);
    return child(field, vector);
  }
  Flat &text(int field, const std::string &value) {
    return numbers(field, std::vector<char>(value.begin(), value.end()));
  }
  Flat &tables(int field, std::vector<Flat> values) {
    Flat vector;
    vector.count_ = static_cast<int>(values.size()), vector.members_ = std::move(values);
    return child(field, vector);
  }

  std::string file() const {
    std::string bytes(4, '\0');
    bytes += "TFL3";
    refer(bytes, 0, write(bytes));
    return bytes;
  }

private:
  template <typename Number>
  static void put(std::string &bytes, std::size_t place, Number number) {
    std::memcpy(bytes.data() + place, &number, sizeof number);
  }
  static void refer(std::string &bytes, std::size_t from, std::size_t to) {
    put(bytes, from, static_cast<std::uint32_t>(to - from));
  }

  /// Behind what is there; where it begins.
  std::size_t write(std::string &bytes) const {
    return count_ < 0 ? write_table(bytes) : write_vector(bytes);
  }

  std::size_t write_vector(std::string &bytes) const {
    const std::size_t begin = bytes.size();
    bytes.append(4, '\0');
    put(bytes, begin, static_cast<std::uint32_t>(count_));
    bytes += bytes_;
    bytes.append(4 * members_.size(), '\0');
    for (std::size_t i = 0; i < members_.size(); ++i)
      refer(bytes, begin + 4 + 4 * i, members_[i].write(bytes));
    return begin;
  }

  std::size_t write_table(std::string &bytes) const {
    const std::size_t layout = bytes.size(),
                      count = fields_.empty() ? 0 : static_cast<std::size_t>(fields_.rbegin()->first) + 1;
    bytes.append(4 + 2 * count, '\0');
    const std::size_t begin = bytes.size();
    bytes.append(4 + 8 * fields_.size(), '\0');
    put(bytes, layout, static_cast<std::uint16_t>(4 + 2 * count));
    put(bytes, layout + 2, static_cast<std::uint16_t>(4 + 8 * fields_.size()));
    put(bytes, begin, static_cast<std::int32_t>(begin - layout));
    std::size_t next = begin + 4;
    for (const auto &[field, value] : fields_) {
      put(bytes, layout + 4 + 2 * static_cast<std::size_t>(field), static_cast<std::uint16_t>(next - begin));
      if (const auto *scalar = std::get_if<std::string>(&value))
        bytes.replace(next, scalar->size(), *scalar);
      else
        refer(bytes, next, std::get<std::vector<Flat>>(value)[0].write(bytes));
      next += 8;
    }
    return begin;
  }

  std::map<int, std::variant<std::string, std::vector<Flat>>> fields_;
  int count_ = -1; ///< of a vector
  std::string bytes_;
  std::vector<Flat> members_;
};

/// A model of one graph, tensor by tensor and operator by operator.
class FlatModel {
public:
  /// Its number. Types are the schema's: 0 f32, 1 f16, 2 s32, 3 u8, 9 s8.
  int tensor(const std::string &name, const std::vector<int> &shape, int type = 0,
             const std::string &data = "") {
    return add(name, shape, type, data, -1, {});
  }
  int quantised_tensor(const std::string &name, const std::vector<int> &shape, int type,
                       const std::vector<float> &scales, const std::vector<std::int64_t> &zero_points = {},
                       const std::string &data = "", int axis = 0) {
    return add(name, shape, type, data, 4,
               Flat().numbers(2, scales).numbers(3, zero_points).set<std::int32_t>(6, axis));
  }
  int sparse_tensor(const std::string &name, const std::vector<int> &shape, int type,
                    const std::string &values, Flat sparsity) {
    return add(name, shape, type, values, 6, std::move(sparsity));
  }
  void operation(int code, const std::vector<int> &inputs, const std::vector<int> &outputs, Flat options = {},
                 const std::string &custom = "", const std::string &custom_options = "") {
    Flat made;
    made.set<std::int8_t>(0, static_cast<std::int8_t>(code < 127 ? code : 127)).set<std::int32_t>(3, code);
    if (!custom.empty())
      made.text(1, custom);
    codes_.push_back(made);
    operators_.push_back(Flat()
                             .set<std::uint32_t>(0, static_cast<std::uint32_t>(codes_.size() - 1))
                             .numbers(1, inputs)
                             .numbers(2, outputs)
                             .child(4, std::move(options)));
    if (!custom_options.empty())
      operators_.back().text(5, custom_options);
  }
  std::string file(const std::vector<int> &inputs, const std::vector<int> &outputs) const {
    const Flat graph =
        Flat().tables(0, tensors_).numbers(1, inputs).numbers(2, outputs).tables(3, operators_);
    return Flat().set<std::uint32_t>(0, 3).tables(1, codes_).tables(2, {graph}).tables(4, buffers_).file();
  }

private:
  /// `extra`: of the field, if there is one.
  int add(const std::string &name, const std::vector<int> &shape, int type, const std::string &data,
          int field, Flat extra) {
    Flat made = Flat().numbers(0, shape).set<std::int8_t>(1, static_cast<std::int8_t>(type)).text(3, name);
    if (!data.empty()) {
      buffers_.push_back(Flat().text(0, data));
      made.set<std::uint32_t>(2, static_cast<std::uint32_t>(buffers_.size() - 1));
    }
    if (field >= 0)
      made.child(field, std::move(extra));
    tensors_.push_back(made);
    return static_cast<int>(tensors_.size()) - 1;
  }

  std::vector<Flat> tensors_, operators_, codes_, buffers_{Flat()};
};

} // namespace convforge::test
