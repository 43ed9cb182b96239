// CONVFORGE_FLUSH_SUBNORMALS: zero within a call, on every thread of it, and nowhere else.
#include "fake.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>
#include <thread>

namespace {

constexpr float least_normal = std::numeric_limits<float>::min(); // normal

/// Whether this thread computes subnormal numbers.
bool has_subnormals() {
  volatile float value = least_normal;
  value = value / 2;
  return value != 0;
}

/// Every worker on a thread of its own, whose mode (that of the call, whose thread makes it) stays as it was.
void a_thread_for_each(void *failed, int count, convforge_task task, void *closure) {
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    threads.emplace_back([=] {
      const bool before = has_subnormals();
      task(closure, i);
      if (has_subnormals() != before)
        *static_cast<bool *>(failed) = true;
    });
  for (std::thread &thread : threads)
    thread.join();
}

/// What the products of a call are; all alike.
float product(float a, float b, std::uint32_t flags, const convforge_threads *threads) {
  const fake::Kernel kernel(fake_product_loop, FAKE_TASKS);
  fake::Call call(kernel);
  auto *factors = static_cast<float *>(call.at[fake::input]);
  factors[0] = a;
  factors[1] = b;
  call.flags = flags;
  call.threads = threads;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
  const auto *output = static_cast<const float *>(call.at[fake::output]);
  EXPECT_EQ(std::set<float>(output, output + FAKE_TASKS).size(), 1u) << "on some threads only";
  return output[0];
}

TEST(Subnormals, AreZeroWithTheFlagAlone) {
  bool failed = false;
  const convforge_threads apart{a_thread_for_each, &failed, 4};
  for (const convforge_threads *threads : {static_cast<const convforge_threads *>(nullptr), &apart}) {
    EXPECT_EQ(product(least_normal, 0.5f, 0, threads), least_normal / 2);
    EXPECT_EQ(product(least_normal, 0.5f, CONVFORGE_FLUSH_SUBNORMALS, threads), 0.0f) << "a result";
    EXPECT_EQ(product(least_normal / 2, 4.0f, 0, threads), 2 * least_normal);
    EXPECT_EQ(product(least_normal / 2, 4.0f, CONVFORGE_FLUSH_SUBNORMALS, threads), 0.0f) << "what is read";
    EXPECT_EQ(product(least_normal, 2.0f, CONVFORGE_FLUSH_SUBNORMALS, threads), 2 * least_normal);
    EXPECT_TRUE(has_subnormals());
  }
  EXPECT_FALSE(failed);
}

TEST(Subnormals, ThreadsOfAPoolKeepTheirMode) {
  convforge_pool *pool = convforge_pool_create(3);
  const convforge_threads threads = convforge_pool_threads(pool);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(product(least_normal, 0.5f, CONVFORGE_FLUSH_SUBNORMALS, &threads), 0.0f);
    EXPECT_EQ(product(least_normal, 0.5f, 0, &threads), least_normal / 2);
  }
  convforge_pool_destroy(pool);
}

TEST(Subnormals, AFlagThatIsNoneIsRefused) {
  const fake::Kernel kernel(fake_product_loop, FAKE_TASKS);
  fake::Call call(kernel);
  call.flags = CONVFORGE_FLUSH_SUBNORMALS << 1;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_ABI);
}

} // namespace
