#include "models/keras/layer_config.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

namespace convforge::models::keras {
namespace {

constexpr std::int64_t most_of_a_number = 1 << 30;
constexpr std::size_t most_layer_name = 256, most_numbers = 64;

const Json empty_config = Json::object();

std::string required_text(const Json *value, const std::string &what) {
  if (!value || !value->is_string() || value->get_ref<const std::string &>().empty() ||
      value->get_ref<const std::string &>().size() > most_layer_name)
    fail(what, value ? short_text(*value) : "missing",
         fmt::format("a text of 1 to {} bytes", most_layer_name));
  return value->get<std::string>();
}

bool is_integer(const Json &value) {
  return value.is_number_integer() && value >= -most_of_a_number && value <= most_of_a_number;
}

} // namespace

LayerConfig::LayerConfig(const Json &entry) : entry_(&entry) {
  type_ = required_text(member_of(entry, "class_name"), "layer: class_name");
  const Json *config = member_of(entry, "config");
  config_ = config && config->is_object() ? config : &empty_config;
  const Json *name = member_of(*config_, "name");
  name_ = required_text(name ? name : member_of(entry, "name"), type_ + ": name");
}

std::string LayerConfig::words() const {
  return fmt::format("{} '{}'", type_, name_);
}

const Json *LayerConfig::find(std::string_view argument) const {
  const Json *value = member_of(*config_, argument);
  return value && !value->is_null() ? value : nullptr;
}

void LayerConfig::refuse(std::string_view argument, const Json &value, const std::string &expected) const {
  fail(fmt::format("{}: {}", words(), argument), short_text(value), expected);
}

std::int64_t LayerConfig::integer(std::string_view argument, std::int64_t otherwise) const {
  const Json *value = find(argument);
  if (value && !is_integer(*value))
    refuse(argument, *value, "a whole number");
  return value ? value->get<std::int64_t>() : otherwise;
}

double LayerConfig::number(std::string_view argument, double otherwise) const {
  const Json *value = find(argument);
  if (value && !value->is_number())
    refuse(argument, *value, "a number");
  return value ? value->get<double>() : otherwise;
}

bool LayerConfig::flag(std::string_view argument, bool otherwise) const {
  const Json *value = find(argument);
  if (value && !value->is_boolean())
    refuse(argument, *value, "true or false");
  return value ? value->get<bool>() : otherwise;
}

std::string LayerConfig::text(std::string_view argument, std::string_view otherwise) const {
  const Json *value = find(argument);
  if (value && !value->is_string())
    refuse(argument, *value, "a text");
  return value ? value->get<std::string>() : std::string(otherwise);
}

std::vector<int> LayerConfig::integers(std::string_view argument, int otherwise) const {
  const Json *value = find(argument);
  if (!value)
    return {otherwise};
  std::vector<int> numbers;
  const Json list = value->is_array() ? *value : Json::array({*value});
  for (const Json &each : list) {
    if (!is_integer(each) || list.size() > most_numbers)
      refuse(argument, *value, "a whole number or a list of them");
    numbers.push_back(each.get<int>());
  }
  return numbers;
}

std::vector<int> LayerConfig::integers(std::string_view argument, int otherwise, std::size_t axes) const {
  std::vector<int> numbers = integers(argument, otherwise);
  if (numbers.size() == 1)
    numbers.resize(axes, numbers[0]);
  if (numbers.size() != axes)
    refuse(argument, *find(argument), fmt::format("a whole number or {} of them", axes));
  return numbers;
}

/// The policy is a name, or an object with it.
std::string LayerConfig::dtype() const {
  const Json *value = find("dtype");
  if (!value)
    return "float32";
  if (value->is_object())
    if (const Json *config = member_of(*value, "config"))
      if (const Json *name = member_of(*config, "name"))
        value = name;
  if (!value->is_string())
    refuse("dtype", *value, "the name of a type or a policy");
  return value->get<std::string>();
}

std::optional<Shape> LayerConfig::shape(std::string_view argument) const {
  const Json *value = find(argument);
  if (!value)
    return std::nullopt;
  const std::optional<Shape> shape = shape_of_json(*value);
  if (!shape)
    refuse(argument, *value, "a list of sizes from 0 on, null where one is open");
  return shape;
}

bool LayerConfig::channels_first() const {
  return text("data_format", "channels_last") == "channels_first";
}

std::optional<Shape> shape_of_json(const Json &value) {
  constexpr std::size_t most_axes = 16;
  if (!value.is_array() || value.size() > most_axes)
    return std::nullopt;
  Shape shape;
  for (const Json &size : value) {
    if (!size.is_null() && (!is_integer(size) || size < 0))
      return std::nullopt;
    shape.push_back(size.is_null() ? unknown_size : size.get<std::int64_t>());
  }
  return shape;
}

} // namespace convforge::models::keras
