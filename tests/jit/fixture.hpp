// What the tests of the JIT share.
#pragma once

#include "artefact/artefact.hpp"
#include "convforge/jit.hpp"
#include "scratch_directory.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace convforge {

using test::ScratchDirectory;

std::vector<std::uint8_t> read_bytes(const std::filesystem::path &path);
void write_bytes(const std::filesystem::path &path, const std::vector<std::uint8_t> &bytes);

/// Problem number i of a family that compiles in a blink; all different.
Problem small_problem(int i);
/// An artefact of small_problem(i) with a few made-up bytes for an object: for caches, not for the loader.
Artefact made_up_artefact(int i);

} // namespace convforge
