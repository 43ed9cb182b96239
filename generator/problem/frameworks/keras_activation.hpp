// Keras' activations, by the names that activation='...' takes.
#pragma once

#include <string>
#include <string_view>

namespace convforge {

/// As operations of an epilogue; "" for none. Throws Error for one that no kernel computes.
std::string epilogue_of_keras(std::string_view activation);

} // namespace convforge
