#include "cli/report/progress.hpp"

#include "base/held_signals.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

namespace convforge::cli {

using std::chrono::milliseconds;

Progress::Progress(std::string what, std::size_t total) : what_(std::move(what)), total_(total) {
  if (!isatty(STDERR_FILENO))
    return;
  const HeldSignals in_the_new_thread; // they are the main thread's, which may hold them back
  thread_ = std::jthread([this](std::stop_token stop) { show(std::move(stop)); });
}

Progress::~Progress() {
  thread_.request_stop();
  wake_.notify_all();
}

void Progress::step(std::string what) {
  const std::lock_guard lock(mutex_);
  ++done_;
  what_ = std::move(what);
}

void Progress::show(std::stop_token stop) {
  bool shown = false;
  std::unique_lock lock(mutex_);
  for (milliseconds pause(1000); !wake_.wait_for(lock, stop, pause, [&] { return stop.stop_requested(); });
       pause = milliseconds(200)) {
    fmt::print(stderr, "\r\x1b[K{}", line());
    shown = true;
  }
  if (shown)
    fmt::print(stderr, "\r\x1b[K");
}

std::string Progress::line() const {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begin_);
  if (total_ <= 1)
    return fmt::format("{:.70} ({} s)", what_, seconds.count());
  return fmt::format("{} of {} done, {} s: {:.50}", done_, total_, seconds.count(), what_);
}

} // namespace convforge::cli
