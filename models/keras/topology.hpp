// Which layer of a model reads what: `inbound_nodes` of Keras 3 and of Keras 2.
#pragma once

#include "models/keras/layer_config.hpp"

#include <map>
#include <string>
#include <vector>

namespace convforge::models::keras {

/// An output of a layer's call: what Keras' `keras_history` says.
struct LayerOutput {
  std::string layer;
  std::int64_t call = 0, output = 0;
  bool operator<(const LayerOutput &other) const {
    return std::tie(layer, call, output) < std::tie(other.layer, other.call, other.output);
  }
  std::string words() const;
};

/// A layer is called once for each of its nodes.
struct PlannedCall {
  std::size_t layer; ///< its place in the model
  std::int64_t number;
  std::vector<LayerOutput> reads;
};

/// A Functional model's calls, each behind those that it reads, else in the order of the file. Throws Error
/// for calls that read one another in a circle or something that nothing makes.
std::vector<PlannedCall> planned_calls(const std::vector<LayerConfig> &layers);
/// `input_layers` or `output_layers`: ["image", 0, 0], or a list of them, nested in any way.
std::vector<LayerOutput> listed_outputs(const LayerConfig &model, std::string_view argument);

} // namespace convforge::models::keras
