// What `convforge report` says of a model on a machine: data only, which page.hpp and report_json.hpp print.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace convforge::cli {

/// A tensor of the model's ends: its name, and its shape as text.
struct ReportTensor {
  std::string name, shape;
};

struct ReportModel {
  std::string name, format; ///< the file's name; "ONNX"
  std::vector<ReportTensor> inputs, outputs;
};

/// Bytes a second from one level of memory.
struct ReportBandwidth {
  std::string of; ///< "memory"
  double bytes_per_second = 0;
};

struct ReportMachine {
  std::string cpu, target, planned_for;
  int threads = 1;
  double peak = 0; ///< operations a second of all threads, a multiply-add being two; 0: not known
  std::vector<ReportBandwidth> bandwidths;
};

/// A call: of a kernel, or of an operation between kernels.
struct ReportStep {
  std::string layer, type; ///< the node's name, and what its format calls it
  std::string what;        ///< descriptor and epilogue; of operations words
  std::string flags;       ///< of kernels: what more describes the problem
  std::string group;       ///< by which times are added up: the algorithm, or the kind of operation
  std::string why;         ///< of kernels: why this plan
  bool is_kernel = false;
  double seconds = 0;              ///< the least
  std::uint64_t multiply_adds = 0; ///< of kernels, by the direct method
  std::uint64_t bytes_moved = 0;   ///< of kernels: inputs, weights and output, each once
  std::uint64_t code_bytes = 0, packed_bytes = 0, workspace_bytes = 0;

  double operations_per_second() const { return 2 * static_cast<double>(multiply_adds) / seconds; }
  double operations_per_byte() const {
    return 2 * static_cast<double>(multiply_adds) / static_cast<double>(bytes_moved);
  }
};

/// What is not computed, and why.
struct ReportGap {
  std::string name, type, reason;
};

struct ReportCoverage {
  std::size_t convolutions = 0, kernels = 0; ///< taken ones; by how many kernels
  std::vector<ReportGap> refused;            ///< convolutions
  std::vector<ReportGap> missing;            ///< operations; not empty: the steps are not the network
  std::string folded, between;               ///< nodes in words
};

struct ReportFramework {
  std::string name;
  double seconds = 0;
};

struct Report {
  ReportModel model;
  ReportMachine machine;
  ReportCoverage coverage;
  std::vector<ReportStep> steps;
  double seconds = 0; ///< of the whole network, the least; 0: it cannot be run
  std::size_t passes = 0;
  std::uint64_t code_bytes = 0, constants_bytes = 0, arena_bytes = 0, workspace_bytes = 0;
  std::vector<ReportFramework> frameworks;
  std::string frameworks_note; ///< why there is none, or not more

  /// Of the steps, each at its best.
  double step_seconds() const;
  std::uint64_t multiply_adds() const;
  /// Of the whole network, else of the kernels.
  double total_seconds() const { return seconds > 0 ? seconds : step_seconds(); }
  double operations_per_second() const { return 2 * static_cast<double>(multiply_adds()) / total_seconds(); }
  /// In percent; 0 where the peak is not known.
  double percent_of_peak(double operations_per_second) const {
    return machine.peak > 0 ? 100 * operations_per_second / machine.peak : 0;
  }
};

/// The time of the steps of a group.
struct ReportGroup {
  std::string name;
  bool is_kernel = false;
  std::size_t steps = 0;
  double seconds = 0;
};
/// The largest first.
std::vector<ReportGroup> groups_of(const Report &report);

} // namespace convforge::cli
