#include "problem/frameworks/keras_activation.hpp"

#include "base/error.hpp"
#include "problem/frameworks/call_syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace convforge {
namespace {

struct KerasActivation {
  std::string_view name, epilogue;
};
// With the numbers that Keras 3 has for a name alone: a slope of 0.2, alpha 1, GELU by erf; SELU's two are
// those of keras.activations.selu.
constexpr std::array<KerasActivation, 18> keras_activations{{
    {"linear", ""},
    {"relu", "relu"},
    {"relu6", "relu6"},
    {"leaky_relu", "leaky_relu:0.2"},
    {"sigmoid", "sigmoid"},
    {"tanh", "tanh"},
    {"silu", "silu"},
    {"swish", "silu"},
    {"hard_sigmoid", "hard_sigmoid"},
    {"hard_silu", "hard_swish"},
    {"hard_swish", "hard_swish"},
    {"hard_tanh", "clip:-1:1"},
    {"gelu", "gelu"},
    {"elu", "elu:1"},
    {"selu", "elu:1.6732632,affine:1.0507010:0"},
    {"softplus", "softplus"},
    {"mish", "mish"},
    {"", ""},
}};

} // namespace

std::string epilogue_of_keras(std::string_view activation) {
  const auto found = std::ranges::find(keras_activations, activation, &KerasActivation::name);
  if (found != keras_activations.end())
    return std::string(found->epilogue);
  std::string known;
  for (const KerasActivation &one : keras_activations)
    known.append(known.empty() || one.name.empty() ? "" : ", ").append(one.name);
  fail("activation", repeated_text(activation),
       fmt::format("one that a kernel computes: {}; activation=None leaves another to a step of its own",
                   known));
}

} // namespace convforge
