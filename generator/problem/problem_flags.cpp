#include "problem/problem_flags.hpp"

#include <array>

namespace convforge {

std::span<const ProblemFlag> all_problem_flags() {
  static constexpr std::array<ProblemFlag, 12> flags{{
      {"--layout", &ProblemText::layout},
      {"--weights-layout", &ProblemText::weights_layout},
      {"--epilogue", &ProblemText::epilogue},
      {"--dtype", &ProblemText::dtype},
      {"--math", &ProblemText::math},
      {"--strides", &ProblemText::strides},
      {"--residual-strides", &ProblemText::residual_strides},
      {"--zero-points", &ProblemText::zero_points},
      {"--rounding", &ProblemText::rounding},
      {"--output-scale", &ProblemText::output_scale},
      {"--padding-mode", &ProblemText::padding_mode},
      {"--pooling", &ProblemText::pooling},
  }};
  return flags;
}

std::vector<std::pair<std::string, std::string>> problem_flags(const Problem &problem) {
  const Problem plain;
  std::vector<std::pair<std::string, std::string>> flags;
  const auto add = [&](bool differs, std::string_view flag, std::string_view value) {
    if (differs)
      flags.emplace_back(flag, value);
  };
  add(problem.layout != plain.layout, "--layout", name_of(problem.layout));
  add(problem.weights_layout != default_weights_layout(problem), "--weights-layout",
      name_of(problem.weights_layout));
  add(problem.epilogue != plain.epilogue, "--epilogue", problem.epilogue.text());
  add(problem.types != plain.types, "--dtype", name_of(problem.types));
  add(problem.math != plain.math, "--math", name_of(problem.math));
  for (const auto &more : {stride_flags(problem), quantisation_flags(problem)})
    flags.insert(flags.end(), more.begin(), more.end());
  add(problem.pads_with() != PaddingMode::zeros, "--padding-mode", name_of(problem.padding_mode));
  add(problem.pools(), "--pooling", text_of(problem.pooling));
  return flags;
}

} // namespace convforge
