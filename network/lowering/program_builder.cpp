#include "network/lowering/program_builder.hpp"

#include "base/error.hpp"
#include "network/at.hpp"
#include "network/lowering/view.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace convforge::network {
namespace {

using models::TensorId;

std::optional<ElementType> type_of_network(models::DataType type) {
  switch (type) {
  case models::DataType::f32:
    return ElementType::f32;
  case models::DataType::u8:
    return ElementType::u8;
  case models::DataType::s8:
    return ElementType::s8;
  default:
    return std::nullopt;
  }
}

/// Between operations truth values are floats, 1 and 0.
std::optional<ElementType> type_inside(models::DataType type) {
  return type == models::DataType::boolean ? ElementType::f32 : type_of_network(type);
}

/// Constants of other types are read as floats.
ElementType type_of_constant(models::DataType type) {
  return type_of_network(type).value_or(ElementType::f32);
}

template <typename Numbers>
std::vector<std::byte> float_bytes(const Numbers &numbers) {
  const std::vector<float> floats(numbers.begin(), numbers.end());
  const auto bytes = std::as_bytes(std::span(floats));
  return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> bytes_of_constant(const models::Tensor &tensor) {
  return type_of_constant(tensor.type) == ElementType::f32 ? float_bytes(models::numbers_of(tensor))
                                                           : *tensor.data;
}

} // namespace

namespace {

ElementType known_type(const models::Tensor &tensor, std::optional<ElementType> type) {
  if (!tensor.known())
    throw Error(fmt::format("'{}' has sizes that are not known: --input says those of the model's inputs",
                            tensor.name));
  if (!type)
    throw Error(
        fmt::format("'{}' is of type {} (expected f32, u8 or s8)", tensor.name, name_of(tensor.type)));
  return *type;
}

} // namespace

ElementType element_type(const models::Tensor &tensor) {
  return known_type(tensor, type_inside(tensor.type));
}

void require_type(const models::Tensor &tensor, ElementType type) {
  if (element_type(tensor) != type)
    throw Error(
        fmt::format("'{}' is of type {} (expected {})", tensor.name, name_of(tensor.type), name_of(type)));
}

ProgramBuilder::ProgramBuilder(const models::Graph &graph, const Items &items, Layout layout,
                               const models::FoldedModel &model, Program &program)
    : graph_(graph), orders_(orders_of(graph, model, items, layout)),
      parts_(parts_in_place(graph, items, orders_)), views_(graph.tensors.size()), program_(program) {
  for (const TensorId id : graph.inputs)
    if (id != models::no_tensor && !graph.tensor(id).constant()) {
      add_end(id, Buffer::Kind::input, program_.inputs);
      set_view(id, dense_view(program_.inputs.back(), graph.tensor(id).sizes(), orders_[at(id)]));
    }
  for (const TensorId id : graph.outputs)
    if (id != models::no_tensor)
      add_end(id, Buffer::Kind::output, program_.outputs);
}

int ProgramBuilder::add_buffer(Buffer buffer) {
  program_.buffers.push_back(std::move(buffer));
  return static_cast<int>(program_.buffers.size()) - 1;
}

void ProgramBuilder::add_end(TensorId id, Buffer::Kind kind, std::vector<int> &buffers) {
  const models::Tensor &tensor = graph_.tensor(id);
  ElementType type = ElementType::f32;
  try {
    type = known_type(tensor, type_of_network(tensor.type)); // the caller's own
  } catch (const Error &error) {
    program_.missing.push_back({tensor.name, kind == Buffer::Kind::input ? "input" : "output", error.what()});
  }
  const std::int64_t elements = tensor.known() ? models::elements_of(tensor.sizes()) : 0;
  buffers.push_back(add_buffer({.kind = kind, .type = type, .elements = elements, .tensor = id}));
}

const View &ProgramBuilder::view_of(TensorId id) {
  if (has_view(id))
    return views_[at(id)];
  const models::Tensor &tensor = graph_.tensor(id);
  if (!tensor.constant())
    throw Error(fmt::format("'{}' is not made", tensor.name));
  const int buffer = add_buffer({.kind = Buffer::Kind::constant,
                                 .type = type_of_constant(tensor.type),
                                 .elements = models::elements_of(tensor.sizes()),
                                 .tensor = id,
                                 .values = bytes_of_constant(tensor)});
  set_view(id, dense_view(buffer, tensor.sizes(), row_major(tensor.sizes().size())));
  return views_[at(id)];
}

const View &ProgramBuilder::made(TensorId id) {
  if (has_view(id))
    return views_[at(id)];
  const models::Shape &sizes = graph_.tensor(id).sizes();
  const Order &order = orders_[at(id)];
  const auto output = std::ranges::find(graph_.outputs, id);
  if (const PartOf &in = part(id); in.whole != models::no_tensor)
    set_view(id, part_of(made(in.whole), in.axis, in.begin, sizes[in.axis]));
  else if (output != graph_.outputs.end() && order == row_major(sizes.size()))
    set_view(id, dense_view(*std::ranges::find_if(
                                program_.outputs,
                                [&](int buffer) { return program_.buffers[at(buffer)].tensor == id; }),
                            sizes, order));
  else
    set_view(id, new_view(type_of_network(graph_.tensor(id).type).value_or(ElementType::f32), sizes, order));
  return views_[at(id)];
}

View ProgramBuilder::new_view(ElementType type, const models::Shape &sizes, const Order &order) {
  return dense_view(add_buffer({.type = type, .elements = models::elements_of(sizes)}), sizes, order);
}

View ProgramBuilder::values_view(std::span<const double> values, std::size_t axis, std::size_t rank) {
  const int buffer = add_buffer({.kind = Buffer::Kind::constant,
                                 .elements = static_cast<std::int64_t>(values.size()),
                                 .values = float_bytes(values)});
  models::Shape sizes(rank, 1);
  sizes[axis] = static_cast<std::int64_t>(values.size());
  return dense_view(buffer, sizes, row_major(rank));
}

void ProgramBuilder::add_step(const std::string &name, Operation operation, std::vector<Place> reads,
                              const View &writes) {
  program_.steps.push_back({name, std::move(operation), std::move(reads), place_of(writes)});
}

void ProgramBuilder::add_copy(const std::string &name, const View &from, const View &to) {
  add_step(name, copy(type_of(from), to, from), {place_of(from)}, to);
}

View ProgramBuilder::dense(TensorId id, const Order &order, const std::string &name) {
  View view = view_of(id);
  if (is_dense(view.sizes, view.strides, order))
    return view;
  const auto [found, is_new] = copies_.try_emplace({id, order});
  if (is_new) {
    found->second = new_view(type_of(view), view.sizes, order);
    add_copy(name + ": copy of what it reads", view, found->second);
  }
  return found->second;
}

void ProgramBuilder::copy_to_outputs() {
  for (const int buffer : program_.outputs) {
    const TensorId id = program_.buffers[at(buffer)].tensor;
    const View from = view_of(id);
    if (from.buffer != buffer)
      add_copy(graph_.tensor(id).name + ": copy to the output", from,
               dense_view(buffer, from.sizes, row_major(from.sizes.size())));
  }
}

} // namespace convforge::network
