// The epilogue: what happens to the sum of a convolution before it is stored, in the order written.
// Text form: operations separated by commas, numbers by colons: "bias,residual,relu",
// "bias,hard_swish,affine:1.1:0.2".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace convforge {

enum class ActivationKind {
  relu,
  relu6,
  leaky_relu,
  clip,
  sigmoid,
  tanh,
  silu,
  hard_sigmoid,
  hard_swish,
  gelu,
  gelu_tanh,
  elu,
  softplus,
  mish,
};
/// epilogue.cpp's table has a row for each; the runtime's portable kernel has the same ones in the same
/// order.
inline constexpr int activation_count = 14;

/// `a` and `b` are the numbers of leaky_relu:a, clip:a:b (a <= b) and elu:a; zero elsewhere.
struct Activation {
  ActivationKind kind = ActivationKind::relu;
  float a = 0, b = 0;
  bool operator==(const Activation &) const = default;
};

/// A tensor that an operation takes.
struct OpTensor {
  enum class Shape { by_channel, like_output }; ///< by_channel: a value an output channel
  enum class Use { summand, factor };           ///< moves the value by its own size, or scales it
  Shape shape;
  Use use;
};

struct EpilogueOp {
  /// epilogue.cpp's table has a row for each but activation.
  enum class Kind { bias, scale, prelu, residual, affine, clamp, activation };
  /// What is done to the value so far. The runtime's portable kernel has the same ones in the same order.
  enum class Arithmetic {
    add,      ///< the tensor's value
    multiply, ///< by the tensor's value
    prelu,    ///< the same, where the value so far is below zero
    affine,   ///< x * factor + summand
    activate,
    clamp, ///< to the steps from factor to summand of an 8-bit destination
  };
  Kind kind = Kind::bias;
  Activation activation = {}; ///< used when kind is activation
  /// The numbers of affine and clamp. Of the residual of an 8-bit destination its scale divided by the
  /// destination's, and its zero point; else 0.
  float factor = 0, summand = 0;
  bool operator==(const EpilogueOp &) const = default;
};

/// Any operations, any of them more than once.
class Epilogue {
public:
  /// The longest one: a descriptor has room for that many operands and views.
  static constexpr std::size_t most_operations = 16;

  /// Parses the text form; the empty text is the empty epilogue. Numbers become the nearest float, and -0
  /// becomes 0. Throws Error on anything else: unknown or too many operations, missing, surplus or infinite
  /// numbers.
  static Epilogue parse(std::string_view text);
  /// The text form; parse(text()) gives the same epilogue, numbers exact to the bit.
  std::string text() const;
  const std::vector<EpilogueOp> &ops() const { return ops_; }
  /// How many operations are of a kind.
  int count(EpilogueOp::Kind kind) const;
  bool operator==(const Epilogue &) const = default;

private:
  std::vector<EpilogueOp> ops_;
};

/// The name of the operation in the text form; empty for an activation, which has its own.
std::string_view name_of(EpilogueOp::Kind kind);
EpilogueOp::Arithmetic arithmetic_of(EpilogueOp::Kind kind);
/// The tensor that the operation takes; none: it takes none.
std::optional<OpTensor> tensor_of(EpilogueOp::Kind kind);
/// Whether any operation takes a tensor like the output.
bool takes_tensor_like_output(const Epilogue &epilogue);
/// The names of the operations that take a tensor.
std::vector<std::string_view> operations_with_tensor();
/// The activation's name in the text form, without its numbers.
std::string_view name_of(ActivationKind kind);
/// The activation in double precision: convforge_activate() of the runtime's generic.h, the definition that
/// kernels are measured against.
double evaluate(const Activation &activation, double x);

} // namespace convforge
