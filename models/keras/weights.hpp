// Where a model's weights are: in `model.weights.h5` of a .keras file, by places, or in Keras' older HDF5
// files, by names.
#pragma once

#include "models/keras/hdf5.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace convforge::models::keras {

/// A layer, or the model itself.
struct WeightPlace {
  std::vector<std::string> layers; ///< names, from the model's own layers to those of nested models
  std::string group;               ///< of a .keras file: its group
};

/// A variable of a layer.
struct Variable {
  std::size_t place;              ///< among those of the layer
  std::vector<std::string> names; ///< "kernel"; older versions of Keras had others
};

class WeightSource {
public:
  virtual ~WeightSource() = default;
  /// A layer of a model. `counted`: "conv2d_1" of the second layer of the class.
  virtual WeightPlace enter(const WeightPlace &model, const std::string &layer,
                            const std::string &counted) = 0;
  /// None: no such variable. Throws Error for what cannot be read.
  virtual std::optional<Tensor> read(const WeightPlace &layer, const Variable &variable) = 0;
};

/// Files must outlive what is made of them.
std::unique_ptr<WeightSource> keras_weights(Hdf5File &file);
std::unique_ptr<WeightSource> legacy_weights(Hdf5File &file);

} // namespace convforge::models::keras
