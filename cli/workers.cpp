#include "cli/workers.hpp"

#include "base/error.hpp"
#include "cli/out_of_memory.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace convforge::cli {
namespace {

/// What goes through a pipe for one check: a fixed part, then `failure_bytes` of text.
struct Record {
  double error, bound;
  std::uint32_t passed, spreads, failure_bytes;
};

bool read_all(int fd, void *data, std::size_t size) {
  for (auto *at = static_cast<char *>(data); size > 0;) {
    const ssize_t got = ::read(fd, at, size);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    at += got, size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(int fd, const void *data, std::size_t size) {
  for (const auto *at = static_cast<const char *>(data); size > 0;) {
    const ssize_t put = ::write(fd, at, size);
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return false;
    at += put, size -= static_cast<std::size_t>(put);
  }
  return true;
}

bool send(int fd, const CheckResult &result) {
  const Record record{result.error, result.bound, result.passed, result.spreads,
                      static_cast<std::uint32_t>(result.failure.size())};
  return write_all(fd, &record, sizeof record) && write_all(fd, result.failure.data(), result.failure.size());
}

std::optional<CheckResult> receive(int fd) {
  Record record;
  if (!read_all(fd, &record, sizeof record))
    return std::nullopt;
  CheckResult result{record.passed != 0, std::string(record.failure_bytes, '\0'), record.error, record.bound,
                     record.spreads != 0};
  if (!read_all(fd, result.failure.data(), result.failure.size()))
    return std::nullopt;
  return result;
}

constexpr auto stop = static_cast<std::size_t>(-1);

using Check = std::function<CheckResult(std::size_t)>;

/// One forked process and the check it is busy with.
class Worker {
public:
  explicit Worker(const Check &check) {
    std::array<int, 2> orders{}, results{};
    const bool piped = pipe(orders.data()) == 0 && pipe(results.data()) == 0;
    process_ = piped ? fork() : -1;
    if (process_ < 0)
      throw Error(std::string("check: no process can be started: ") + std::strerror(errno));
    if (process_ == 0) {
      close(orders[1]), close(results[0]);
      for (std::size_t index = 0; read_all(orders[0], &index, sizeof index) && index != stop;)
        if (!send(results[1], check(index)))
          break;
      _exit(0); // nothing of the parent's is flushed or destroyed twice
    }
    close(orders[0]), close(results[1]);
    orders_ = orders[1], results_ = results[0];
  }
  ~Worker() {
    order(stop); // closing the pipe would not do: workers forked later hold its end, too
    close(orders_), close(results_);
    if (process_ > 0)
      waitpid(process_, nullptr, 0);
  }
  Worker(const Worker &) = delete;
  Worker &operator=(const Worker &) = delete;

  void order(std::size_t index) {
    busy_with = index;
    write_all(orders_, &index, sizeof index); // a dead worker shows in result()
  }
  int results() const { return results_; }
  /// The check's result, or how the worker died.
  CheckResult result() {
    if (auto result = receive(results_))
      return *result;
    int status = 0;
    waitpid(std::exchange(process_, 0), &status, 0);
    return {.passed = false, .failure = epitaph(status)};
  }
  bool alive() const { return process_ > 0; }

  std::size_t busy_with = 0;

private:
  static std::string epitaph(int status) {
    if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS))
      return "the kernel touched memory outside its tensors, or wrote to one that it may only read";
    if (WIFSIGNALED(status))
      return fmt::format("the check died of signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) == out_of_memory_status)
      return "the check ran out of memory";
    return fmt::format("the check ended with status {}", WEXITSTATUS(status));
  }

  pid_t process_ = 0;
  int orders_ = -1, results_ = -1;
};

} // namespace

void check_in_workers(std::size_t count, int jobs, const Check &check,
                      const std::function<void(std::size_t, const CheckResult &)> &report) {
  std::signal(SIGPIPE, SIG_IGN); // writing to a dead worker is an error, not our end
  std::vector<std::unique_ptr<Worker>> workers;
  std::size_t next = 0;
  while (next < count && workers.size() < static_cast<std::size_t>(jobs)) {
    workers.push_back(std::make_unique<Worker>(check));
    workers.back()->order(next++);
  }
  while (!workers.empty()) {
    std::vector<pollfd> waiting;
    waiting.reserve(workers.size());
    for (const auto &worker : workers)
      waiting.push_back({worker->results(), POLLIN, 0});
    if (poll(waiting.data(), waiting.size(), -1) < 0)
      continue;
    for (std::size_t i = workers.size(); i-- > 0;) {
      if (waiting[i].revents == 0)
        continue;
      report(workers[i]->busy_with, workers[i]->result());
      if (next == count) {
        workers.erase(workers.begin() + static_cast<std::ptrdiff_t>(i));
        continue;
      }
      if (!workers[i]->alive())
        workers[i] = std::make_unique<Worker>(check);
      workers[i]->order(next++);
    }
  }
}

} // namespace convforge::cli
