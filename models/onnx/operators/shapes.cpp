// Operators that leave elements as they are and give them another shape or order, or speak of shapes.
#include "models/onnx/constants.hpp"
#include "models/onnx/operators/call.hpp"

#include <algorithm>
#include <numeric>

namespace convforge::models::onnx {
namespace {

/// The same elements in another shape.
Meaning reshaped(const Call &call, const std::optional<Shape> &shape) {
  Meaning meaning{.operation = Reshape{}, .shapes = {shape}};
  const Tensor *input = call.input(0);
  if (shape && all_known(*shape) && input && input->constant() &&
      elements_of(*shape) == elements_of(input->sizes()))
    meaning.data = input->data;
  return meaning;
}

/// 0 copies a size, -1 is what the others leave.
Meaning reshape(const Call &call) {
  const auto wanted = call.integers(1, "shape");
  const std::optional<Shape> input = call.shape(0);
  if (!wanted || !input)
    return reshaped(call, wanted && all_known(*wanted) && std::ranges::count(*wanted, 0) == 0 ? wanted
                                                                                              : std::nullopt);
  Shape shape = *wanted;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == 0 && call.integer("allowzero", 0) == 0)
      shape[i] = i < input->size() ? (*input)[i] : unknown_size;
  if (std::ranges::count(shape, -1) == 1 && all_known(*input)) {
    const auto open = std::ranges::find(shape, -1);
    *open = 1;
    const std::int64_t rest = all_known(shape) ? elements_of(shape) : 0, all = elements_of(*input);
    *open = rest > 0 && all % rest == 0 ? all / rest : unknown_size;
  }
  return std::ranges::any_of(shape, [](std::int64_t size) { return size < -1; }) ? Meaning{}
                                                                                 : reshaped(call, shape);
}

Meaning flatten(const Call &call) {
  const auto shape = call.known_shape(0);
  const std::int64_t rank = shape ? static_cast<std::int64_t>(shape->size()) : 0,
                     axis = call.integer("axis", 1), split = axis < 0 ? axis + rank : axis;
  if (!shape || split < 0 || split > rank)
    return without_word(call, "axis");
  const std::span all(*shape);
  const auto first = static_cast<std::size_t>(split);
  return reshaped(call, Shape{elements_of(all.first(first)), elements_of(all.subspan(first))});
}

Meaning squeeze(const Call &call) {
  const auto shape = call.shape(0);
  if (!shape || (call.input(1) && !call.input(1)->constant()))
    return without_word(call, "axes");
  std::vector<bool> drop(shape->size());
  if (const auto axes = call.integers(1, "axes"))
    for (const std::int64_t axis : *axes) {
      const auto place = axis_of(axis, shape->size());
      if (!place)
        return without_word(call, "axes");
      drop[*place] = true;
    }
  else
    for (std::size_t i = 0; i < drop.size(); ++i)
      drop[i] = (*shape)[i] == 1;
  Shape kept;
  for (std::size_t i = 0; i < shape->size(); ++i)
    if (!drop[i])
      kept.push_back((*shape)[i]);
  return reshaped(call, kept);
}

Meaning unsqueeze(const Call &call) {
  const auto shape = call.shape(0);
  const auto axes = call.integers(1, "axes");
  if (!shape || !axes || axes->size() > 8)
    return without_word(call, "axes");
  Shape more(shape->size() + axes->size(), 0);
  for (const std::int64_t axis : *axes) {
    const auto place = axis_of(axis, more.size());
    if (!place || more[*place] == 1)
      return without_word(call, "axes");
    more[*place] = 1;
  }
  auto next = shape->begin();
  for (std::int64_t &size : more)
    if (size != 1)
      size = *next++;
  return reshaped(call, more);
}

/// The elements of a constant with its axes in another order.
Data reordered(const Tensor &tensor, const std::vector<std::size_t> &order, const Shape &shape) {
  const std::size_t element = bytes_of(tensor.type), rank = order.size();
  std::vector<std::size_t> strides(rank, 1), from(rank);
  for (std::size_t i = rank; i-- > 1;)
    strides[i - 1] = strides[i] * static_cast<std::size_t>(tensor.sizes()[i]);
  for (std::size_t i = 0; i < rank; ++i)
    from[i] = strides[order[i]];
  auto bytes = std::make_shared<std::vector<std::byte>>(tensor.data->size());
  for (std::size_t n = 0; n < bytes->size() / element; ++n) {
    std::size_t rest = n, place = 0;
    for (std::size_t i = rank; i-- > 0;) {
      place += rest % static_cast<std::size_t>(shape[i]) * from[i];
      rest /= static_cast<std::size_t>(shape[i]);
    }
    std::copy_n(tensor.data->begin() + static_cast<std::ptrdiff_t>(place * element), element,
                bytes->begin() + static_cast<std::ptrdiff_t>(n * element));
  }
  return bytes;
}

Meaning transpose(const Call &call) {
  const auto shape = call.shape(0);
  if (!shape)
    return without_word(call, "perm");
  std::vector<std::int64_t> wanted = call.list("perm");
  if (wanted.empty()) {
    wanted.resize(shape->size());
    std::iota(wanted.rbegin(), wanted.rend(), 0);
  }
  std::vector<std::size_t> order;
  std::vector<bool> seen(shape->size());
  Shape result;
  for (const std::int64_t axis : wanted) {
    const auto place = axis_of(axis, shape->size());
    if (!place || seen[*place])
      return without_word(call, "perm");
    seen[*place] = true, order.push_back(*place), result.push_back((*shape)[*place]);
  }
  if (result.size() != shape->size())
    return without_word(call, "perm");
  Meaning meaning{.operation = Transposition{order}, .shapes = {result}};
  if (call.input(0)->constant())
    meaning.data = reordered(*call.input(0), order, result);
  return meaning;
}

Meaning shape_of(const Call &call) {
  const auto shape = call.shape(0);
  Meaning meaning{.types = {DataType::s64}};
  if (!shape)
    return meaning;
  const auto rank = static_cast<std::int64_t>(shape->size());
  const auto bound = [&](std::int64_t axis) {
    return std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  const std::int64_t begin = bound(call.integer("start", 0)), end = bound(call.integer("end", rank));
  const Shape part(shape->begin() + begin, shape->begin() + std::max(begin, end));
  meaning.shapes = {Shape{static_cast<std::int64_t>(part.size())}};
  if (all_known(part))
    meaning.data = data_of(part);
  return meaning;
}

Meaning size_of(const Call &call) {
  Meaning meaning{.shapes = {Shape{}}, .types = {DataType::s64}};
  if (const auto shape = call.known_shape(0))
    meaning.data = data_of(std::vector{elements_of(*shape)});
  return meaning;
}

Meaning constant_of_shape(const Call &call) {
  Tensor value{"value", DataType::f32, Shape{1}, data_of(DataType::f32, std::vector<double>{0})};
  if (const Attribute *given = call.attribute("value"); given && given->t)
    value = read_tensor(parse_tensor(*given->t), {});
  Meaning meaning{.types = {value.type}};
  const auto shape = call.integers(0);
  if (!shape || !all_known(*shape))
    return meaning;
  meaning.shapes = {shape};
  if (const std::int64_t count = elements_of(*shape);
      value.data && count <= most_computed && elements_of(value.sizes()) == 1)
    meaning.data =
        data_of(value.type, std::vector<double>(static_cast<std::size_t>(count), numbers_of(value).front()));
  return meaning;
}

Meaning expand(const Call &call) {
  const std::optional<Shape> wanted = call.integers(1);
  if (!wanted || !all_known(*wanted))
    return {.operation = Expansion{}};
  return {.operation = Expansion{}, .shapes = {broadcast(call.shape(0), wanted)}};
}

} // namespace

std::vector<OperatorRow> shape_operators() {
  return {{"Reshape", reshape},     {"Flatten", flatten},
          {"Squeeze", squeeze},     {"Unsqueeze", unsqueeze},
          {"Transpose", transpose}, {"Shape", shape_of},
          {"Size", size_of},        {"ConstantOfShape", constant_of_shape},
          {"Expand", expand}};
}

} // namespace convforge::models::onnx
