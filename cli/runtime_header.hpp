// The text of convforge/convforge.h: the program carries it, so that generated sources compile wherever it is
// installed.
#pragma once

namespace convforge::cli {

extern const char *const runtime_header;

} // namespace convforge::cli
