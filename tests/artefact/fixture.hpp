// Artefacts made by hand, around a kernel written in C, and the tools to build what is emitted for them.
#pragma once

#include "artefact/emit.hpp"
#include "file_content.hpp"
#include "scratch_directory.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace convforge::test {

struct CommandResult {
  int status = 0;
  std::string output; ///< stdout and stderr
};
/// Runs a shell command in `directory`. $CC, $CXX, $AR and $NM are the project's tools, $RUNTIME its library,
/// $INCLUDE the flag for its headers.
CommandResult run(const std::filesystem::path &directory, const std::string &command);

/// Any numbers, distinct in every field, without an object.
Artefact sample_artefact(const Target &target, const std::string &epilogue);
/// A kernel that works: a 1x1 convolution of one channel, output = input * weight [+ bias] [+ residual], on
/// 2x2 pixels. It needs no CPU feature, whatever `target` it has the name of.
Artefact working_artefact(const std::string &name, const std::string &target, const std::string &epilogue);
/// The same of 8-bit integers, u8:s8:u8 with zero points 100 and 7, bias and multiplier: rounded to nearest.
Artefact working_quantised_artefact(const std::string &name, const std::string &target);
/// Packed weights of either kernel, made by the runtime.
std::vector<std::uint8_t> packed_weight(const Artefact &artefact, float weight);
std::vector<std::uint8_t> packed_weight(const Artefact &artefact, std::int8_t weight, double multiplier,
                                        std::int32_t bias);

/// Writes name.h, name.c and the objects; "libname.a" holds them all, name.c compiled.
void build_library(const std::filesystem::path &directory, std::span<const Artefact> variants,
                   const Constants &constants);

} // namespace convforge::test
