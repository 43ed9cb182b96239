// A program while it is made: memory for its tensors, and the calls so far.
#pragma once

#include "network/lowering/in_place.hpp"
#include "network/lowering/operation_calls.hpp"

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace convforge::network {

class ProgramBuilder {
public:
  /// `program` gets the buffers of the network's inputs and outputs. What lives longer: all of them.
  ProgramBuilder(const models::Graph &graph, const Items &items, Layout layout,
                 const models::FoldedModel &model, Program &program);

  // ---- Memory ----

  /// A tensor that is read. Throws Error where nothing has made it.
  const View &view_of(models::TensorId id);
  /// A tensor that a call writes: memory of its own, part of another's, or the caller's.
  const View &made(models::TensorId id);
  /// A tensor whose elements are another's.
  void set_view(models::TensorId id, View view) { views_[static_cast<std::size_t>(id)] = std::move(view); }
  /// A tensor that the model does not have.
  View new_view(ElementType type, const models::Shape &sizes, const Order &order);
  /// Constants along an axis of a tensor of this rank.
  View values_view(std::span<const double> values, std::size_t axis, std::size_t rank);
  ElementType type_of(const View &view) const { return program_.buffer(view).type; }
  bool has_view(models::TensorId id) const { return views_[static_cast<std::size_t>(id)].buffer >= 0; }
  /// Where it lies in a concatenation.
  const PartOf &part(models::TensorId id) const { return parts_[static_cast<std::size_t>(id)]; }

  // ---- Calls ----

  void add_step(const std::string &name, Operation operation, std::vector<Place> reads, const View &writes);
  void add_copy(const std::string &name, const View &from, const View &to);
  /// A tensor's view, or that of a copy where its elements do not lie one after another in this order. All
  /// who ask share one copy.
  View dense(models::TensorId id, const Order &order, const std::string &name);
  /// Copies what the network's outputs do not lie in yet.
  void copy_to_outputs();

  Program &program() { return program_; }

private:
  int add_buffer(Buffer buffer);
  void add_end(models::TensorId id, Buffer::Kind kind, std::vector<int> &buffers);

  const models::Graph &graph_;
  const std::vector<Order> orders_;
  const std::vector<PartOf> parts_; ///< by tensor
  std::vector<View> views_;         ///< by tensor; of no buffer: not made yet
  std::map<std::pair<models::TensorId, Order>, View> copies_;
  Program &program_;
};

/// Of a type that networks have: f32, u8 or s8; f32 of truth values. Throws Error for others, and unless its
/// sizes are known.
ElementType element_type(const models::Tensor &tensor);
/// Throws Error unless its sizes are known and its elements are of this type.
void require_type(const models::Tensor &tensor, ElementType type);

} // namespace convforge::network
