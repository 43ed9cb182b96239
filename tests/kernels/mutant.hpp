// Compiled kernels with one mistake each: what `convforge check` must catch. The code is the very object that
// `compile` makes; the mistake is made around it, in what it is given or in what it has written.
#pragma once

#include "convforge/jit.hpp"
#include "problem/problem.hpp"

#include <functional>
#include <optional>

namespace convforge {

enum class Mutation {
  none,
  first_tap,     ///< the weights of the first tap of the window are 0
  last_tap,      ///< those of the last
  input_channel, ///< the last input channel (of each group) is left out
  one_weight,    ///< one weight of all is 0
  bias,          ///< the last output channel's bias is off by 1
  residual,      ///< the last element's residual is off by 1
  last_row,      ///< not written
  last_column,
  last_channel,
  last_image,
};

/// A kernel descriptor whose function is `body`, which may call the compiled kernel's own. For calls on the
/// thread that made it, one at a time: a convforge_function has no closure.
class Interposed {
public:
  using Body = std::function<int(const convforge_kernel &compiled, void **arguments)>;
  Interposed(JitKernel compiled, Body body);
  ~Interposed();
  Interposed(const Interposed &) = delete;
  Interposed &operator=(const Interposed &) = delete;

  convforge_kernel descriptor; ///< the compiled kernel's, but for the function

private:
  static int run(void **arguments);

  JitKernel compiled_;
  Body body_;
};

/// Whether a kernel of this problem can have the mistake at all, and another result by it.
bool applies(Mutation mutation, const Problem &problem);
/// The body of an Interposed kernel of `problem` with that mistake.
Interposed::Body mutated(Mutation mutation, const Problem &problem);

enum class Edge { top, bottom, left, right };

/// The problem whose input has one more row or column at an edge, where `problem` has padding: the same
/// outputs if that is 0. Nothing when there is no padding at the edge.
std::optional<Problem> grown(const Problem &problem, Edge edge);
/// The body of an Interposed kernel compiled for `larger`, which is grown(problem, edge), that stands for one
/// of `problem`: the padding nearest to the image is 0, or (`wrong`) repeats the image's outermost row or
/// column.
Interposed::Body with_edge(const Problem &problem, const Problem &larger, Edge edge, bool wrong);

} // namespace convforge
