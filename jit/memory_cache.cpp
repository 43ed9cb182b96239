#include "memory_cache.hpp"

#include <iterator>

namespace convforge {

MemoryCache::Claim MemoryCache::claim(const Problem &problem) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_problem_.find(problem); found != by_problem_.end()) {
    slots_.splice(slots_.begin(), slots_, found->second);
    return {found->second->future, std::nullopt};
  }
  std::promise<Outcome> promise;
  slots_.push_front({problem, promise.get_future().share()});
  by_problem_.emplace(problem, slots_.begin());
  return {slots_.front().future, std::move(promise)};
}

void MemoryCache::complete(const Problem &problem, std::promise<Outcome> promise, Outcome outcome,
                           bool keep) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_problem_.find(problem); // there: a slot that is not finished is never dropped
    if (keep) {
      found->second->finished = true;
      finished_++;
      drop_oldest();
    } else {
      slots_.erase(found->second);
      by_problem_.erase(found);
    }
  }
  promise.set_value(
      std::move(outcome)); // after the slot is gone: who hears of a failure may ask again at once
}

void MemoryCache::drop_oldest() {
  for (auto slot = slots_.end(); finished_ > capacity_;) {
    --slot;
    if (!slot->finished)
      continue;
    by_problem_.erase(slot->problem);
    slot = slots_.erase(slot);
    finished_--;
  }
}

} // namespace convforge
