#include "base/subprocess.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <poll.h>
#include <spawn.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace convforge {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto longest_pause = std::chrono::microseconds(10000);
constexpr std::chrono::milliseconds longest_poll(60000);
constexpr std::string_view left_out = "\n[more of it is left out]";

[[noreturn]] void refuse(const std::string &what) {
  throw Error(what + ": " + std::strerror(errno) + " (expected to start a program)");
}

class Pipe {
public:
  Pipe() {
    if (pipe2(ends_, O_CLOEXEC) != 0)
      refuse("pipe");
  }
  Pipe(const Pipe &) = delete;
  Pipe &operator=(const Pipe &) = delete;
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void close_write_end() { close_end(1); }

private:
  void close_end(int end) {
    if (ends_[end] >= 0)
      close(ends_[end]);
    ends_[end] = -1;
  }
  int ends_[2] = {-1, -1};
};

/// The input lies in memory behind a descriptor: a child that exits without reading it cannot stall or signal
/// the writer.
class Input {
public:
  explicit Input(const std::string &text) : file_(memfd_create("input", MFD_CLOEXEC)) {
    if (file_ < 0)
      refuse("memory file");
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t count = write(file_, text.data() + done, text.size() - done);
      if (count < 0 && errno != EINTR) {
        close(file_);
        refuse("memory file");
      }
      done += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    }
    lseek(file_, 0, SEEK_SET);
  }
  Input(const Input &) = delete;
  Input &operator=(const Input &) = delete;
  ~Input() { close(file_); }
  int file() const { return file_; }

private:
  int file_;
};

/// What the system answered, where memory is an answer.
int require_memory(int error) {
  if (error == ENOMEM)
    throw std::bad_alloc();
  return error;
}

/// Which descriptors a program has as its standard ones.
class FileActions {
public:
  FileActions() { require_memory(posix_spawn_file_actions_init(&actions_)); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions &) = delete;
  FileActions &operator=(const FileActions &) = delete;

  void add(int descriptor, int standard) {
    require_memory(posix_spawn_file_actions_adddup2(&actions_, descriptor, standard));
  }
  const posix_spawn_file_actions_t *get() const { return &actions_; }

private:
  posix_spawn_file_actions_t actions_ = {};
};

/// Starts the program; 0 when there is no such program.
pid_t start(const std::vector<std::string> &arguments, int input, int output, int errors) {
  FileActions actions;
  actions.add(input, STDIN_FILENO);
  actions.add(output, STDOUT_FILENO);
  actions.add(errors, STDERR_FILENO);
  std::vector<char *> words;
  words.reserve(arguments.size() + 1);
  for (const std::string &argument : arguments)
    words.push_back(const_cast<char *>(argument.c_str())); // posix_spawn's signature; it does not write
  words.push_back(nullptr);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t child = 0;
  const int error = posix_spawnp(&child, words[0], actions.get(), &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  return require_memory(error) == 0 ? child : 0;
}

/// `timeout` from now, or never where the clock does not reach so far.
Clock::time_point deadline_after(std::chrono::milliseconds timeout) {
  const Clock::time_point now = Clock::now();
  const auto reach = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::time_point::max() - now);
  return timeout < reach ? now + std::max(timeout, std::chrono::milliseconds(0)) : Clock::time_point::max();
}

/// For poll(), whose milliseconds are an int. 0: the deadline is over.
int poll_time(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::clamp(left, std::chrono::milliseconds(0), longest_poll).count());
}

void append_errors(std::string &text, std::string_view more) {
  if (text.size() > most_error_bytes)
    return; // read all the same: the program must not wait for room in the pipe
  text.append(more);
  if (text.size() > most_error_bytes)
    text.resize(most_error_bytes), text.append(left_out);
}

/// False when there is more than it may be.
bool append_output(std::string &text, std::string_view more) {
  text.append(more);
  return text.size() <= most_output_bytes;
}

enum class Collected { all, late, too_much };

/// Reads both pipes until the child has closed them.
Collected collect(const Pipe &output, const Pipe &errors, ProcessResult &result, Clock::time_point deadline) {
  pollfd waits[] = {{output.read_end(), POLLIN, 0}, {errors.read_end(), POLLIN, 0}};
  while (waits[0].fd >= 0 || waits[1].fd >= 0) {
    const int left = poll_time(deadline);
    if (left <= 0)
      return Collected::late;
    if (poll(waits, 2, left) <= 0)
      continue;
    for (int i = 0; i < 2; ++i) {
      if (waits[i].fd < 0 || waits[i].revents == 0)
        continue;
      char buffer[4096];
      const ssize_t count = read(waits[i].fd, buffer, sizeof buffer);
      const std::string_view more(buffer, static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
      if (count == 0 || (count < 0 && errno != EINTR))
        waits[i].fd = -1; // poll skips negative descriptors
      else if (i == 1)
        append_errors(result.errors, more);
      else if (!append_output(result.output, more))
        return Collected::too_much;
    }
  }
  return Collected::all;
}

/// A program that was started. Does not outlive its object, whatever is thrown meanwhile.
class Child {
public:
  explicit Child(pid_t process) : process_(process) {}
  ~Child() { end(); }
  Child(const Child &) = delete;
  Child &operator=(const Child &) = delete;

  int status() const { return status_; } ///< waitpid()'s, of one that has ended

  /// Waits for it to end; false, and it runs on, when the deadline came first. A child that has closed its
  /// output mostly ends at once, so the first looks come soon.
  bool wait_until(Clock::time_point deadline) {
    for (auto pause = std::chrono::microseconds(50);; pause = std::min(2 * pause, longest_pause)) {
      const pid_t ended = waitpid(process_, &status_, WNOHANG);
      if (ended == process_ || (ended < 0 && errno != EINTR)) {
        process_ = 0;
        return true;
      }
      if (Clock::now() >= deadline)
        return false;
      std::this_thread::sleep_for(pause);
    }
  }

  void end() {
    if (process_ == 0)
      return;
    kill(process_, SIGKILL);
    while (waitpid(process_, &status_, 0) < 0 && errno == EINTR) {
    }
    process_ = 0;
  }

private:
  pid_t process_;
  int status_ = 0;
};

} // namespace

ProcessResult run_process(const std::vector<std::string> &arguments, const std::string &input,
                          std::chrono::milliseconds timeout) {
  ProcessResult result;
  const Input file(input);
  Pipe output, errors;
  const pid_t started = start(arguments, file.file(), output.write_end(), errors.write_end());
  result.found = started != 0;
  if (!result.found)
    return result;
  Child child(started);
  output.close_write_end();
  errors.close_write_end();
  const Clock::time_point deadline = deadline_after(timeout);
  const Collected collected = collect(output, errors, result, deadline);
  result.timed_out =
      collected == Collected::late || (collected == Collected::all && !child.wait_until(deadline));
  if (result.timed_out || collected == Collected::too_much)
    child.end();
  if (collected == Collected::too_much)
    fail(arguments[0], "more output than memory is for",
         "at most " + std::to_string(most_output_bytes) + " bytes");
  const int status = child.status();
  result.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return result;
}

} // namespace convforge
