// Of emit.hpp: `conv1.h`.
#include "artefact/emit_header_comment.hpp"
#include "artefact/emit_interface.hpp"
#include "artefact/emit_text.hpp"

#include "convforge/convforge.h"

#include <fmt/format.h>

#include <array>

namespace convforge {
namespace {

std::string size_constants(const Interface &interface, const Problem &problem) {
  std::string text;
  const auto define = [&](std::string_view what, std::int64_t value) {
    text += fmt::format("#define {}_{} {}\n", macro_prefix(interface.name), what, value);
  };
  const auto define_extents = [&](const std::string &tensor, int Axis::*extent) {
    constexpr std::array<std::string_view, 3> names = {"DEPTH", "HEIGHT", "WIDTH"};
    for (std::size_t i = problem.has_depth() ? 0 : 1; i < names.size(); i++)
      define(fmt::format("{}_{}", tensor, names[i]), problem.axes[i].*extent);
  };
  define("BATCH", problem.batch);
  define("INPUT_CHANNELS", problem.in_channels);
  define_extents("INPUT", &Axis::input);
  define("OUTPUT_CHANNELS", problem.out_channels);
  define_extents("OUTPUT", &Axis::output);
  return text + element_constants(interface);
}

/// "multipliers and bias".
std::string packed_with_weights(const Interface &interface) {
  std::string list;
  for (const Operand &operand : interface.operands)
    if (operand.role == Role::packed)
      list += (list.empty() ? "" : " and ") + operand.name;
  return list;
}

// The guard has the runtime's prefix: unlike CONV1_H it cannot be a name of the user's.
constexpr std::string_view opening = R"(#ifndef CONVFORGE_GENERATED_$PREFIX_H
#define CONVFORGE_GENERATED_$PREFIX_H

#include <convforge/convforge.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sizes in elements$gaps. */
)";

constexpr std::string_view packing = R"(
/* Bytes of the packed weights of the variant chosen, a multiple of 64; 0 when none runs here. */
size_t $name_packed_size(void);
/* Repacks weights (of the shape above) into packed: $name_packed_size() bytes, aligned to 64. Answers as $name() does. */
int $name_pack($parameters);
)";

constexpr std::string_view packing_more = R"(
/* Bytes of the packed weights of the variant chosen, a multiple of 64; 0 when none runs here. */
size_t $name_packed_size(void);
/* Repacks weights, and with them $more (of the shapes above), into packed: $name_packed_size() bytes,
 * aligned to 64. Answers as $name() does. */
int $name_pack($parameters);
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
  header += substitute(
      opening, {{"$PREFIX", macro_prefix(interface.name)},
                {"$gaps", variants.front().problem.strided()
                              ? "; of slices those from the first to the last, the gaps between them included"
                              : ""}});
  header += size_constants(interface, variants.front().problem);
  if (!interface.constant_weights)
    header += substitute(interface.packs_more() ? packing_more : packing,
                         {{"$name", interface.name},
                          {"$more", packed_with_weights(interface)},
                          {"$parameters", declarations(interface.packing_parameters)}});
  return header +
         substitute(closing, {{"$name", interface.name},
                              {"$parameters", declarations(interface.parameters)},
                              {"$threaded_parameters", declarations(interface.threaded_parameters)}});
}

} // namespace convforge
