// soak SECONDS [HANG_SECONDS]: 4 processes of 4 threads on one small cache that another process damages,
// fills and clears meanwhile. Fails on a wrong result, an error, a leak, a crash, or a thread that does
// nothing for HANG_SECONDS (120).
#include "board.hpp"
#include "report.hpp"
#include "scratch_directory.hpp"
#include "vandal.hpp"
#include "worker.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <functional>
#include <new>
#include <thread>
#include <vector>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace convforge::soak {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int case_count = 60;

Board &shared_board() {
  void *memory = mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    throw std::bad_alloc();
  return *new (memory) Board;
}

struct Child {
  std::string name;
  pid_t process = -1;
  bool ended = false;
};

/// There is one thread yet.
Child start(const std::string &name, const std::function<void()> &run) {
  std::fflush(nullptr);
  const pid_t process = fork();
  if (process == 0) {
    run();
    std::fflush(nullptr);
    _exit(0);
  }
  return {name, process};
}

/// Empty, or who did not end as it should.
std::string ended_badly(std::vector<Child> &children) {
  for (Child &child : children) {
    int status = 0;
    if (child.ended || waitpid(child.process, &status, WNOHANG) != child.process)
      continue;
    child.ended = true;
    if (status != 0)
      return fmt::format("{} ended with {} {}", child.name, WIFSIGNALED(status) ? "signal" : "status",
                         WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
  }
  return {};
}

bool all_ended(const std::vector<Child> &children) {
  return std::ranges::all_of(children, &Child::ended);
}

/// Until all children have ended; empty, or what went wrong, after which there are none.
std::string watch(std::vector<Child> &children, const Board &board, const std::deque<Case> &cases,
                  long hang_seconds) {
  Watchdog watchdog(board, hang_seconds);
  std::string trouble;
  long seconds = 0;
  for (; trouble.empty() && !all_ended(children); seconds++) {
    if (seconds % 10 == 0)
      print_progress(board, seconds);
    std::this_thread::sleep_for(std::chrono::seconds(1));
    trouble = ended_badly(children);
    if (trouble.empty())
      trouble = watchdog.hanging(cases, seconds);
  }
  print_progress(board, seconds);
  for (const Child &child : children)
    if (!child.ended)
      kill(child.process, SIGKILL), waitpid(child.process, nullptr, 0);
  return trouble;
}

int soak(long seconds, long hang_seconds) {
  const test::ScratchDirectory directory;
  const std::filesystem::path cache = directory / "cache";
  std::deque<Case> cases;
  for (int i = 0; i < case_count; i++)
    cases.emplace_back(i);
  Board &board = shared_board();
  const auto begin = Clock::now();
  const Work todo{cases, cache, begin + std::chrono::seconds(seconds) / 5,
                  begin + std::chrono::seconds(seconds)};
  std::vector<Child> children;
  children.reserve(processes + 1);
  for (int i = 0; i < processes; i++)
    children.push_back(start("process " + std::to_string(i), [&] { work(todo, board, i); }));
  children.push_back(start("the vandal", [&] { vandalize(board, cache, todo.end); }));
  const std::string trouble = watch(children, board, cases, hang_seconds);
  if (!trouble.empty()) {
    std::printf("%s\n", trouble.c_str());
    return 1;
  }
  return print_report(board) == 0 ? 0 : 1;
}

} // namespace
} // namespace convforge::soak

int main(int argc, char **argv) {
  const long seconds = argc > 1 ? std::atol(argv[1]) : 0;
  if (seconds < 1) {
    std::fputs("usage: soak SECONDS [HANG_SECONDS]\n", stderr);
    return 2;
  }
  return convforge::soak::soak(seconds, argc > 2 ? std::atol(argv[2]) : 120);
}
