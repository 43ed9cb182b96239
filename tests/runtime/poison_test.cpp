// The runtime compiled with AddressSanitizer: what is not taken of a workspace is poisoned during a call. The
// kernels are compiled with it, too, as Halide's are not.
#include "fake.hpp"
#include "poison_kernels.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <memory>

namespace {

/// One worker after another: the first does all the work, and the second's part stays untaken.
void one_after_another(void *, int count, convforge_task task, void *closure) {
  for (int i = 0; i < count; ++i)
    task(closure, i);
}

int run(convforge_function function) {
  const fake::Kernel kernel(function);
  fake::Call call(kernel);
  const convforge_threads threads = {one_after_another, nullptr, 2};
  call.threads = &threads;
  const int status = convforge_run(&kernel, &call);
  std::memset(call.workspace, 1, convforge_workspace_size(&kernel, 2)); // the caller's again
  return status;
}

TEST(Poison, IsSilentWhereAKernelKeepsToItsBlocks) {
  EXPECT_EQ(run(poison_fill_block), CONVFORGE_OK);
}

TEST(PoisonDeathTest, ReportsWhatAKernelHasNotTaken) {
  for (const convforge_function function :
       {poison_pass_block, poison_write_given_block, poison_write_workers_part, poison_write_next_worker})
    EXPECT_DEATH(run(function), "use-after-poison");
}

TEST(PoisonDeathTest, ReportsAWorkspaceThatTwoCallsShare) {
  const fake::Kernel outer(poison_call_again), inner(poison_fill_block);
  fake::Call call(outer), nested(inner);
  const void *again[] = {&inner, static_cast<convforge_args *>(&nested)};
  std::memcpy(call.at[fake::output], static_cast<const void *>(again), sizeof again);
  EXPECT_EQ(convforge_run(&outer, &call), CONVFORGE_OK);
  nested.workspace = call.workspace;
  EXPECT_DEATH(convforge_run(&outer, &call), "use-after-poison");
}

TEST(PoisonDeathTest, ReportsAWorkspaceThatIsTooSmall) {
  const fake::Kernel kernel(poison_fill_block);
  fake::Call call(kernel);
  const std::unique_ptr<void, decltype(&std::free)> small(std::aligned_alloc(64, 256), std::free);
  call.workspace = small.get(); // wants 128 + 192
  EXPECT_DEATH(convforge_run(&kernel, &call), "heap-buffer-overflow");
}

} // namespace
