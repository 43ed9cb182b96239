// A process that damages the workers' cache until the time is over.
#pragma once

#include "board.hpp"

#include <chrono>
#include <filesystem>

namespace convforge::soak {

void vandalize(Board &board, const std::filesystem::path &directory,
               std::chrono::steady_clock::time_point end);

} // namespace convforge::soak
