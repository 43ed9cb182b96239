#include "parsed_problems.hpp"

#include "problem/problem_flags.hpp"

#include <string_view>

namespace convforge {

namespace {

std::string_view text_or(const char *text, std::string_view otherwise) {
  return text != nullptr ? std::string_view(text) : otherwise;
}

/// All that a problem is made of; texts hold no zeros.
std::string key_of(const ProblemText &text, std::string_view descriptor) {
  std::string key(descriptor);
  for (const ProblemFlag &one : all_problem_flags())
    key.append(1, '\0').append(text.*one.text);
  return key;
}

} // namespace

std::shared_ptr<const Problem> ParsedProblems::parse(const convforge_jit_problem &text) {
  const ProblemText defaults;
  const ProblemText fields{.epilogue = text_or(text.epilogue, defaults.epilogue),
                           .layout = text_or(text.layout, defaults.layout),
                           .weights_layout = text_or(text.weights_layout, defaults.weights_layout),
                           .math = text_or(text.math, defaults.math),
                           .dtype = text_or(text.dtype, defaults.dtype),
                           .strides = text_or(text.strides, defaults.strides),
                           .residual_strides = text_or(text.residual_strides, defaults.residual_strides),
                           .zero_points = text_or(text.zero_points, defaults.zero_points),
                           .rounding = text_or(text.rounding, defaults.rounding),
                           .output_scale = text_or(text.output_scale, defaults.output_scale),
                           .padding_mode = text_or(text.padding_mode, defaults.padding_mode),
                           .pooling = text_or(text.pooling, defaults.pooling)};
  const std::string_view descriptor = text_or(text.descriptor, "");
  const std::string key = key_of(fields, descriptor);
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = problems_.find(key); found != problems_.end())
      return found->second;
  }
  const auto problem = std::make_shared<const Problem>(Problem::parse(descriptor, fields));
  const std::lock_guard lock(mutex_);
  if (problems_.size() >= capacity_)
    problems_.clear(); // whatever is still asked for comes back at the cost of parsing it once
  return problems_.emplace(key, problem).first->second;
}

} // namespace convforge
