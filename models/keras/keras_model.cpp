#include "models/keras/keras_model.hpp"

#include "models/keras/model_builder.hpp"
#include "models/keras/zip.hpp"

namespace convforge::models::keras {
namespace {

Graph graph_of(std::string_view config, WeightSource &weights, const InputShapes &sizes, const char *what) {
  const Json json = parse_json(config, what);
  return ModelBuilder(weights, sizes).build(json);
}

Graph graph_of_parts(std::string_view config, Bytes weights, const InputShapes &sizes,
                     ConstantBudget &budget) {
  Hdf5File file(weights, budget);
  return graph_of(config, *keras_weights(file), sizes, "config.json");
}

Graph graph_of_archive(Bytes bytes, const InputShapes &sizes) {
  ConstantBudget budget(bytes.size());
  const ZipArchive archive(bytes);
  constexpr std::uint64_t most_weights = std::uint64_t{1} << 31;
  const ZipMember config = archive.read("config.json", most_json_bytes, budget),
                  weights = archive.read("model.weights.h5", most_weights, budget);
  return graph_of_parts(text_of(config.bytes), weights.bytes, sizes, budget);
}

Graph graph_of_legacy(Bytes bytes, const InputShapes &sizes) {
  ConstantBudget budget(bytes.size());
  Hdf5File file(bytes, budget);
  const auto config = file.texts(file.root(), "model_config");
  if (!config || config->size() != 1)
    fail("HDF5 file", "no attribute model_config",
         "a whole model, as model.save() writes it: files of weights alone do not say what the layers are");
  return graph_of(config->front(), *legacy_weights(file), sizes, "model_config");
}

} // namespace

Graph parse_keras_parts(std::string_view config, std::span<const std::uint8_t> weights,
                        const InputShapes &sizes) {
  ConstantBudget budget(weights.size());
  return graph_of_parts(config, weights, sizes, budget);
}

Graph parse_keras_model(std::span<const std::uint8_t> bytes, const InputShapes &sizes) {
  const bool archive = text_of(bytes).starts_with("PK");
  return archive ? graph_of_archive(bytes, sizes) : graph_of_legacy(bytes, sizes);
}

} // namespace convforge::models::keras
