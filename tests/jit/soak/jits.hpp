// The Jits of one process of a soak: some for all of its threads, others for one request.
#pragma once

#include "board.hpp"
#include "convforge/jit.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace convforge::soak {

/// Thread-safe.
class Jits {
public:
  Jits(ProcessState &state, std::filesystem::path cache) : state_(state), cache_(std::move(cache)) {}

  /// Counts what it was asked for when the last user is done with it.
  std::shared_ptr<Jit> get(Source source, const std::string &target);
  /// The next request for the shared one makes another.
  void forget(Source source, const std::string &target);
  void forget_all();

private:
  std::shared_ptr<Jit> make(Source source, const std::string &target) const;

  ProcessState &state_;
  const std::filesystem::path cache_;
  std::mutex mutex_;
  std::map<std::pair<Source, std::string>, std::shared_ptr<Jit>> shared_;
};

} // namespace convforge::soak
