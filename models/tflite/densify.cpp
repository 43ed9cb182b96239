// Sparse constants with their zeros, as TensorFlow Lite's FormatConverter has them.
#include "models/tflite/flat_tensors.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::models::tflite {
namespace {

class Densifier {
public:
  Densifier(const SparseConstant &sparse, const Tensor &tensor)
      : sparse_(sparse), shape_(tensor.sizes()), element_(bytes_of(tensor.type)) {
    check();
    result_ =
        std::make_shared<std::vector<std::byte>>(static_cast<std::size_t>(elements_of(shape_)) * element_);
    at_.resize(sparse_.levels.size());
  }
  Data run() {
    descend(0, 0);
    return result_;
  }

private:
  [[noreturn]] static void refuse(const char *what) { throw Error(fmt::format("sparsity: {}", what)); }

  std::size_t rank() const { return shape_.size(); }

  /// That no level counts further than its axis, so that there is no more work than elements.
  void check() {
    const std::size_t count = sparse_.levels.size();
    if (count != rank() + sparse_.block_map.size() || sparse_.order.size() != count)
      refuse("another number of levels than of axes and blocks");
    std::vector<int> sorted = sparse_.order;
    std::ranges::sort(sorted);
    for (std::size_t i = 0; i < count; ++i)
      if (sorted[i] != static_cast<int>(i))
        refuse("the order of levels is none of all axes");
    sizes_ = shape_;
    for (std::size_t block = 0; block < sparse_.block_map.size(); ++block) {
      const int axis = sparse_.block_map[block];
      const SparseConstant::Level &level = level_of(rank() + block);
      if (axis < 0 || static_cast<std::size_t>(axis) >= rank() || !level.dense || level.size < 1 ||
          sizes_[static_cast<std::size_t>(axis)] % level.size != 0)
        refuse("blocks that do not divide an axis");
      sizes_[static_cast<std::size_t>(axis)] /= level.size;
      sizes_.push_back(level.size);
    }
    for (std::size_t i = 0; i < count; ++i)
      if (sparse_.levels[i].dense && sparse_.levels[i].size != size_of(i))
        refuse("a dense level of another size than its axis");
  }

  const SparseConstant::Level &level_of(std::size_t axis) const {
    const auto found = std::ranges::find(sparse_.order, static_cast<int>(axis));
    return sparse_.levels[static_cast<std::size_t>(found - sparse_.order.begin())];
  }
  std::int64_t size_of(std::size_t level) const {
    return sizes_[static_cast<std::size_t>(sparse_.order[level])];
  }

  /// `place`: among all places of the levels before.
  void descend(std::size_t number, std::int64_t place) {
    if (number == sparse_.levels.size())
      return store(place);
    const SparseConstant::Level &level = sparse_.levels[number];
    std::int64_t &at = at_[static_cast<std::size_t>(sparse_.order[number])];
    if (level.dense) {
      for (at = 0; at < level.size; ++at)
        descend(number + 1, place * level.size + at);
      return;
    }
    if (place < 0 || static_cast<std::size_t>(place) + 1 >= level.segments.size())
      refuse("segments end early");
    const std::int64_t begin = level.segments[static_cast<std::size_t>(place)],
                       end = level.segments[static_cast<std::size_t>(place) + 1];
    if (begin < 0 || end < begin || static_cast<std::size_t>(end) > level.indices.size() ||
        end - begin > size_of(number))
      refuse("a segment leads out of its indices");
    for (std::int64_t i = begin; i < end; ++i) {
      at = level.indices[static_cast<std::size_t>(i)];
      if (at < 0 || at >= size_of(number))
        refuse("an index leads out of its axis");
      descend(number + 1, i);
    }
  }

  void store(std::int64_t source) {
    std::vector<std::int64_t> whole(at_.begin(), at_.begin() + static_cast<std::ptrdiff_t>(rank()));
    for (std::size_t block = 0; block < sparse_.block_map.size(); ++block) {
      std::int64_t &axis = whole[static_cast<std::size_t>(sparse_.block_map[block])];
      axis = axis * sizes_[rank() + block] + at_[rank() + block];
    }
    std::size_t place = 0;
    for (std::size_t i = 0; i < rank(); ++i)
      place = place * static_cast<std::size_t>(shape_[i]) + static_cast<std::size_t>(whole[i]);
    if (static_cast<std::size_t>(source) >= sparse_.values.size() / element_)
      refuse("more places than values");
    std::copy_n(std::as_bytes(sparse_.values).begin() +
                    static_cast<std::ptrdiff_t>(source * static_cast<std::int64_t>(element_)),
                element_, result_->begin() + static_cast<std::ptrdiff_t>(place * element_));
  }

  const SparseConstant &sparse_;
  const Shape &shape_;
  const std::size_t element_;
  Shape sizes_;                  ///< of axes, in blocks, and of blocks
  std::vector<std::int64_t> at_; ///< by axis, blocks' behind them
  std::shared_ptr<std::vector<std::byte>> result_;
};

} // namespace

Data densified(const SparseConstant &sparse, const Tensor &tensor, ConstantBudget &budget) {
  budget.take(static_cast<std::uint64_t>(elements_of(tensor.sizes())) * bytes_of(tensor.type));
  return Densifier(sparse, tensor).run();
}

} // namespace convforge::models::tflite
