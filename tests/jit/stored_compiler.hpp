// A compiler that compiles nothing: every problem gets one object that was built with the tests. So that the
// rest of the JIT can be tested on its own, a thousand kernels a second, and under sanitizers.
#pragma once

#include "artefact/artefact.hpp"

namespace convforge {

/// The target of the stored objects.
inline constexpr const char *stored_target = "x86-64-sse41";

/// Of problems with so many images the compiler answers kernels that take a thousand times as long as others,
/// unless their plan is of that algorithm: so that races have a winner.
inline constexpr int batch_of_slow_kernels = 3;
inline constexpr Algorithm algorithm_of_quick_kernels = Algorithm::winograd;

/// stored_kernel.c as an artefact of a problem.
Artefact stored_artefact(const Problem &problem);
/// The same around foreign_kernel.c, which cannot be linked.
Artefact foreign_artefact(const Problem &problem);

} // namespace convforge
