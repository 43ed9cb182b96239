// The C text that chooses among variants once and keeps the choice.
#pragma once

#include <cstddef>
#include <string>

namespace convforge {

struct ChoiceText {
  std::string name;      ///< what the text's names begin with
  std::string variants;  ///< addresses of descriptors, best first: "&conv1_x86_64_avx512_descriptor, ..."
  std::size_t count = 1; ///< of them
  bool exported = true;  ///< `<name>_kernel()`: is it a function for other files?
};

/// Defines `<name>_kernel()`, the descriptor of the variant that was chosen, and `<name>_reason()`. The file
/// includes <stdatomic.h> and convforge.h.
std::string emit_choice(const ChoiceText &choice);

} // namespace convforge
