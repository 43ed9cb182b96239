// The texts of convforge/convforge.h and convforge/address_sanitizer.h: the program carries them, so that
// generated sources compile wherever it is installed.
#pragma once

namespace convforge::cli {

extern const char *const runtime_header, *const sanitizer_header;

} // namespace convforge::cli
