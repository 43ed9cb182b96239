// Every problem of a list, through the GPU schedules on OpenCL, against the float64 oracle: whole numbers
// exactly, real numbers within the bound, NaN and infinities where they belong. The tile is the planner's
// and, second, a small one, so that small problems have many blocks too.
#include "missing.hpp"
#include "opencl_kernel.hpp"

#include "base/error.hpp"
#include "planner/gpu/planner.hpp"
#include "verify/compare.hpp"
#include "verify/problem_list.hpp"

#include <cstdio>
#include <cstring>
#include <exception>
#include <fmt/format.h>

using namespace convforge;

namespace {

std::string check(const Problem &problem, const GpuPlan &plan, const OpenClKernel &kernel, Fill kind) {
  const Tensors tensors = fill(problem, kind, 1);
  const Worst worst = Reference(problem, tensors, kind).compare(kernel(tensors));
  return worst.passed
             ? ""
             : fmt::format("{}: {} is {:.9g}, expected {:.9g} within {:.3g}", plan.why,
                           position(problem, worst.index), worst.actual, worst.expected, worst.tolerance);
}

std::string check(const Problem &problem) {
  try {
    const GpuPlan plan = make_gpu_plan(problem, find_target("cuda-sm80"));
    const OpenClKernel kernel = make_opencl_kernel(problem, plan);
    for (const Fill kind : {Fill::integer, Fill::real, Fill::special})
      if (const std::string failure = check(problem, plan, kernel, kind); !failure.empty())
        return failure;
    return "";
  } catch (const std::exception &error) {
    return error.what();
  }
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: opencl_test LIST\n");
    return 2;
  }
  if (!have_opencl())
    return missing("OpenCL device (scripts/deps.sh installs PoCL's)");
  int failed = 0, checked = 0;
  for (const Problem &problem : read_problem_list(argv[1])) {
    const std::string failure = check(problem);
    checked++;
    failed += failure.empty() ? 0 : 1;
    if (!failure.empty())
      fmt::print("FAILED {}\n  {}\n", problem_line(problem), failure);
    std::fflush(stdout);
  }
  fmt::print("{} checked, {} failed\n", checked, failed);
  return failed == 0 ? 0 : 1;
}
