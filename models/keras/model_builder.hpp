// The layers of a model, one after another, as nodes of a graph; models in models, too.
#pragma once

#include "models/input_shapes.hpp"
#include "models/keras/layer_call.hpp"
#include "models/keras/topology.hpp"

#include <string>
#include <vector>

namespace convforge::models::keras {

class ModelBuilder {
public:
  ModelBuilder(WeightSource &weights, const InputShapes &sizes) : weights_(weights), sizes_(sizes) {}
  /// The model's graph. Throws Error naming layer, attribute and value.
  Graph build(const Json &model);

private:
  using Tensors = std::vector<TensorId>;
  /// A model while it is read, and where it lies in others.
  struct Level {
    const LayerConfig &model;
    const WeightPlace &place;
    std::string prefix; ///< "nest/"
    int depth;
    const Tensors *inputs = nullptr; ///< null: the model of the file itself
    std::vector<LayerConfig> layers;
    std::vector<std::string> counted; ///< "conv2d_1": names of groups with weights
    std::vector<WeightPlace> places;
  };
  Tensors add_model(const LayerConfig &model, const WeightPlace &place, const std::string &prefix, int depth,
                    const Tensors *inputs);
  void read_layers(Level &level);
  Tensors add_sequential(const Level &level);
  Tensors add_functional(const Level &level);
  Tensors add_layer(const Level &level, std::size_t layer, const std::string &name, Tensors inputs,
                    int outputs);
  TensorId add_input(const LayerConfig &layer, const std::string &name, std::optional<Shape> shape);
  TensorId add_first_input(const Level &level);

  WeightSource &weights_;
  const InputShapes &sizes_;
  KerasGraph graph_;
  VariableTensors variables_;
  std::vector<std::string> input_names_;
  std::size_t layers_ = 0; ///< so far, which bounds the time that models in models take
  int models_ = 0;         ///< calls of models so far, the same
};

} // namespace convforge::models::keras
