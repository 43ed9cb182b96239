// Deflated bytes, as zip archives and chunks of HDF5 have them.
#pragma once

#include "models/keras/cursor.hpp"

#include <vector>

namespace convforge::models::keras {

enum class DeflateForm { raw, zlib }; ///< without a header: in zip archives; with zlib's: in HDF5
/// The bytes, which must be as many as said. Throws Error.
std::vector<std::uint8_t> inflated(Bytes deflated, std::uint64_t size, DeflateForm form);
/// As zip archives have it.
std::uint32_t checksum_of(Bytes bytes);

} // namespace convforge::models::keras
