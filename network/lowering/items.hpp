// The work of a network in order: kernels and the nodes between them, as far as outputs depend on them.
#pragma once

#include "models/folding/fold.hpp"
#include "models/graph.hpp"

#include <vector>

namespace convforge::network {

/// One of the two: a convolution of FoldedModel, which stands where its kernel's output is made, or a node.
struct Item {
  int convolution = -1;
  int node = -1;
  bool is_kernel() const { return convolution >= 0; }
};

class Items {
public:
  Items(const models::Graph &graph, const models::FoldedModel &model);

  const std::vector<Item> &all() const { return items_; }
  /// Tensors that are read and no constants of the model. Of kernels: the input, then the residuals.
  std::vector<models::TensorId> reads(const Item &item) const;
  std::vector<models::TensorId> writes(const Item &item) const;
  /// The item that makes a tensor, by its place; -1: none.
  int maker(models::TensorId id) const { return makers_[static_cast<std::size_t>(id)]; }
  /// How many items read a tensor.
  int readers(models::TensorId id) const { return readers_[static_cast<std::size_t>(id)]; }
  bool is_output(models::TensorId id) const;

private:
  void keep_needed();

  const models::Graph &graph_;
  const models::FoldedModel &model_;
  std::vector<Item> items_;
  std::vector<int> makers_, readers_;
};

} // namespace convforge::network
