#include "artefact/emit_choice.hpp"

#include "artefact/emit_text.hpp"

namespace convforge {
namespace {

constexpr std::string_view choice_template = R"(
/* ---- The choice ---- */

/* Best first. */
static const convforge_kernel *const $name_variants[] = {$variants};

/* Made at first use and kept. Whoever claims it first writes it; until it is published the others use a choice of their
 * own, which is the same: nobody waits for anybody to learn the kernel. */
enum { $name_OPEN, $name_CLAIMED, $name_PUBLISHED };
static atomic_int $name_state = $name_OPEN;
static convforge_choice $name_choice;

static const convforge_choice *$name_choose(convforge_choice *own) {
  if (atomic_load_explicit(&$name_state, memory_order_acquire) == $name_PUBLISHED)
    return &$name_choice;
  convforge_choose($name_variants, $count, own);
  int expected = $name_OPEN;
  if (!atomic_compare_exchange_strong(&$name_state, &expected, $name_CLAIMED))
    return own;
  $name_choice = *own;
  atomic_store_explicit(&$name_state, $name_PUBLISHED, memory_order_release);
  return &$name_choice;
}

$linkageconst convforge_kernel *$name_kernel(void) {
  convforge_choice own;
  return $name_choose(&own)->kernel;
}

const char *$name_reason(void) {
  convforge_choice own;
  (void)$name_choose(&own);
  while (atomic_load_explicit(&$name_state, memory_order_acquire) != $name_PUBLISHED)
    continue; /* for as long as another thread takes to copy its choice */
  return $name_choice.reason;
}
)";

} // namespace

std::string emit_choice(const ChoiceText &choice) {
  return substitute(choice_template, {{"$name", choice.name},
                                      {"$variants", choice.variants},
                                      {"$count", std::to_string(choice.count)},
                                      {"$linkage", choice.exported ? "" : "static "}});
}

} // namespace convforge
