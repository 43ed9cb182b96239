#include "models/keras/topology.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <set>

namespace convforge::models::keras {
namespace {

constexpr std::size_t most_reads = 10000, most_calls = 100000;
constexpr std::int64_t most_of_a_place = 1 << 20;

bool is_place(const Json &value) {
  return value.is_number_integer() && value >= 0 && value <= most_of_a_place;
}

/// ["image", 0, 0], of Keras 2 with its keywords behind it.
bool is_output(const Json &value) {
  return value.is_array() && (value.size() == 3 || value.size() == 4) && value[0].is_string() &&
         is_place(value[1]) && is_place(value[2]);
}

LayerOutput output_of(const Json &value) {
  return {value[0].get<std::string>(), value[1].get<std::int64_t>(), value[2].get<std::int64_t>()};
}

/// All outputs in a value, in its order. JSON that is read is not deep: most_json_depth.
void collect_outputs(const LayerConfig &layer, const Json &value, std::vector<LayerOutput> &outputs) {
  if (outputs.size() > most_reads)
    layer.refuse("inbound_nodes", value, fmt::format("at most {} tensors", most_reads));
  if (is_output(value)) {
    outputs.push_back(output_of(value));
  } else if (const Json *history = member_of(value, "keras_history")) {
    if (!is_output(*history))
      layer.refuse("keras_history", *history, "a layer's name and two numbers");
    outputs.push_back(output_of(*history));
  } else if (value.is_structured()) {
    for (const Json &each : value)
      collect_outputs(layer, each, outputs);
  }
}

void add_calls(const std::vector<LayerConfig> &layers, std::size_t place, std::vector<PlannedCall> &calls) {
  const LayerConfig &layer = layers[place];
  const Json *nodes = member_of(layer.entry(), "inbound_nodes");
  if (!nodes || (nodes->is_array() && nodes->empty())) {
    calls.push_back({place, 0, {}}); // an input
    return;
  }
  if (!nodes->is_array())
    layer.refuse("inbound_nodes", *nodes, "a list");
  for (const Json &node : *nodes) {
    if (calls.size() == most_calls)
      fail("layers", fmt::format("{} calls and more", most_calls), "no more");
    PlannedCall call{place, static_cast<std::int64_t>(&node - &(*nodes)[0]), {}};
    if (const Json *arguments = member_of(node, "args")) {
      collect_outputs(layer, *arguments, call.reads);
      if (const Json *keywords = member_of(node, "kwargs"))
        collect_outputs(layer, *keywords, call.reads);
    } else {
      collect_outputs(layer, node, call.reads);
    }
    calls.push_back(std::move(call));
  }
}

/// Those that read a call, and how many each waits for.
struct WaitingCalls {
  std::vector<std::vector<std::size_t>> readers;
  std::vector<std::size_t> waits;
};

WaitingCalls waiting_calls(const std::vector<LayerConfig> &layers, std::vector<PlannedCall> &calls) {
  std::map<std::pair<std::string, std::int64_t>, std::size_t> made;
  for (std::size_t i = 0; i < calls.size(); ++i)
    made.emplace(std::pair(layers[calls[i].layer].name(), calls[i].number), i);
  WaitingCalls waiting{std::vector<std::vector<std::size_t>>(calls.size()),
                       std::vector<std::size_t>(calls.size())};
  for (std::size_t i = 0; i < calls.size(); ++i)
    for (LayerOutput &read : calls[i].reads) {
      auto maker = made.find({read.layer, read.call});
      // Keras 2 counts a nested model's own making as a call.
      if (maker == made.end() && read.call > 0)
        maker = made.find({read.layer, --read.call});
      if (maker == made.end())
        fail(fmt::format("{}: inbound_nodes", layers[calls[i].layer].words()), read.words(),
             "an output of a layer's call");
      waiting.readers[maker->second].push_back(i), ++waiting.waits[i];
    }
  return waiting;
}

} // namespace

std::string LayerOutput::words() const {
  return fmt::format("output {} of call {} of '{}'", output, call, layer.substr(0, 80));
}

std::vector<PlannedCall> planned_calls(const std::vector<LayerConfig> &layers) {
  std::vector<PlannedCall> calls, planned;
  for (std::size_t i = 0; i < layers.size(); ++i)
    add_calls(layers, i, calls);
  WaitingCalls waiting = waiting_calls(layers, calls);
  std::set<std::size_t> ready;
  for (std::size_t i = 0; i < calls.size(); ++i)
    if (waiting.waits[i] == 0)
      ready.insert(i);
  while (!ready.empty()) {
    const std::size_t next = ready.extract(ready.begin()).value();
    for (const std::size_t reader : waiting.readers[next])
      if (--waiting.waits[reader] == 0)
        ready.insert(reader);
    planned.push_back(calls[next]);
  }
  for (std::size_t i = 0; i < calls.size(); ++i)
    if (waiting.waits[i] > 0)
      fail(fmt::format("{}: inbound_nodes", layers[calls[i].layer].words()), "a circle",
           "a layer that reads what is made before it");
  return planned;
}

std::vector<LayerOutput> listed_outputs(const LayerConfig &model, std::string_view argument) {
  std::vector<LayerOutput> outputs;
  if (const Json *value = model.find(argument))
    collect_outputs(model, *value, outputs);
  if (outputs.empty())
    model.refuse(argument, model.find(argument) ? *model.find(argument) : Json(), "outputs of layers");
  return outputs;
}

} // namespace convforge::models::keras
