// A convolution written by hand behind a kernel descriptor, with mistakes to order: what the checks must
// catch.
#pragma once

#include "convforge/convforge.h"
#include "problem/problem.hpp"

#include <memory>

namespace convforge {

enum class Mistake {
  none,
  tap,
  bias,
  residual,
  last_row,
  last_column,
  last_channel,
  last_batch,
  top_padding,
  right_padding,
  dilation,
  activation,
  reads_past_input,
  reads_before_input,
  writes_past_output,
  writes_input,
  unwritten_output,
  depends_on_workspace,
  drops_nan,
  rounds_too_often,
};

/// A kernel for any problem whose epilogue is a subset of bias, residual, relu in this order.
class PlainKernel {
public:
  PlainKernel(const Problem &problem, Mistake mistake);
  ~PlainKernel();
  const convforge_kernel &kernel() const;

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace convforge
