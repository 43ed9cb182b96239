// The kernels that a Jit has loaded or is making, by problem. Thread-safe; nothing is made under its lock.
#pragma once

#include "convforge/jit.hpp"

#include <future>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace convforge {

class MemoryCache {
  struct Slot;
  using SlotPlace = std::list<Slot>::iterator;

public:
  using Outcome = Result<JitKernel>;
  using Future = std::shared_future<Outcome>;

  /// The duty to make a kernel that others may be waiting for. Where it ends without complete() (something
  /// threw) they get an error, and the next claim of the problem comes with a duty again.
  class Duty {
  public:
    Duty(Duty &&other) noexcept : cache_(std::exchange(other.cache_, nullptr)), slot_(other.slot_) {}
    ~Duty();
    Duty &operator=(Duty &&) = delete;

    /// Valid until complete().
    const Problem &problem() const { return slot_->problem; }
    /// Fulfils the claim, once; everyone who claimed the problem meanwhile gets the same outcome. Unless
    /// `keep`, the next claim of the problem comes with a duty again.
    void complete(Outcome outcome, bool keep) noexcept;

  private:
    friend class MemoryCache;
    Duty(MemoryCache &cache, SlotPlace slot) : cache_(&cache), slot_(slot) {}

    MemoryCache *cache_; // null: completed, or moved from
    SlotPlace slot_;
  };

  /// What claim() answers: a future that someone fulfils or has fulfilled; that is the caller when there is a
  /// duty.
  struct Claim {
    Future future;
    std::optional<Duty> duty;
  };

  /// Keeps up to `capacity` finished kernels, dropping what was asked for longest ago. Dropping one only ends
  /// the cache's share in it.
  explicit MemoryCache(std::size_t capacity) : capacity_(capacity) {}
  /// In a child of fork(), from the copy of the parent's (per_process.hpp): takes its finished kernels,
  /// unless the fork caught it in the middle of a change.
  explicit MemoryCache(MemoryCache &of_parent);

  /// Throws std::bad_alloc, and then has changed nothing.
  Claim claim(const Problem &problem);

private:
  struct Slot {
    explicit Slot(const Problem &of) : problem(of), future(promise.get_future()) {}

    Problem problem;
    std::promise<Outcome> promise; // moved from when finished
    Future future;
    bool finished = false;
  };
  struct Hash {
    std::size_t operator()(const Problem &problem) const { return hash_value(problem); }
  };

  void complete(SlotPlace slot, Outcome outcome, bool keep) noexcept;
  void drop_oldest();

  std::mutex mutex_;
  std::size_t capacity_, finished_ = 0;
  std::list<Slot> slots_; // most recently asked for first
  std::unordered_map<Problem, SlotPlace, Hash> by_problem_;
};

/// What is answered where memory ran out: short enough to need none.
inline MemoryCache::Outcome out_of_memory() {
  return JitError{JitError::Code::compile, "out of memory"};
}

} // namespace convforge
