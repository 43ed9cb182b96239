// A program of the target: checks the kernels that are linked to it with the oracle, as `convforge check`
// does with kernels of the machine it runs on. One line for each failure; a kernel that touches a guard page
// ends the program, which then names it.
#include "cases.h"

#include "base/error.hpp"
#include "verify/check.hpp"
#include "verify/problem_list.hpp"

#include <csignal>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <string>
#include <unistd.h>

namespace {

std::string current; // what runs now, for the signal handler

void say_where(int signal) {
  constexpr char text[] = ": touched memory outside of its tensors, or crashed\n";
  (void)!write(STDERR_FILENO, current.data(), current.size());
  (void)!write(STDERR_FILENO, text, sizeof text - 1);
  _exit(128 + signal);
}

} // namespace

int main() {
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL})
    std::signal(signal, say_where);
  int failures = 0;
  double worst = 0;
  for (int i = 0; i < case_count; ++i) {
    current = fmt::format("{} for {}", cases[i].problem, cases[i].kernel->target);
    convforge::CheckResult result;
    try {
      result = convforge::check_kernel(convforge::parse_problem_line(cases[i].problem), *cases[i].kernel, 1);
    } catch (const convforge::Error &error) {
      result = {.passed = false, .failure = error.what()};
    }
    worst = result.ratio() > worst ? result.ratio() : worst;
    if (!result.passed) {
      ++failures;
      fmt::print("FAILED {}: {}\n", current, result.failure);
      std::fflush(stdout);
    }
  }
  fmt::print("{} kernels checked, {} failed; greatest error {:.2g} of its bound\n", case_count, failures,
             worst);
  return failures == 0 && case_count > 0 ? 0 : 1;
}
