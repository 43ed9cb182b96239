// Which Winograd kernels fetch the next task's rows (schedules/winograd/winograd_prefetch.hpp): seen in their
// code, for results are the same without.
#include "artefact/artefact.hpp"
#include "compiler/compile.hpp"
#include "planner/planner.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

bool prefetches(const char *descriptor, const char *target) {
  const Problem problem = Problem::parse(descriptor);
  const Target &found = find_target(target);
  Listing listing;
  compile(problem, make_plan(problem, found, {}, "winograd"), found, "kernel", &listing);
  EXPECT_FALSE(listing.assembly.empty());
  return listing.assembly.find("prefetch") != std::string::npos ||
         listing.assembly.find("prfm") != std::string::npos;
}

TEST(WinogradPrefetch, RowsOfImagesThatL2DoesNotHold) {
  EXPECT_TRUE(prefetches("ic64ih112oc64kh3ph1", "x86-64-avx512"));
  EXPECT_TRUE(prefetches("ic64ih112oc64kh3ph1", "x86-64-avx2"));
  EXPECT_FALSE(prefetches("ic64ih56oc64kh3ph1", "x86-64-avx512")) << "800 KB: L2 holds it";
  EXPECT_FALSE(prefetches("ic8ih224oc64kh3ph1", "x86-64-avx512")) << "pixels of half a line";
  EXPECT_FALSE(prefetches("ic64ih112oc64kh3ph1", "arm-64-neon"));
}

} // namespace
} // namespace convforge
