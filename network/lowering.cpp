#include "network/lowering.hpp"

#include "base/error.hpp"
#include "network/arena.hpp"
#include "network/in_place.hpp"
#include "network/kernel_problem.hpp"
#include "network/operations.hpp"
#include "network/view.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <unordered_map>

namespace convforge::network {
namespace {

using models::Graph;
using models::Node;
using models::TensorId;

std::size_t at(int number) {
  return static_cast<std::size_t>(number);
}

class Lowering {
public:
  Lowering(const Graph &graph, const models::FoldedModel &model, Layout layout)
      : graph_(graph), model_(model), items_(graph, model), layout_(layout),
        orders_(orders_of(graph, model, items_, layout)), parts_(parts_in_place(graph, items_, orders_)),
        views_(graph.tensors.size()), step_of_(graph.tensors.size(), -1) {}

  Program lower() {
    program_.kernel_of.assign(model_.convolutions.size(), 0);
    for (const TensorId id : graph_.inputs)
      add_input(id);
    for (const TensorId id : graph_.outputs)
      add_output(id);
    for (const Item &item : items_.all())
      lower_item(item);
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i)
      copy_to_output(graph_.outputs[i], program_.outputs[i]);
    add_unused_kernels();
    place_in_arena(program_);
    return std::move(program_);
  }

private:
  // ---- Memory ----

  int add_buffer(Buffer buffer) {
    program_.buffers.push_back(std::move(buffer));
    return static_cast<int>(program_.buffers.size()) - 1;
  }

  std::int64_t elements_of(TensorId id) const { return models::elements_of(graph_.tensor(id).sizes()); }

  void add_input(TensorId id) {
    if (id == models::no_tensor || graph_.tensor(id).constant())
      return;
    require_floats(graph_.tensor(id), "input");
    const int buffer = add_buffer({.kind = Buffer::Kind::input,
                                   .elements = graph_.tensor(id).known() ? elements_of(id) : 0,
                                   .tensor = id});
    program_.inputs.push_back(buffer);
    views_[at(id)] = dense_view(buffer, graph_.tensor(id).sizes(), orders_[at(id)]);
  }

  void add_output(TensorId id) {
    program_.outputs.push_back(-1);
    if (id == models::no_tensor)
      return;
    require_floats(graph_.tensor(id), "output");
    program_.outputs.back() = add_buffer({.kind = Buffer::Kind::output,
                                          .elements = graph_.tensor(id).known() ? elements_of(id) : 0,
                                          .tensor = id});
  }

  void require_floats(const models::Tensor &tensor, const std::string &what) {
    if (tensor.type != models::DataType::f32 || !tensor.known())
      program_.missing.push_back({tensor.name, what,
                                  tensor.known()
                                      ? "its type is " + std::string(name_of(tensor.type)) + " (expected f32)"
                                      : "its sizes are not known: --input says them"});
  }

  /// A tensor that is read.
  View view_of(TensorId id) {
    if (graph_.tensor(id).constant() && views_[at(id)].buffer < 0)
      views_[at(id)] = constant_view(id);
    if (views_[at(id)].buffer < 0)
      throw Error(fmt::format("'{}' is not made", graph_.tensor(id).name));
    return views_[at(id)];
  }

  View constant_view(TensorId id) {
    const models::Tensor &tensor = graph_.tensor(id);
    const std::vector<double> numbers = models::numbers_of(tensor);
    const int buffer = add_buffer({.kind = Buffer::Kind::constant,
                                   .elements = static_cast<std::int64_t>(numbers.size()),
                                   .tensor = id,
                                   .values = {numbers.begin(), numbers.end()}});
    return dense_view(buffer, tensor.sizes(), row_major(tensor.sizes().size()));
  }

  /// A tensor by channel that is no tensor of the model.
  View values_view(const std::vector<double> &values, std::size_t axis, std::size_t rank) {
    const int buffer = add_buffer({.kind = Buffer::Kind::constant,
                                   .elements = static_cast<std::int64_t>(values.size()),
                                   .values = {values.begin(), values.end()}});
    models::Shape sizes(rank, 1);
    sizes[axis] = static_cast<std::int64_t>(values.size());
    return dense_view(buffer, sizes, row_major(rank));
  }

  View new_view(const models::Shape &sizes, const Order &order) {
    return dense_view(add_buffer({.elements = models::elements_of(sizes)}), sizes, order);
  }

  /// A tensor that is written by a call: memory of its own, part of another's, or the caller's.
  View made(TensorId id) {
    View &view = views_[at(id)];
    if (view.buffer >= 0)
      return view;
    const models::Shape &sizes = graph_.tensor(id).sizes();
    if (const PartOf &part = parts_[at(id)]; part.whole != models::no_tensor)
      return views_[at(id)] = part_of(made(part.whole), part.axis, part.begin, sizes[part.axis]);
    const auto output = std::ranges::find(graph_.outputs, id);
    if (output != graph_.outputs.end() && orders_[at(id)] == row_major(sizes.size()))
      return view = dense_view(program_.outputs[at(int(output - graph_.outputs.begin()))], sizes,
                               orders_[at(id)]);
    return view = new_view(sizes, orders_[at(id)]);
  }

  // ---- Steps ----

  void add_step(const std::string &name, Operation operation, std::vector<Place> reads, const View &writes) {
    program_.steps.push_back({name, std::move(operation), std::move(reads), place_of(writes)});
  }

  void add_copy(const std::string &name, const View &from, const View &to) {
    add_step(name, elementwise(CONVFORGE_COPY, to, from), {place_of(from)}, to);
  }

  void lower_item(const Item &item) {
    const std::string &name = item.is_kernel() ? name_of(model_.convolutions[at(item.convolution)])
                                               : graph_.nodes[at(item.node)].name;
    try {
      if (item.is_kernel())
        lower_kernel(item.convolution, name);
      else
        lower_node(graph_.nodes[at(item.node)]);
    } catch (const Error &error) {
      program_.missing.push_back(
          {name, item.is_kernel() ? "kernel" : graph_.nodes[at(item.node)].type, error.what()});
    }
    for (const TensorId id : items_.writes(item)) // so that each fault is told once
      if (views_[at(id)].buffer < 0 && graph_.tensor(id).known())
        made(id);
  }

  const std::string &name_of(const models::FoldedConvolution &convolution) const {
    return graph_.nodes[at(convolution.node)].name;
  }
  static std::string name_of(models::DataType type) { return std::string(models::name_of(type)); }

  /// Kernels are shared by equal problems.
  std::size_t kernel_for(Problem problem) {
    const auto [found, is_new] = kernels_.emplace(problem.canonical(), program_.kernels.size());
    if (is_new) {
      problem.name = fmt::format("kernel_{}", found->second);
      program_.kernels.push_back(std::move(problem));
    }
    return found->second;
  }

  /// The view, or a dense copy of it where the kernel cannot read it.
  View read_by_kernel(Problem &problem, Strides TensorStrides::*tensor, TensorId id, Layout of_model,
                      const std::string &name) {
    const View view = view_of(id);
    if (set_strides(problem, tensor, view, of_model))
      return view;
    const bool turned = of_model == Layout::nchw && problem.layout == Layout::nhwc;
    return dense_copy(view, turned ? channels_last(view.sizes.size()) : row_major(view.sizes.size()), name);
  }

  Problem problem_of(const models::FoldedConvolution &convolution) const {
    const Layout of_model = convolution.problem.layout;
    return in_layout(convolution.problem, of_model == Layout::nchw ? layout_ : of_model);
  }

  void lower_kernel(int number, const std::string &name) {
    const models::FoldedConvolution &convolution = model_.convolutions[at(number)];
    require_float_tensor(convolution.output);
    const Layout of_model = convolution.problem.layout;
    Problem problem = problem_of(convolution);
    std::vector<Place> reads{
        place_of(read_by_kernel(problem, &TensorStrides::input, convolution.input, of_model, name))};
    // All residuals of a kernel have the same strides.
    for (const auto &[operand, id] : convolution.residuals) {
      View view = view_of(id);
      if (convolution.residuals.size() > 1 || !set_strides(problem, &TensorStrides::residual, view, of_model))
        view =
            dense_copy(view, order_of_kernel(convolution.problem, problem.layout, view.sizes.size()), name);
      reads.push_back(place_of(view));
    }
    const View whole = made(convolution.output);
    const bool fits = set_strides(problem, &TensorStrides::output, whole, of_model);
    const View output =
        fits
            ? whole
            : new_view(whole.sizes, order_of_kernel(convolution.problem, problem.layout, whole.sizes.size()));
    const std::size_t kernel = kernel_for(problem);
    program_.kernel_of[at(number)] = kernel;
    used_.resize(model_.convolutions.size());
    used_[at(number)] = true;
    add_step(name, KernelCall{at(number), kernel}, std::move(reads), output);
    if (!fits)
      add_copy(name + ": copy of what it writes", output, whole);
  }

  View dense_copy(const View &view, const Order &order, const std::string &name) {
    if (is_dense(view.sizes, view.strides, order))
      return view;
    const View copy = new_view(view.sizes, order);
    add_copy(name + ": copy of what it reads", view, copy);
    return copy;
  }

  void require_float_tensor(TensorId id) const {
    const models::Tensor &tensor = graph_.tensor(id);
    if (!tensor.known())
      throw Error("its sizes are not known: --input says those of the model's inputs");
    if (tensor.type != models::DataType::f32)
      throw Error(fmt::format("its type is {} (expected f32)", models::name_of(tensor.type)));
  }

  void lower_node(const Node &node) {
    for (const TensorId id : node.outputs)
      if (id != models::no_tensor && !graph_.tensor(id).constant())
        require_float_tensor(id);
    std::visit([&](const auto &operation) { lower_operation(node, operation); }, node.operation);
  }

  View input(const Node &node, std::size_t i = 0) { return view_of(node.inputs.at(i)); }

  // Operations that are views.
  void lower_operation(const Node &node, const models::Reshape &) {
    const TensorId id = node.outputs[0];
    const models::Shape &sizes = graph_.tensor(id).sizes();
    View from = input(node);
    std::optional<View> view = reshaped(from, sizes);
    if (!view)
      view = reshaped(dense_copy(from, row_major(from.sizes.size()), node.name), sizes);
    views_[at(id)] = *view;
  }
  void lower_operation(const Node &node, const models::Transposition &transposition) {
    views_[at(node.outputs[0])] = transposed(input(node), transposition.order);
  }
  void lower_operation(const Node &node, const models::Slice &slice) {
    View view = input(node);
    const models::Shape &sizes = graph_.tensor(node.outputs[0]).sizes();
    for (std::size_t axis = 0; axis < sizes.size(); ++axis)
      view = part_of(view, axis, slice.begin[axis], sizes[axis], slice.step[axis]);
    views_[at(node.outputs[0])] = view;
  }
  void lower_operation(const Node &node, const models::Split &split) {
    const View whole = input(node);
    std::int64_t begin = 0;
    for (const TensorId id : node.outputs) {
      if (id == models::no_tensor)
        throw Error("leaves out an output");
      const std::int64_t size = graph_.tensor(id).sizes()[split.axis];
      views_[at(id)] = part_of(whole, split.axis, begin, size);
      begin += size;
    }
  }
  void lower_operation(const Node &node, const models::Expansion &) {
    views_[at(node.outputs[0])] = broadcast(input(node), graph_.tensor(node.outputs[0]).sizes());
  }

  // Operations that are calls.
  void lower_operation(const Node &node, const models::Elementwise &steps) {
    const TensorId from = node.inputs[0], to = node.outputs[0];
    if (joins(from, to)) {
      Step &step = program_.steps[at(step_of_[at(from)])];
      append_steps(std::get<ElementwiseCall>(step.operation), steps.steps);
      views_[at(to)] = views_[at(from)];
      step_of_[at(to)] = step_of_[at(from)];
      return;
    }
    const View a = input(node);
    add_elementwise(node, elementwise(CONVFORGE_COPY, made(to), a, nullptr, steps.steps), {place_of(a)});
  }
  /// Is what a call has just made read by this node alone, which may have it done there?
  bool joins(TensorId from, TensorId to) const {
    return step_of_[at(from)] >= 0 && items_.readers(from) == 1 && !items_.is_output(from) &&
           !items_.is_output(to) && parts_[at(to)].whole == models::no_tensor &&
           parts_[at(from)].whole == models::no_tensor;
  }
  void add_elementwise(const Node &node, ElementwiseCall call, std::vector<Place> reads) {
    step_of_[at(node.outputs[0])] = static_cast<int>(program_.steps.size());
    add_step(node.name, std::move(call), std::move(reads), made(node.outputs[0]));
  }
  void add_binary(const Node &node, convforge_arithmetic arithmetic, const View &a, const View &b) {
    add_elementwise(node, elementwise(arithmetic, made(node.outputs[0]), a, &b), {place_of(a), place_of(b)});
  }

  void lower_operation(const Node &node, const models::Arithmetic &arithmetic) {
    constexpr convforge_arithmetic kinds[] = {CONVFORGE_ADD,    CONVFORGE_SUBTRACT, CONVFORGE_MULTIPLY,
                                              CONVFORGE_DIVIDE, CONVFORGE_MAXIMUM,  CONVFORGE_MINIMUM};
    add_binary(node, kinds[static_cast<std::size_t>(arithmetic.kind)], input(node), input(node, 1));
  }
  void lower_operation(const Node &node, const models::Prelu &) {
    add_binary(node, CONVFORGE_PRELU, input(node), input(node, 1));
  }
  void lower_operation(const Node &node, const models::BatchNormalization &norm) {
    std::vector<std::vector<double>> values;
    for (std::size_t i = 1; i < 5; ++i) {
      if (!graph_.tensor(node.inputs[i]).constant())
        throw Error(fmt::format("input {} is no constant", i));
      values.push_back(models::numbers_of(graph_.tensor(node.inputs[i])));
    }
    const std::size_t rank = graph_.tensor(node.outputs[0]).sizes().size();
    std::vector<double> factors(values[0].size()), summands(values[0].size());
    for (std::size_t k = 0; k < factors.size(); ++k) {
      factors[k] = values[0][k] / std::sqrt(values[3][k] + norm.epsilon);
      summands[k] = values[1][k] - values[2][k] * factors[k];
    }
    const View factor = values_view(factors, norm.axis, rank),
               summand = values_view(summands, norm.axis, rank), output = made(node.outputs[0]),
               from = input(node);
    add_step(node.name + ": factors", elementwise(CONVFORGE_MULTIPLY, output, from, &factor),
             {place_of(from), place_of(factor)}, output);
    add_binary(node, CONVFORGE_ADD, output, summand);
  }
  void lower_operation(const Node &node, const models::Concatenation &concatenation) {
    const View whole = made(node.outputs[0]);
    std::int64_t begin = 0;
    for (const TensorId id : node.inputs) {
      const std::int64_t size = graph_.tensor(id).sizes()[concatenation.axis];
      if (parts_[at(id)].whole != node.outputs[0])
        add_copy(node.name + ": copy", view_of(id), part_of(whole, concatenation.axis, begin, size));
      begin += size;
    }
  }
  template <typename Call>
  void add_of_one(const Node &node, Call make) {
    const View from = input(node), to = made(node.outputs[0]);
    add_step(node.name, make(to, from), {place_of(from)}, to);
  }
  void lower_operation(const Node &node, const models::WindowPooling &operation) {
    add_of_one(node, [&](const View &to, const View &from) { return pooling(operation, to, from); });
  }
  void lower_operation(const Node &node, const models::Reduction &operation) {
    add_of_one(node, [&](const View &to, const View &from) { return reduction(operation, to, from); });
  }
  void lower_operation(const Node &node, const models::Softmax &operation) {
    add_of_one(node, [&](const View &to, const View &from) { return softmax(operation, to, from); });
  }
  void lower_operation(const Node &node, const models::Resampling &operation) {
    add_of_one(node, [&](const View &to, const View &from) { return resampling(operation, to, from); });
  }
  void lower_operation(const Node &node, const models::Pad &operation) {
    add_of_one(node, [&](const View &to, const View &from) { return padding(operation, to, from); });
  }

  // Operations without a call.
  void lower_operation(const Node &node, const models::Convolution &) {
    const auto refused = std::ranges::find(model_.refused, node.name, &models::RefusedConvolution::name);
    throw Error(refused == model_.refused.end() ? "a convolution without a kernel" : refused->reason);
  }
  void lower_operation(const Node &, const models::Nested &) {
    throw Error("branches and loops are not looked into");
  }
  void lower_operation(const Node &, const models::OtherOperation &other) {
    throw Error(other.refusal.empty() ? "networks have no such operation" : other.refusal);
  }

  // ---- The ends ----

  void copy_to_output(TensorId id, int buffer) {
    if (id == models::no_tensor || !graph_.tensor(id).known() || !program_.missing.empty())
      return;
    const models::Shape &sizes = graph_.tensor(id).sizes();
    const View from = view_of(id);
    if (from.buffer != buffer)
      add_copy(graph_.tensor(id).name + ": copy to the output", from,
               dense_view(buffer, sizes, row_major(sizes.size())));
  }

  /// Convolutions that no output depends on have kernels all the same.
  void add_unused_kernels() {
    used_.resize(model_.convolutions.size());
    for (std::size_t i = 0; i < model_.convolutions.size(); ++i)
      if (!used_[i])
        program_.kernel_of[i] = kernel_for(problem_of(model_.convolutions[i]));
  }

  const Graph &graph_;
  const models::FoldedModel &model_;
  const Items items_;
  const Layout layout_;
  const std::vector<Order> orders_;
  const std::vector<PartOf> parts_;
  Program program_;
  std::vector<View> views_;  ///< by tensor
  std::vector<int> step_of_; ///< by tensor: the elementwise call that makes it; -1: another
  std::vector<bool> used_;   ///< by convolution
  std::unordered_map<std::string, std::size_t> kernels_; ///< by canonical problem
};

} // namespace

Program lower(const Graph &graph, const models::FoldedModel &model, Layout layout) {
  return Lowering(graph, model, layout).lower();
}

} // namespace convforge::network
