// KernelDescription: the one place where an artefact becomes a kernel descriptor (convforge_kernel).
// Generated C code prints what materialise() gives and a run-time loader uses it directly, so the two carry
// the same data.
#pragma once

#include "artefact/artefact.hpp"
#include "convforge/convforge.h"
#include "convforge/quantise.h"
#include "problem/operand.hpp"

#include <optional>
#include <string>
#include <vector>

namespace convforge {

/// One piece's packed weights, without what its numbers point at.
struct PackDescription {
  std::string layout;
  std::vector<convforge_pack_region> regions;
  convforge_pack numbers = {};
};

/// Owns the strings and arrays that a convforge_kernel points at. Immutable: any number of threads may share
/// one.
class KernelDescription {
public:
  /// Throws Error when the artefact does not fit a descriptor (too many views, a name that C does not allow).
  explicit KernelDescription(const Artefact &artefact);

  // The descriptor's pointers lead into this object.
  KernelDescription(const KernelDescription &) = delete;
  KernelDescription &operator=(const KernelDescription &) = delete;

  /// The descriptor of the kernel whose code is `function`, without constants. Its pointers hold as long as
  /// this object lives.
  convforge_kernel materialise(convforge_function function) const;

private:
  std::string name_, problem_, epilogue_, layout_, weights_layout_, target_, algorithm_, why_, padding_mode_,
      pooling_;
  std::vector<Operand> operand_list_;
  std::vector<convforge_operand> operands_;
  std::vector<PackDescription> packs_; ///< a piece each
  std::vector<convforge_view> views_;
  std::optional<convforge_requantisation> requantisation_;
  convforge_kernel numbers_ = {}; // every field that is not a pointer
};

} // namespace convforge
