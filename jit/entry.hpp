// An entry of the disk cache, and what `convforge compile --emit artefact` writes: one compiled kernel as a
// file.
//
// Sealed (sealed.hpp) as "CFKERNEL". The payload is the key (key.hpp), then what cannot be computed again
// from problem, plan and target: views, workspace sizes, code bytes and the object.
#pragma once

#include "artefact/artefact.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace convforge {

struct Entry {
  std::string key;
  std::vector<View> views;
  std::size_t workspace_shared_bytes = 0, workspace_thread_bytes = 0, code_bytes = 0;
  std::vector<std::uint8_t> object;
};

inline constexpr std::uint32_t entry_format_version = 2;

std::vector<std::uint8_t> encode_entry(const std::string &key, const Artefact &artefact);
/// Throws Error naming the first field that is wrong.
Entry decode_entry(std::span<const std::uint8_t> bytes);
/// The artefact of an entry made for this problem, plan and target. Throws Error when its numbers do not fit
/// them.
Artefact to_artefact(Entry entry, const Problem &problem, const Plan &plan, const Target &target);

} // namespace convforge
