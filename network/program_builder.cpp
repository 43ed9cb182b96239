#include "network/program_builder.hpp"

#include "base/error.hpp"
#include "network/at.hpp"
#include "network/view.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::network {
namespace {

using models::TensorId;

} // namespace

void require_floats(const models::Tensor &tensor) {
  if (!tensor.known())
    throw Error(fmt::format("'{}' has sizes that are not known: --input says those of the model's inputs",
                            tensor.name));
  if (tensor.type != models::DataType::f32)
    throw Error(fmt::format("'{}' is of type {} (expected f32)", tensor.name, name_of(tensor.type)));
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
  try {
    require_floats(tensor);
  } catch (const Error &error) {
    program_.missing.push_back({tensor.name, kind == Buffer::Kind::input ? "input" : "output", error.what()});
  }
  const std::int64_t elements = tensor.known() ? models::elements_of(tensor.sizes()) : 0;
  buffers.push_back(add_buffer({.kind = kind, .elements = elements, .tensor = id}));
}

const View &ProgramBuilder::view_of(TensorId id) {
  if (has_view(id))
    return views_[at(id)];
  const models::Tensor &tensor = graph_.tensor(id);
  if (!tensor.constant())
    throw Error(fmt::format("'{}' is not made", tensor.name));
  const std::vector<double> numbers = models::numbers_of(tensor);
  const int buffer = add_buffer({.kind = Buffer::Kind::constant,
                                 .elements = static_cast<std::int64_t>(numbers.size()),
                                 .tensor = id,
                                 .values = {numbers.begin(), numbers.end()}});
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
    set_view(id, new_view(sizes, order));
  return views_[at(id)];
}

View ProgramBuilder::new_view(const models::Shape &sizes, const Order &order) {
  return dense_view(add_buffer({.elements = models::elements_of(sizes)}), sizes, order);
}

View ProgramBuilder::values_view(std::span<const double> values, std::size_t axis, std::size_t rank) {
  const int buffer = add_buffer({.kind = Buffer::Kind::constant,
                                 .elements = static_cast<std::int64_t>(values.size()),
                                 .values = {values.begin(), values.end()}});
  models::Shape sizes(rank, 1);
  sizes[axis] = static_cast<std::int64_t>(values.size());
  return dense_view(buffer, sizes, row_major(rank));
}

void ProgramBuilder::add_step(const std::string &name, Operation operation, std::vector<Place> reads,
                              const View &writes) {
  program_.steps.push_back({name, std::move(operation), std::move(reads), place_of(writes)});
}

void ProgramBuilder::add_copy(const std::string &name, const View &from, const View &to) {
  add_step(name, elementwise(CONVFORGE_COPY, to, from), {place_of(from)}, to);
}

View ProgramBuilder::dense(TensorId id, const Order &order, const std::string &name) {
  const View view = view_of(id);
  if (is_dense(view.sizes, view.strides, order))
    return view;
  const auto [found, is_new] = copies_.try_emplace({id, order});
  if (is_new) {
    found->second = new_view(view.sizes, order);
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
