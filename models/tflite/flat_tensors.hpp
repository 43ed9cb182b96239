// The tensors of a TensorFlow Lite file, and constants that it stores in fewer bytes.
#pragma once

#include "models/constant_budget.hpp"
#include "models/tensor.hpp"
#include "models/tflite/flat_table.hpp"

#include <vector>

namespace convforge::models::tflite {

/// The elements of a tensor that are not zero, and where they belong.
struct SparseConstant {
  std::vector<int> order, block_map; ///< of levels: which axis each is, axes of blocks behind the tensor's
  struct Level {
    bool dense = true;
    std::int64_t size = 0; ///< of a dense one
    std::vector<std::int64_t> segments, indices;
  };
  std::vector<Level> levels;
  Bytes values;
};

struct FlatTensor {
  Tensor tensor; ///< without data where it is sparse
  std::optional<SparseConstant> sparse;
};

/// Throws Error naming the tensor.
FlatTensor read_tensor(const FlatTable &table, const std::vector<FlatTable> &buffers, Bytes file,
                       ConstantBudget &budget);
/// All elements of a sparse constant. Throws Error where it contradicts itself.
Data densified(const SparseConstant &sparse, const Tensor &tensor, ConstantBudget &budget);

} // namespace convforge::models::tflite
