// Where memory runs out.
#pragma once

namespace convforge::cli {

/// Says so on standard error and ends the process with the status of other errors. Needs no memory; runs no
/// destructors, which might.
[[noreturn]] void end_without_memory();

} // namespace convforge::cli
