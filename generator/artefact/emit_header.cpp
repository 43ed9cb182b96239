#include "artefact/emit_header_comment.hpp"
#include "artefact/emit_interface.hpp"
#include "artefact/emit_text.hpp"

#include "convforge/convforge.h"

#include <fmt/format.h>

#include <functional>
#include <numeric>

namespace convforge {
namespace {

std::string size_constants(const Interface &interface, const Problem &problem) {
  std::string text;
  const auto define = [&](std::string_view what, std::int64_t value) {
    text += fmt::format("#define {}_{} {}\n", macro_prefix(interface.name), what, value);
  };
  const auto define_elements = [&](std::string_view what, const std::vector<std::int64_t> &shape) {
    define(what, std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>()));
  };
  define("BATCH", problem.batch);
  define("INPUT_CHANNELS", problem.in_channels);
  define("INPUT_HEIGHT", problem.height().input);
  define("INPUT_WIDTH", problem.width().input);
  define("OUTPUT_CHANNELS", problem.out_channels);
  define("OUTPUT_HEIGHT", problem.height().output);
  define("OUTPUT_WIDTH", problem.width().output);
  define_elements("INPUT_ELEMENTS", problem.input_shape());
  if (!interface.constant_weights)
    define_elements("WEIGHTS_ELEMENTS", problem.weights_shape());
  if (problem.epilogue.has_bias() && !interface.constant_bias)
    define("BIAS_ELEMENTS", problem.out_channels);
  if (problem.epilogue.has_residual())
    define_elements("RESIDUAL_ELEMENTS", problem.output_shape());
  define_elements("OUTPUT_ELEMENTS", problem.output_shape());
  return text;
}

// The guard has the runtime's prefix: unlike CONV1_H it cannot be a name of the user's.
constexpr std::string_view opening = R"(#ifndef CONVFORGE_GENERATED_$PREFIX_H
#define CONVFORGE_GENERATED_$PREFIX_H

#include <convforge/convforge.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sizes in elements. */
)";

constexpr std::string_view packing = R"(
/* Bytes of the packed weights of the variant chosen, a multiple of 64; 0 when none runs here. */
size_t $name_packed_size(void);
/* Repacks weights (of the shape above) into packed: $name_packed_size() bytes, aligned to 64. Answers as $name() does. */
int $name_pack(const $weights_type *weights, void *packed);
)";

constexpr std::string_view closing = R"(
/* Bytes of the workspace of a call with that many threads (below 1 counts as 1), a multiple of 64. 0: it may be null. */
size_t $name_workspace_size(int threads);

/* Computes the output on the calling thread. Answers CONVFORGE_OK or one of the errors above, having touched nothing. */
int $name($parameters);
/* The same by the caller's threads (convforge_pool_threads() makes some), bitwise; null: on the calling thread. The
 * workspace has $name_workspace_size(threads->count) bytes. */
int $name_threaded($threaded_parameters);

/* The descriptor of the variant chosen for this CPU and operating system, for convforge_run() and for what it says of the
 * kernel; null when none runs here. Chosen at first use and kept: CONVFORGE_TARGET in the environment forces a variant.
 * The descriptor and the text below are static. */
const convforge_kernel *$name_kernel(void);
/* Why that variant was chosen, or why none. */
const char *$name_reason(void);

#ifdef __cplusplus
}
#endif

#endif
)";

} // namespace

std::string emit_header(std::span<const Artefact> variants, const Constants &constants) {
  const Interface interface = make_interface(variants, constants);
  std::string header = header_comment(interface, variants);
  header += substitute(opening, {{"$PREFIX", macro_prefix(interface.name)}});
  header += size_constants(interface, variants.front().problem);
  if (!interface.constant_weights)
    header += substitute(packing, {{"$name", interface.name}, {"$weights_type", interface.weights_type}});
  return header +
         substitute(closing, {{"$name", interface.name},
                              {"$parameters", declarations(interface.parameters)},
                              {"$threaded_parameters", declarations(interface.threaded_parameters)}});
}

} // namespace convforge
