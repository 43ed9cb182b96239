#include "loader.hpp"

#include "artefact/kernel_description.hpp"
#include "base/error.hpp"
#include "convforge/hooks.h"
#include "executable_memory.hpp"
#include "perf_map.hpp"

#include <llvm/ExecutionEngine/Orc/Core.h>
#include <llvm/ExecutionEngine/Orc/ExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/Support/MemoryBuffer.h>

#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>

namespace convforge {

namespace {

using namespace llvm::orc;

template <typename T>
T value(llvm::Expected<T> expected) {
  if (!expected)
    throw Error(llvm::toString(expected.takeError()));
  return std::move(*expected);
}

void check(llvm::Error error) {
  if (error)
    throw Error(llvm::toString(std::move(error)));
}

template <typename Function>
ExecutorSymbolDef exported(Function *function) {
  return {ExecutorAddr::fromPtr(function), llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
}

/// Everything a kernel may call, and nothing else of this process.
SymbolMap hooks(ExecutionSession &session) {
  SymbolMap symbols(5); // one that grows does not survive std::bad_alloc
  symbols[session.intern("convforge_workspace_take")] = exported(&convforge_workspace_take);
  symbols[session.intern("convforge_workspace_give")] = exported(&convforge_workspace_give);
  symbols[session.intern("convforge_parallel_for")] = exported(&convforge_parallel_for);
  symbols[session.intern("memcpy")] = exported<void *(void *, const void *, size_t)>(&std::memcpy);
  symbols[session.intern("memset")] = exported<void *(void *, int, size_t)>(&std::memset);
  return symbols;
}

/// What a session says beside the errors that its functions return: the cause of a failed link. LLVM's own
/// reporter prints it.
class Reports {
public:
  void add(llvm::Error error) {
    const std::lock_guard lock(mutex_);
    text_ += llvm::toString(std::move(error)) + "; ";
  }
  /// Everything so far, ready to have the returned error after it.
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

private:
  mutable std::mutex mutex_;
  std::string text_;
};

/// One of LLVM's sessions, with what it says. Throws what LLVM answers, and std::bad_alloc.
class Session {
public:
  Session() : session_(value(SelfExecutorProcessControl::Create())), layer_(session_) {
    session_.setErrorReporter([this](llvm::Error error) { reports_.add(std::move(error)); });
  }
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  void add(std::shared_ptr<ObjectLinkingLayer::Plugin> plugin) { layer_.addPlugin(std::move(plugin)); }
  convforge_function link(const Artefact &artefact) {
    JITDylib &library = session_.createBareJITDylib(artefact.symbol);
    check(library.define(absoluteSymbols(hooks(session_))));
    const llvm::StringRef bytes(reinterpret_cast<const char *>(artefact.object.data()),
                                artefact.object.size());
    std::unique_ptr<llvm::MemoryBuffer> copy = llvm::MemoryBuffer::getMemBufferCopy(bytes, artefact.symbol);
    if (!copy)
      throw std::bad_alloc();
    check(layer_.add(library, std::move(copy)));
    const JITDylibSearchOrder all = makeJITDylibSearchOrder( // the symbol is hidden
        &library, JITDylibLookupFlags::MatchAllSymbols);
    return value(session_.lookup(all, session_.intern(artefact.symbol)))
        .getAddress()
        .toPtr<convforge_function>();
  }
  void end() { llvm::consumeError(session_.endSession()); }
  std::string reports() const { return reports_.text(); }

  /// LLVM is made without exceptions: what std::bad_alloc leaves in the middle can neither be used nor ended
  /// nor destroyed. It stays, and stays reachable, for tools that look for leaks.
  static void abandon(std::unique_ptr<Session> session) noexcept {
    static std::atomic<Session *> abandoned = nullptr;
    Session *added = session.release();
    added->below_ = abandoned.exchange(added);
  }

private:
  Reports reports_; // before the session, which writes to it until its end
  ExecutionSession session_;
  ObjectLinkingLayer layer_;
  [[maybe_unused]] Session *below_ = nullptr;
};

/// One session a kernel: its code goes when the kernel goes, and kernels share no lock.
class OrcKernel : public LoadedKernel {
public:
  OrcKernel(const Artefact &artefact, bool perf_map)
      : description_(artefact), session_(std::make_unique<Session>()) {
    try {
      if (perf_map)
        session_->add(perf_map_plugin(description_.materialise(nullptr).problem));
      kernel_ = description_.materialise(session_->link(artefact));
    } catch (const std::bad_alloc &) {
      Session::abandon(std::move(session_));
      throw;
    } catch (const std::exception &error) {
      const std::string cause = session_->reports();
      end_session();
      require_executable_memory(); // where that is the cause, LLVM names only its number
      throw Error("loading " + artefact.symbol + ": " + cause + error.what());
    }
  }
  ~OrcKernel() override { end_session(); }
  OrcKernel(const OrcKernel &) = delete;
  OrcKernel &operator=(const OrcKernel &) = delete;

  const convforge_kernel *kernel() const override { return &kernel_; }

private:
  void end_session() noexcept {
    try {
      session_->end();
    } catch (const std::bad_alloc &) {
      Session::abandon(std::move(session_));
    }
  }

  KernelDescription description_;
  std::unique_ptr<Session> session_;
  convforge_kernel kernel_ = {};
};

} // namespace

std::unique_ptr<LoadedKernel> LoadedKernel::load(const Artefact &artefact, bool perf_map) {
  if (!runs_here(artefact.target))
    throw Error("target: " + std::string(artefact.target.name) +
                " (expected one that this CPU runs: see convforge targets)");
  return std::make_unique<OrcKernel>(artefact, perf_map);
}

} // namespace convforge
