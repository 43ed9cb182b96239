#include "cli/out_of_memory.hpp"

#include "base/unfinished.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>

#include <unistd.h>

namespace convforge::cli {
namespace {

/// LLVM cannot be left by an exception: its destructors fail assertions of their own, and JSON's destructor
/// allocates. So the program ends where it is, unless a file is half written, which no library does.
void on_failed_new() {
  if (Unfinished::any_of_this_thread())
    throw std::bad_alloc();
  end_without_memory();
}

void on_terminate() {
  try {
    if (std::current_exception())
      throw;
  } catch (const std::bad_alloc &) {
    end_without_memory();
  } catch (...) {
    std::abort();
  }
  std::abort();
}

/// LLVM aborts where its malloc() fails, and in few places uses what was not there. That leaves the cause in
/// errno; a fault of another cause, such as a kernel's, ends the process as ever.
void on_fault(int signal) {
  if (errno == ENOMEM)
    end_without_memory();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void install() {
  std::set_new_handler(on_failed_new);
  std::set_terminate(on_terminate);
  std::signal(SIGABRT, on_fault);
  std::signal(SIGSEGV, on_fault);
}

/// Before the constructors of shared libraries, which allocate, too.
[[gnu::used, gnu::section(".preinit_array")]] void (*const before_libraries)() = install;

} // namespace

void end_without_memory() {
  constexpr std::string_view text = "convforge: out of memory\n";
  if (write(STDERR_FILENO, text.data(), text.size()) < 0)
    _exit(out_of_memory_status); // nobody to tell
  _exit(out_of_memory_status);
}

} // namespace convforge::cli
