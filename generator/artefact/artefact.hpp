// Artefact: what compiling one problem for one target gives (compiler/compile.hpp). Object bytes and the
// numbers the kernel descriptor carries. The same problem, plan and target give the same bytes, whatever the
// process compiled before.
#pragma once

#include "plan/gpu_plan.hpp"
#include "plan/plan.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace convforge {

/// A pointer argument of the kernel function (convforge_view): which of operands(problem), the weights being
/// the packed ones, and the offset in bytes.
struct View {
  int operand = 0;
  std::size_t offset = 0;
};

/// Where a region's weights lie in the packed form (convforge_pack_region).
struct PackRegion {
  std::size_t offset = 0;
  int first_channel = 0, channels = 0, lanes = 0;
  std::size_t tables = 0,
              table_bytes = 0; ///< of dot products: where what is by channel begins, and each of it
};

/// Where the weights lie among the problem's, in elements (convforge_weights_source).
struct WeightsSource {
  std::int64_t first = 0;
  std::array<std::int64_t, 3> tap = {};
  std::int64_t c = 0, k = 0, group = 0;
  std::array<std::int64_t, 2> phase = {};
  int phase_columns = 0, phase_channels = 0;
};

/// Products of 8-bit integers that are summed together (convforge_dot).
struct PackDot {
  int elements = 0; ///< 0: weights are not packed so
  int run_columns = 1, offset = 0;
};

/// The packed form of the weights (convforge_pack).
struct Pack {
  std::uint64_t layout_id = 0;
  std::string layout;
  ElementType type = ElementType::f32; ///< of an element of it (plan/packed_type.hpp)
  int groups = 1;
  std::array<int, 3> kernel = {1, 1, 1}; ///< taps along depth, height and width
  int group_in = 1, group_out = 1;
  int plane_channels =
      0; ///< of group_in, where planes of a window are more of them (problem/window_planes.hpp)
  std::vector<PackRegion> regions;
  std::size_t bytes = 0;            ///< header included
  int outputs_h = 0, outputs_w = 0; ///< Winograd: of a tile; 0: the taps themselves are packed
  int stride_h = 1, stride_w = 1;
  std::array<int, 3> points = {1, 1, 1}; ///< packed for each filter and channel along each axis: its taps, or
                                         ///< those of its transform
  PackDot dot;
  WeightsSource source;
  std::vector<Pack> others; ///< of a kernel that is computed in pieces: those of all but the first
  bool winograd() const { return outputs_h > 0; }
};

/// What the packed form depends on beside the problem.
struct PackForm {
  ElementType type = ElementType::f32; ///< of an element of it
  /// Output channels within a group, and how many of them lie side by side (`lanes`); offsets come later.
  std::vector<PackRegion> regions;
  bool channelwise = false;         ///< depthwise: groups are packed as channels of one group
  int outputs_h = 0, outputs_w = 0; ///< of Winograd's tiles; 0: the taps themselves
  int plane_channels = 0;           ///< Pack's
  PackDot dot;
};
PackForm pack_form(const Problem &problem, const Plan &plan);
PackForm pack_form(const Problem &problem, const GpuPlan &plan);

struct Artefact {
  std::string name;   ///< of the kernel: "conv1"
  std::string symbol; ///< the one symbol the object exports: "conv1_x86_64_avx512"
  Problem problem;
  Target target;
  Plan plan;
  Pack pack;
  /// The CONVFORGE_CPU_* bits that the object's instructions need; none: all of its target's.
  std::optional<std::uint32_t> needed_features = {};
  std::vector<View> views;
  std::size_t workspace_shared_bytes = 0, workspace_thread_bytes = 0;
  std::size_t code_bytes = 0;       ///< of all executable sections
  std::vector<std::uint8_t> object; ///< a relocatable ELF file
  std::uint32_t cpu_features() const { return needed_features.value_or(target.cpu_features); }
};

/// The packed layout of a form, by formula. Of the problem itself, not of pieces.
Pack pack_layout(const Problem &problem, const PackForm &form);
/// The one that a plan asks for.
Pack pack_layout(const Problem &problem, const Plan &plan);

} // namespace convforge
