// The kernels that a Jit has loaded or is making, by problem. Thread-safe; nothing is made under its lock.
#pragma once

#include "convforge/jit.hpp"

#include <future>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace convforge {

class MemoryCache {
public:
  using Outcome = Result<JitKernel>;
  using Future = std::shared_future<Outcome>;

  /// What claim() answers: a future that someone fulfils or has fulfilled; that is the caller, by complete(),
  /// when there is a promise.
  struct Claim {
    Future future;
    std::optional<std::promise<Outcome>> promise;
  };

  /// Keeps up to `capacity` finished kernels, dropping what was asked for longest ago. Dropping one only ends
  /// the cache's share in it.
  explicit MemoryCache(std::size_t capacity) : capacity_(capacity) {}

  Claim claim(const Problem &problem);
  /// Fulfils a claim; everyone who claimed the problem meanwhile gets the same outcome. Unless `keep`, the
  /// next claim of the problem comes with a promise again.
  void complete(const Problem &problem, std::promise<Outcome> promise, Outcome outcome, bool keep);

private:
  struct Slot {
    Problem problem;
    Future future;
    bool finished = false;
  };
  struct Hash {
    std::size_t operator()(const Problem &problem) const { return hash_value(problem); }
  };

  void drop_oldest();

  std::mutex mutex_;
  std::size_t capacity_, finished_ = 0;
  std::list<Slot> slots_; // most recently asked for first
  std::unordered_map<Problem, std::list<Slot>::iterator, Hash> by_problem_;
};

} // namespace convforge
