// Plans of 8-bit integers that compute a dilated convolution in pieces by the taps that meet the input: of
// those that the planner proposes, every few compute their problem, whatever the zero point is, and a piece
// whose sums begin with another piece's share of it is found out.
#include "kernels/every.hpp"
#include "kernels/expect_right.hpp"

#include "artefact/artefact.hpp"
#include "compiler/compile.hpp"
#include "loader.hpp"
#include "planner/candidate.hpp"
#include "planner/check_plan.hpp"
#include "problem/pieces.hpp"
#include "verify/check.hpp"
#include "verify/problem_list.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace convforge {
namespace {

const int every = one_in(13, 2);

std::vector<Plan> plans_in_pieces(const Problem &problem, const Target &target) {
  std::vector<Plan> plans;
  for (const Candidate &candidate : candidates(problem, target))
    if (!candidate.plan.pieces.empty())
      plans.push_back(candidate.plan);
  return plans;
}

class TapPiecesOf : public testing::TestWithParam<const char *> {};

TEST_P(TapPiecesOf, MeetTheOracle) {
  const Problem problem = parse_problem_line(GetParam());
  ASSERT_TRUE(divides_by_taps(problem));
  for (const Target &target : targets_here(problem)) {
    const std::vector<Plan> plans = plans_in_pieces(problem, target);
    EXPECT_FALSE(plans.empty()) << target.name;
    for (std::size_t i = 0; i < plans.size(); i += std::size_t(every))
      expect_right(problem, plans[i], target);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, TapPiecesOf,
    testing::Values(
        "mb1ic24ih9oc20kh3ph6dh5 --dtype u8:s8:u8 --zero-points 77:3 --epilogue bias,relu",
        "mb2ic9ih10oc19kh3ph3dh2 --dtype s8:s8:s8 --zero-points -128:5 --rounding tflite --epilogue bias",
        "mb1ic16ih7oc16kh3ph4dh3 --dtype s8:s8:s8 --zero-points 127:-128 --rounding tflite_single --epilogue "
        "bias",
        "mb1ic12ih8oc33kh3ph4dh3 --dtype u8:s8:s32 --zero-points 255:0 --epilogue bias",
        "mb1ic12ih8oc33kh3ph4dh3 --dtype s8:s8:f32 --zero-points -3:0 --epilogue bias,silu",
        "mb1ic20ih9oc24kh3ph4dh3 --layout nchw --dtype u8:s8:u8 --zero-points 128:128 --epilogue "
        "bias,residual:0.5:7,relu",
        "g2ic16ih9oc24kh3ph4dh3 --dtype s8:s8:s8 --zero-points 9:1 --epilogue bias",
        "mb1ic8ih11iw14oc16oh6ow7kh3kw3sh2sw2ph4pw4dh3dw3 --dtype u8:s8:u8 --zero-points 5:5", // strides
        "mb1ic8ih9iw9oc16oh9ow9kh3kw3ph1pw3dh0dw2 --dtype u8:s8:u8 --zero-points 200:0",       // one axis
        "mb1ic8ih5iw16oc16oh8ow16kh2kw3ph9pw3dh8dw2 --dtype u8:s8:u8 --zero-points 31:0",      // no tap
        "mb1ic20ih4oc24kh3ph6dh5 --dtype u8:s8:u8 --zero-points 50:50 --epilogue bias",        // one tap
        "mb1ic20iw40oc24ow40kw3pw12dw11 --dtype s8:s8:s8 --zero-points 4:0 --epilogue bias",   // 1-D
        "mb2ic8ih8oc16kh3ph3dh2 --dtype u8:s8:u8 --zero-points 3:0 --strides 900x1x100x10::1500x1x170x20 "
        "--epilogue bias",
        "mb1ic16ih8oc16kh3ph3dh2 --dtype u8:s8:u8 --epilogue bias,relu"));

/// The kernel's description with one piece's packed as if there were another zero point: what its sums begin
/// with is then the share of other taps than its own.
CheckResult check_with_zero_point(const Problem &problem, const convforge_kernel &kernel, std::size_t piece,
                                  int zero_point) {
  std::vector<convforge_pack> packs;
  for (const convforge_pack *pack = &kernel.pack; pack != nullptr; pack = pack->next)
    packs.push_back(*pack);
  packs.at(piece).dot.source_zero_point = zero_point;
  for (std::size_t i = 0; i + 1 < packs.size(); i++)
    packs[i].next = &packs[i + 1];
  convforge_kernel changed = kernel;
  changed.pack = packs.front();
  return check_kernel(problem, changed, 1);
}

TEST(TapPieces, OfAnotherZeroPointsShareAreCaught) {
  const Problem problem =
      parse_problem_line("mb1ic16ih8oc16kh3ph3dh2 --dtype u8:s8:u8 --zero-points 77:3 --epilogue bias");
  for (const Target &target : targets_here(problem)) {
    const Plan plan = plans_in_pieces(problem, target).at(0);
    const auto loaded = LoadedKernel::load(compile(problem, plan, target, "kernel"));
    ASSERT_EQ(plan.pieces.size(), 9u);
    for (std::size_t piece = 0; piece < plan.pieces.size(); piece++) {
      SCOPED_TRACE(std::string(target.name) + " " + std::to_string(piece));
      EXPECT_TRUE(check_with_zero_point(problem, *loaded->kernel(), piece, 77).passed);
      EXPECT_FALSE(check_with_zero_point(problem, *loaded->kernel(), piece, 0).passed);
      EXPECT_FALSE(check_with_zero_point(problem, *loaded->kernel(), piece, 78).passed);
    }
  }
}

TEST(TapPieces, AreForDilatedEightBitsAlone) {
  for (const char *other :
       {"mb1ic16ih8oc16kh3ph1 --dtype u8:s8:u8", "mb1ic16ih8oc16kh3ph3dh2",
        "g16ic16ih8oc16kh3ph3dh2 --dtype u8:s8:u8", "mb1ic16ih8oc16kh3dh2 --dtype u8:s8:u8",
        "mb1ic16ih8oc16kh3ph3dh2 --dtype u8:s8:u8 --padding-mode reflect",
        "mb1ic6id5ih7iw8oc9kd2kh3kw3pd1ph2pw2dd1dh1dw1 --dtype u8:s8:u8"})
    EXPECT_FALSE(divides_by_taps(parse_problem_line(other))) << other;
  const Problem problem = parse_problem_line("mb1ic16ih8oc16kh3ph3dh2 --dtype u8:s8:u8");
  for (const Target &target : targets_here(problem)) {
    Plan plan = plans_in_pieces(problem, target).at(0);
    const Problem dense = parse_problem_line("mb1ic16ih8oc16kh3ph1 --dtype u8:s8:u8");
    expect_plan_refused(dense, plan, target, "plan: pieces");
    plan.pieces.pop_back();
    expect_plan_refused(problem, plan, target, "plan: pieces");
  }
}

} // namespace
} // namespace convforge
