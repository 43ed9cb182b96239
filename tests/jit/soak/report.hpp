// What a soak found.
#pragma once

#include "board.hpp"
#include "cases.hpp"

#include <deque>
#include <string>

namespace convforge::soak {

/// One line while it runs.
void print_progress(const Board &board, long seconds);
/// All figures; answers how many of them are wrong.
int print_report(const Board &board);

/// Watches that every thread goes on.
class Watchdog {
public:
  Watchdog(const Board &board, long limit_seconds) : board_(board), limit_(limit_seconds) {}
  /// The thread that did nothing for the limit, in words; empty if all went on. To be asked once a second.
  std::string hanging(const std::deque<Case> &cases, long seconds);

private:
  struct Seen {
    std::uint64_t requests = 0;
    long since = 0;
  };
  const Board &board_;
  const long limit_;
  std::array<Seen, std::size_t{processes} * threads> seen_{};
};

} // namespace convforge::soak
