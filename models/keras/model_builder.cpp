#include "models/keras/model_builder.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace convforge::models::keras {
namespace {

constexpr int most_models_in_models = 8;
constexpr std::size_t most_layers = 100000;
constexpr int most_models = 1000; // whose layers are looked through for each call

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

/// As Keras names groups with weights after classes: Conv2DTranspose, conv2d_transpose
/// (keras/src/utils/naming.py).
std::string snake_case(const std::string &type) {
  std::string name;
  for (std::size_t i = 0; i < type.size(); ++i) {
    const char c = type[i];
    const bool begins_word =
        is_upper(c) && i > 0 && ((i + 1 < type.size() && is_lower(type[i + 1])) || is_lower(type[i - 1]));
    name += begins_word ? "_" : "";
    name += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return name;
}

bool is_model(const LayerConfig &layer) {
  constexpr std::array<std::string_view, 3> types{"Sequential", "Functional", "Model"};
  return std::ranges::find(types, layer.type()) != types.end() && member_of(layer.config(), "layers");
}

/// An operation of keras.ops, whose arguments are not those of the layer of its name; Add and so on of two
/// tensors are the same.
bool is_other_operation(const LayerConfig &layer, std::size_t inputs) {
  const Json *module = member_of(layer.entry(), "module");
  if (!module || !module->is_string() ||
      module->get_ref<const std::string &>().find(".ops.") == std::string::npos)
    return false;
  constexpr std::array<std::string_view, 3> same{"Add", "Subtract", "Multiply"};
  return inputs != 2 || std::ranges::find(same, layer.type()) == same.end();
}

/// Sizes of an input: of Keras 3, of Keras 2.
std::optional<Shape> batch_shape(const LayerConfig &layer) {
  std::optional<Shape> shape = layer.shape("batch_shape");
  return shape ? shape : layer.shape("batch_input_shape");
}

/// What a Sequential without an input layer says of its input.
std::optional<Shape> shape_of_first_input(const LayerConfig &model, const LayerConfig &first) {
  if (std::optional<Shape> shape = batch_shape(first))
    return shape;
  if (std::optional<Shape> shape = model.shape("build_input_shape"))
    return shape;
  const Json *build = member_of(first.entry(), "build_config");
  const Json *shape = build ? member_of(*build, "input_shape") : nullptr;
  return shape ? shape_of_json(*shape) : std::nullopt;
}

/// "float32", where the policy is not one of floats as in InputLayer's "uint8".
DataType type_of_input(const LayerConfig &layer) {
  const std::string dtype = layer.dtype();
  constexpr std::array<std::pair<std::string_view, DataType>, 8> types{{{"float32", DataType::f32},
                                                                        {"float16", DataType::f16},
                                                                        {"float64", DataType::f64},
                                                                        {"int8", DataType::s8},
                                                                        {"uint8", DataType::u8},
                                                                        {"int32", DataType::s32},
                                                                        {"int64", DataType::s64},
                                                                        {"bool", DataType::boolean}}};
  const auto *found = std::ranges::find(types, dtype, &std::pair<std::string_view, DataType>::first);
  return found == types.end() ? DataType::other : found->second;
}

} // namespace

Graph ModelBuilder::build(const Json &json) {
  const LayerConfig model(json);
  if (!is_model(model))
    fail(
        "model: class_name", fmt::format("\"{}\"", model.type()),
        "Sequential or Functional with its layers: of other classes the file does not say what they compute");
  for (const TensorId output : add_model(model, {}, "", 0, nullptr))
    graph_.add_output(output);
  check_input_names(sizes_, input_names_);
  Graph graph = graph_.finish();
  check_order(graph);
  return graph;
}

ModelBuilder::Tensors ModelBuilder::add_model(const LayerConfig &model, const WeightPlace &place,
                                              const std::string &prefix, int depth, const Tensors *inputs) {
  if (depth == most_models_in_models)
    fail(model.words(), fmt::format("in {} models", depth),
         fmt::format("fewer than {}", most_models_in_models));
  if (++models_ > most_models)
    fail(model.words(), fmt::format("{} calls of models and more", most_models), "no more");
  Level level{model, place, prefix, depth, inputs, {}, {}, {}};
  read_layers(level);
  return model.type() == "Sequential" ? add_sequential(level) : add_functional(level);
}

void ModelBuilder::read_layers(Level &level) {
  const Json *layers = member_of(level.model.config(), "layers");
  layers_ += 1 + layers->size();
  if (!layers->is_array() || layers->empty() || layers_ > most_layers)
    level.model.refuse("layers", *layers, fmt::format("a list, {} in all at most", most_layers));
  std::map<std::string, int> count;
  for (const Json &entry : *layers) {
    const LayerConfig &layer = level.layers.emplace_back(entry);
    const std::string group = snake_case(layer.type());
    const int number = count[group]++;
    level.counted.push_back(number == 0 ? group : fmt::format("{}_{}", group, number));
    level.places.push_back(weights_.enter(level.place, layer.name(), level.counted.back()));
  }
}

/// A batch that is open is 1 unless --input says it.
TensorId ModelBuilder::add_input(const LayerConfig &layer, const std::string &name,
                                 std::optional<Shape> shape) {
  Tensor tensor{name, type_of_input(layer), std::move(shape), nullptr};
  input_names_.push_back(name);
  if (tensor.shape || sizes_.contains(name))
    tensor.shape = with_given_sizes(tensor, sizes_);
  if (tensor.shape && !tensor.shape->empty() && tensor.shape->front() == unknown_size)
    tensor.shape->front() = 1;
  const TensorId id = graph_.add_tensor(std::move(tensor));
  graph_.add_input(id);
  return id;
}

TensorId ModelBuilder::add_first_input(const Level &level) {
  const LayerConfig &first = level.layers.front();
  if (level.inputs) {
    if (level.inputs->size() != 1)
      fail(level.model.words(), fmt::format("{} inputs", level.inputs->size()), "1 of a Sequential");
    return level.inputs->front();
  }
  if (first.type() == "InputLayer")
    return add_input(first, first.name(), batch_shape(first));
  return add_input(first, first.name() + "_input", shape_of_first_input(level.model, first));
}

ModelBuilder::Tensors ModelBuilder::add_sequential(const Level &level) {
  TensorId value = add_first_input(level);
  for (std::size_t i = level.layers.front().type() == "InputLayer" ? 1 : 0; i < level.layers.size(); ++i)
    value = add_layer(level, i, level.prefix + level.layers[i].name(), {value}, 1).front();
  return {value};
}

ModelBuilder::Tensors ModelBuilder::add_functional(const Level &level) {
  const std::vector<LayerOutput> inputs = listed_outputs(level.model, "input_layers");
  if (level.inputs && level.inputs->size() != inputs.size())
    fail(level.model.words(), fmt::format("{} inputs", level.inputs->size()), std::to_string(inputs.size()));
  std::map<LayerOutput, TensorId> made;
  const auto find_layer_named = [&](const std::string &name) {
    return std::ranges::find(level.layers, name, &LayerConfig::name);
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto layer = find_layer_named(inputs[i].layer);
    if (layer == level.layers.end() || layer->type() != "InputLayer")
      fail(fmt::format("{}: input_layers", level.model.words()), inputs[i].words(), "of an InputLayer");
    made[inputs[i]] =
        level.inputs ? (*level.inputs)[i] : add_input(*layer, layer->name(), batch_shape(*layer));
  }
  const std::vector<PlannedCall> calls = planned_calls(level.layers);
  std::map<std::pair<std::string, std::int64_t>, int> outputs; // how many are read of each
  const std::vector<LayerOutput> results = listed_outputs(level.model, "output_layers");
  const auto count = [&](const LayerOutput &read) {
    int &most = outputs[{read.layer, read.call}];
    most = std::max(most, static_cast<int>(read.output) + 1);
  };
  for (const PlannedCall &call : calls)
    std::ranges::for_each(call.reads, count);
  std::ranges::for_each(results, count);
  for (const PlannedCall &call : calls) {
    const LayerConfig &layer = level.layers[call.layer];
    if (made.contains({layer.name(), call.number, 0}))
      continue; // an input
    Tensors reads;
    for (const LayerOutput &read : call.reads) {
      const auto found = made.find(read);
      if (found == made.end()) // a second output of a layer that has one
        fail(fmt::format("{}: inbound_nodes", layer.words()), read.words(), "an output of a layer's call");
      reads.push_back(found->second);
    }
    const std::string name = level.prefix + layer.name();
    const Tensors results_of_call =
        add_layer(level, call.layer, call.number == 0 ? name : fmt::format("{}#{}", name, call.number), reads,
                  outputs[{layer.name(), call.number}]);
    for (std::size_t i = 0; i < results_of_call.size(); ++i)
      made[{layer.name(), call.number, static_cast<std::int64_t>(i)}] = results_of_call[i];
  }
  Tensors tensors;
  for (LayerOutput result : results) {
    if (!made.contains(result) && result.call > 0)
      --result.call; // Keras 2 counts a nested model's own making
    const auto found = made.find(result);
    if (found == made.end())
      fail(fmt::format("{}: output_layers", level.model.words()), result.words(),
           "an output of a layer's call");
    tensors.push_back(found->second);
  }
  return tensors;
}

ModelBuilder::Tensors ModelBuilder::add_layer(const Level &level, std::size_t place, const std::string &name,
                                              Tensors inputs, int outputs) {
  const LayerConfig &layer = level.layers[place];
  if (inputs.empty())
    fail(layer.words(), "no inputs",
         "a layer that reads tensors, or an InputLayer that is an input of the model");
  if (is_model(layer))
    return add_model(layer, level.places[place], name + "/", level.depth + 1, &inputs);
  LayerCall call(layer, name, std::move(inputs), graph_);
  call.weights = &weights_, call.variables = &variables_;
  call.place = level.places[place];
  const LayerFunction known =
      is_other_operation(layer, call.inputs.size()) ? nullptr : find_layer(layer.type());
  if (known)
    return {known(call)};
  return call.add_other(std::max(outputs, 1));
}

} // namespace convforge::models::keras
