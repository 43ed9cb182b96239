// Where memory runs out.
#pragma once

namespace convforge::cli {

/// That of other errors: a request that was understood has failed.
inline constexpr int out_of_memory_status = 1;

/// Says so on standard error and ends the process with that status. Needs no memory; runs no
/// destructors, which might.
[[noreturn]] void end_without_memory();

} // namespace convforge::cli
