// What pooling makes of expected outputs. Derivation of its bounds: docs/pooling.md.
#pragma once

#include "problem/problem.hpp"
#include "verify/bound.hpp"

#include <functional>
#include <vector>

namespace convforge {

/// A window's elements: calls visit(index) for each that is inside of the image, among those of the
/// convolution's output, in its own layout. `index`: of the pooled one.
void for_each_in_window(const Problem &problem, std::size_t index,
                        const std::function<void(std::size_t)> &visit);

/// The largest of them, or their average, with how far a kernel's may be from it.
Expected pooled(const Problem &problem, const std::vector<Expected> &window);

} // namespace convforge
