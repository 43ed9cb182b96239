// Activations: as an argument of a layer, and as layers.
#include "models/keras/layer_call.hpp"

#include "base/error.hpp"
#include "problem/frameworks/keras_activation.hpp"

#include <fmt/format.h>

namespace convforge::models::keras {
namespace {

/// The number with the fewest digits that reads back the same; the epilogue's parser refuses what is none.
std::string shortest_digits(double number) {
  return fmt::format("{}", static_cast<float>(number));
}

std::optional<Epilogue> parsed_steps(const std::string &epilogue) {
  try {
    return Epilogue::parse(epilogue);
  } catch (const Error &) {
    return std::nullopt; // of an infinite number, say
  }
}

/// max(x, 0), cut off at max_value; below the threshold, of 0 alone, slope times x.
std::optional<Epilogue> relu_steps(const LayerConfig &layer) {
  const double slope = layer.number("negative_slope", 0), most = layer.number("max_value", -1);
  if (layer.number("threshold", 0) != 0 || (slope != 0 && most >= 0))
    return std::nullopt;
  if (most >= 0)
    return parsed_steps(most == 6 ? "relu6" : "clip:0:" + shortest_digits(most));
  return parsed_steps(slope == 0 ? "relu" : "leaky_relu:" + shortest_digits(slope));
}

std::optional<Epilogue> named_steps(const std::string &name) {
  try {
    return Epilogue::parse(epilogue_of_keras(name));
  } catch (const Error &) {
    return std::nullopt; // softmax, say, which is no operation of epilogues
  }
}

} // namespace

std::optional<Epilogue> steps_of_activation_layer(const LayerConfig &layer) {
  if (layer.type() == "ReLU")
    return relu_steps(layer);
  if (layer.type() == "LeakyReLU") // "alpha" in older versions
    return parsed_steps("leaky_relu:" +
                        shortest_digits(layer.number("negative_slope", layer.number("alpha", 0.3))));
  if (layer.type() == "ELU")
    return parsed_steps("elu:" + shortest_digits(layer.number("alpha", 1)));
  return std::nullopt;
}

Operation operation_of_activation(const KerasActivationSteps &activation, const std::optional<Shape> &shape) {
  if (activation.steps)
    return Elementwise{*activation.steps};
  if (activation.words == "softmax" && shape && !shape->empty())
    return Softmax{shape->size() - 1};
  return OtherOperation{fmt::format("activation={} (expected one of epilogues, or softmax of a tensor with a "
                                    "shape)",
                                    activation.words)};
}

/// A name, a function's object with its name, or a layer's.
KerasActivationSteps activation_steps(const LayerConfig &layer) {
  const Json *value = layer.find("activation");
  if (!value)
    return {"linear", Epilogue{}};
  const Json *function = member_of(*value, "config");
  if (function && function->is_string())
    value = function;
  constexpr std::size_t most_characters = 64;
  if (value->is_string() && value->get_ref<const std::string &>().size() <= most_characters)
    return {value->get<std::string>(), named_steps(value->get<std::string>())};
  if (!value->is_object())
    layer.refuse("activation", *value, "a name or a layer");
  const LayerConfig own(*value);
  return {own.type(), steps_of_activation_layer(own)};
}

} // namespace convforge::models::keras
