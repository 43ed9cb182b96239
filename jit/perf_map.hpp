// Tells `perf` the names of kernels: lines "start size name" in /tmp/perf-<pid>.map, as perf's
// jit-interface.txt says.
#pragma once

#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>

#include <memory>
#include <string>

namespace convforge {

/// A plugin that appends a line for each function it sees linked; `label` goes before its name. A file that
/// cannot be written, is no regular file or is another user's is left alone: names are a convenience.
std::shared_ptr<llvm::orc::ObjectLinkingLayer::Plugin> perf_map_plugin(std::string label);

} // namespace convforge
