#include "loader.hpp"

#include "artefact/kernel_description.hpp"
#include "convforge/hooks.h"
#include "error.hpp"
#include "perf_map.hpp"

#include <llvm/ExecutionEngine/JITLink/EHFrameSupport.h>
#include <llvm/ExecutionEngine/Orc/Core.h>
#include <llvm/ExecutionEngine/Orc/ExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/Support/MemoryBuffer.h>

#include <cstring>

namespace convforge {

namespace {

using namespace llvm::orc;

template <typename T>
T value(llvm::Expected<T> expected, const std::string &what) {
  if (!expected) {
    throw Error(what + ": " + llvm::toString(expected.takeError()));
  }
  return std::move(*expected);
}

void check(llvm::Error error, const std::string &what) {
  if (error) {
    throw Error(what + ": " + llvm::toString(std::move(error)));
  }
}

template <typename Function>
ExecutorSymbolDef exported(Function *function) {
  return {ExecutorAddr::fromPtr(function), llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
}

/// Everything a kernel may call, and nothing else of this process.
SymbolMap hooks(ExecutionSession &session) {
  SymbolMap symbols;
  symbols[session.intern("convforge_workspace_take")] = exported(&convforge_workspace_take);
  symbols[session.intern("convforge_workspace_give")] = exported(&convforge_workspace_give);
  symbols[session.intern("convforge_parallel_for")] = exported(&convforge_parallel_for);
  symbols[session.intern("memcpy")] = exported<void *(void *, const void *, size_t)>(&std::memcpy);
  symbols[session.intern("memset")] = exported<void *(void *, int, size_t)>(&std::memset);
  return symbols;
}

/// One session a kernel: its code goes when the kernel goes, and kernels share no lock.
class OrcKernel : public LoadedKernel {
public:
  OrcKernel(const Artefact &artefact, bool perf_map)
      : description_(artefact),
        session_(value(SelfExecutorProcessControl::Create(), "loading " + artefact.name)), layer_(session_) {
    const std::string what = "loading " + artefact.symbol;
    JITDylib &library = session_.createBareJITDylib(artefact.symbol);
    if (perf_map) {
      layer_.addPlugin(perf_map_plugin(description_.materialise(nullptr).problem));
    }
    try {
      check(library.define(absoluteSymbols(hooks(session_))), what);
      const llvm::StringRef bytes(reinterpret_cast<const char *>(artefact.object.data()),
                                  artefact.object.size());
      check(layer_.add(library, llvm::MemoryBuffer::getMemBufferCopy(bytes, artefact.symbol)), what);
      const ExecutorSymbolDef symbol = value(session_.lookup({&library}, artefact.symbol), what);
      kernel_ = description_.materialise(symbol.getAddress().toPtr<convforge_function>());
    } catch (...) {
      llvm::consumeError(session_.endSession());
      throw;
    }
  }
  ~OrcKernel() override { llvm::consumeError(session_.endSession()); }
  OrcKernel(const OrcKernel &) = delete;
  OrcKernel &operator=(const OrcKernel &) = delete;

  const convforge_kernel *kernel() const override { return &kernel_; }

private:
  KernelDescription description_;
  ExecutionSession session_;
  ObjectLinkingLayer layer_;
  convforge_kernel kernel_ = {};
};

} // namespace

std::unique_ptr<LoadedKernel> LoadedKernel::load(const Artefact &artefact, bool perf_map) {
  if (!runs_here(artefact.target)) {
    throw Error("target: " + std::string(artefact.target.name) +
                " (expected one that this CPU runs: see convforge targets)");
  }
  return std::make_unique<OrcKernel>(artefact, perf_map);
}

} // namespace convforge
