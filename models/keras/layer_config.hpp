// A layer as a model's configuration describes it: its class and the arguments of its constructor.
#pragma once

#include "models/keras/config_json.hpp"
#include "models/tensor.hpp"
#include "problem/frameworks.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace convforge::models::keras {

/// Refers to the JSON, which must outlive it.
class LayerConfig {
public:
  /// An entry of a model's `layers`, or an activation that is a layer. Throws Error without class and name.
  explicit LayerConfig(const Json &entry);

  const std::string &type() const { return type_; } ///< "Conv2D"
  const std::string &name() const { return name_; }
  std::string words() const; ///< "Conv2D 'first'"
  const Json &entry() const { return *entry_; }
  const Json &config() const { return *config_; }
  /// Null: not there, or None.
  const Json *find(std::string_view argument) const;

  // Arguments; `otherwise` where there is none or it is None. Throw Error naming layer, argument and value.
  std::int64_t integer(std::string_view argument, std::int64_t otherwise) const;
  double number(std::string_view argument, double otherwise) const;
  bool flag(std::string_view argument, bool otherwise) const;
  std::string text(std::string_view argument, std::string_view otherwise) const;
  /// A number, or a list of them.
  std::vector<int> integers(std::string_view argument, int otherwise) const;
  /// The same, as many as there are axes.
  std::vector<int> integers(std::string_view argument, int otherwise, std::size_t axes) const;
  /// The type that it computes in: "float32", "mixed_float16".
  std::string dtype() const;
  /// Sizes; null becomes unknown_size. None where the argument is missing.
  std::optional<Shape> shape(std::string_view argument) const;
  bool channels_first() const;
  [[noreturn]] void refuse(std::string_view argument, const Json &value, const std::string &expected) const;

private:
  const Json *entry_, *config_;
  std::string type_, name_;
};

/// A list of sizes, null where one is open; none where it is no such list.
std::optional<Shape> shape_of_json(const Json &value);

} // namespace convforge::models::keras
