#include "memory_cache.hpp"

#include <chrono>
#include <iterator>
#include <utility>

namespace convforge {

MemoryCache::MemoryCache(MemoryCache &of_parent) : capacity_(of_parent.capacity_) {
  const std::unique_lock whole(of_parent.mutex_, std::try_to_lock);
  if (!whole)
    return;
  for (auto slot = of_parent.slots_.begin(); slot != of_parent.slots_.end();) {
    const auto next = std::next(slot);
    // Finished is said before the outcome is there.
    if (slot->finished && slot->future.wait_for(std::chrono::seconds(0)) == std::future_status::ready) {
      by_problem_.emplace(slot->problem, slot);
      of_parent.by_problem_.erase(slot->problem);
      slots_.splice(slots_.end(), of_parent.slots_, slot);
      finished_++;
      of_parent.finished_--;
    }
    slot = next;
  }
}

MemoryCache::Duty::~Duty() {
  if (cache_ != nullptr)
    complete(out_of_memory(), false);
}

void MemoryCache::Duty::complete(Outcome outcome, bool keep) noexcept {
  std::exchange(cache_, nullptr)->complete(slot_, std::move(outcome), keep);
}

MemoryCache::Claim MemoryCache::claim(const Problem &problem) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_problem_.find(problem); found != by_problem_.end()) {
    slots_.splice(slots_.begin(), slots_, found->second);
    return {found->second->future, std::nullopt};
  }
  std::list<Slot> made; // joins the others when nothing can fail any more
  made.emplace_front(problem);
  by_problem_.emplace(problem, made.begin());
  slots_.splice(slots_.begin(), made);
  return {slots_.front().future, Duty(*this, slots_.begin())};
}

/// The slot is there: one that is not finished is never dropped.
void MemoryCache::complete(SlotPlace slot, Outcome outcome, bool keep) noexcept {
  std::promise<Outcome> promise = std::move(slot->promise);
  {
    const std::lock_guard lock(mutex_);
    if (keep) {
      slot->finished = true;
      finished_++;
      drop_oldest();
    } else {
      by_problem_.erase(slot->problem);
      slots_.erase(slot);
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
