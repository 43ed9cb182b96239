#include "report.hpp"

#include "../memory_use.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <utility>

namespace convforge::soak {

namespace {

template <typename... Values>
void say(fmt::format_string<Values...> format, Values &&...values) {
  std::fputs(fmt::format(format, std::forward<Values>(values)...).c_str(), stdout);
  std::fflush(stdout);
}

// Memory is compared while no Jit is alive. Without a leak, what is allocated grew by 0.1 MiB, in short runs
// by up to 1.2 (tables that Halide makes when it first needs them). 400 bytes a request would be more than
// this.
constexpr long most_heap_growth_kib = 4 << 10;
// Resident are also the stacks and heaps that the C library keeps for threads to come, and the pages of
// Halide and LLVM that somebody has touched by now: some tens of MiB more than early in a short run.
constexpr long most_growth_kib = 64 << 10;
// Each of those stacks and heaps is two mappings; a kernel that stays has an executable one.
constexpr int most_mappings = 100, most_executable_mappings = 2;

std::uint64_t sum(const Board &board, Count ProcessState::*count) {
  std::uint64_t all = 0;
  for (const ProcessState &process : board.process)
    all += process.*count;
  return all;
}

std::uint64_t requests(const Board &board) {
  std::uint64_t all = 0;
  for (const ProcessState &process : board.process)
    for (const ThreadState &thread : process.thread)
      all += thread.requests;
  return all;
}

std::uint64_t all_damages(const Board &board) {
  std::uint64_t all = 0;
  for (const Count &count : board.inflicted)
    all += count;
  return all;
}

std::string origins(const Board &board) {
  return fmt::format("{} compiled, {} from disk, {} from memory, {} generic",
                     sum(board, &ProcessState::compiled), sum(board, &ProcessState::disk),
                     sum(board, &ProcessState::memory), sum(board, &ProcessState::generic));
}

void print_damages(const Board &board) {
  say("damages: {}\n", all_damages(board));
  for (std::size_t i = 0; i < damages.size(); i++)
    say("  {:<32} {:>6}\n", damages[i].name, board.inflicted[i].load());
}

/// Answers whether it leaks, 0 or 1.
int print_process(std::size_t process, const Held &early, const Held &late) {
  const long growth = late.resident_kib - early.resident_kib, heap = late.heap_kib - early.heap_kib;
  const bool leaks = late.descriptors > early.descriptors || late.mappings > early.mappings + most_mappings ||
                     late.executable_mappings > early.executable_mappings + most_executable_mappings ||
                     (!memory_is_quarantined() && (heap > most_heap_growth_kib || growth > most_growth_kib));
  say("process {}, at a fifth of the time and at the end:{}\n", process, leaks ? " LEAK" : "");
  say("  KiB resident  {:>7} {:>7}: {:+} of at most {}; peak {}\n", early.resident_kib.load(),
      late.resident_kib.load(), growth, most_growth_kib, late.peak_kib.load());
  say("  KiB allocated {:>7} {:>7}: {:+} of at most {}\n", early.heap_kib.load(), late.heap_kib.load(), heap,
      most_heap_growth_kib);
  say("  mappings      {:>7} {:>7}; executable {} and {}; descriptors {} and {}\n", early.mappings.load(),
      late.mappings.load(), early.executable_mappings.load(), late.executable_mappings.load(),
      early.descriptors.load(), late.descriptors.load());
  return leaks;
}

} // namespace

void print_progress(const Board &board, long seconds) {
  say("{:>4} s: {} requests, {}; {} damages; {} wrong, {} errors\n", seconds, requests(board), origins(board),
      all_damages(board), sum(board, &ProcessState::wrong), sum(board, &ProcessState::errors));
}

int print_report(const Board &board) {
  const std::uint64_t wrong = sum(board, &ProcessState::wrong), errors = sum(board, &ProcessState::errors);
  say("requests: {}, of which {} were not waited for and {} refused by a compiler that always fails\n",
      requests(board), sum(board, &ProcessState::unawaited), sum(board, &ProcessState::refused));
  say("kernels of Jits: {}\n", origins(board));
  print_damages(board);
  int leaks = 0;
  for (std::size_t i = 0; i < board.process.size(); i++)
    leaks += print_process(i, board.process[i].early, board.process[i].late);
  say("wrong results: {}\nerrors: {}\nhangs: 0\n", wrong, errors);
  bool idle = all_damages(board) == 0; // a soak that does not do all of it shows nothing
  for (const auto count : {&ProcessState::compiled, &ProcessState::disk, &ProcessState::memory,
                           &ProcessState::generic, &ProcessState::refused})
    idle |= sum(board, count) == 0;
  if (idle)
    say("something was never done\n");
  return leaks + static_cast<int>(wrong > 0) + static_cast<int>(errors > 0) + static_cast<int>(idle);
}

std::string Watchdog::hanging(const std::deque<Case> &cases, long seconds) {
  for (std::size_t i = 0; i < seen_.size(); i++) {
    const ThreadState &thread = board_.process[i / threads].thread[i % threads];
    if (const std::uint64_t now = thread.requests; now != seen_[i].requests)
      seen_[i] = {now, seconds};
    else if (seconds - seen_[i].since >= limit_)
      return fmt::format("process {}, thread {}: nothing for {} s after {} requests; the last one: {}, {}",
                         i / threads, i % threads, seconds - seen_[i].since, now,
                         cases[static_cast<std::size_t>(thread.test_case)].problem().canonical(),
                         source_names[static_cast<std::size_t>(thread.source)]);
  }
  return {};
}

} // namespace convforge::soak
