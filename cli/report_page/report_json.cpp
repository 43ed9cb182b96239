#include "cli/report_page/report_json.hpp"

namespace convforge::cli {
namespace {

using ReportJson = nlohmann::ordered_json;

ReportJson tensors_json(const std::vector<ReportTensor> &tensors) {
  ReportJson list = ReportJson::array();
  for (const ReportTensor &tensor : tensors)
    list.push_back({{"name", tensor.name}, {"shape", tensor.shape}});
  return list;
}

ReportJson gaps_json(const std::vector<ReportGap> &gaps) {
  ReportJson list = ReportJson::array();
  for (const ReportGap &gap : gaps)
    list.push_back({{"name", gap.name}, {"type", gap.type}, {"reason", gap.reason}});
  return list;
}

ReportJson machine_json(const ReportMachine &machine) {
  ReportJson bandwidths = ReportJson::object();
  for (const ReportBandwidth &bandwidth : machine.bandwidths)
    bandwidths[bandwidth.of] = bandwidth.bytes_per_second;
  return {{"cpu", machine.cpu},         {"target", machine.target},   {"planned_for", machine.planned_for},
          {"threads", machine.threads}, {"peak_flops", machine.peak}, {"bytes_per_second", bandwidths}};
}

ReportJson step_json(const Report &report, const ReportStep &step) {
  ReportJson json{{"layer", step.layer},
                  {"type", step.type},
                  {"what", step.what},
                  {"group", step.group},
                  {"kernel", step.is_kernel},
                  {"seconds", step.seconds},
                  {"share", step.seconds / report.step_seconds()}};
  if (!step.is_kernel)
    return json;
  json["why"] = step.why;
  json["flags"] = step.flags;
  json["multiply_adds"] = step.multiply_adds;
  json["flops"] = step.operations_per_second();
  json["percent_of_peak"] = report.percent_of_peak(step.operations_per_second());
  json["bytes_moved"] = step.bytes_moved;
  json["operations_per_byte"] = step.operations_per_byte();
  json["code_bytes"] = step.code_bytes;
  json["packed_bytes"] = step.packed_bytes;
  json["workspace_bytes"] = step.workspace_bytes;
  return json;
}

ReportJson totals_json(const Report &report) {
  const bool runs = report.seconds > 0;
  return {{"network_seconds", runs ? ReportJson(report.seconds) : ReportJson()},
          {"step_seconds", report.step_seconds()},
          {"passes", report.passes},
          {"multiply_adds", report.multiply_adds()},
          {"flops", report.operations_per_second()},
          {"percent_of_peak", report.percent_of_peak(report.operations_per_second())},
          {"code_bytes", report.code_bytes},
          {"constants_bytes", report.constants_bytes},
          {"arena_bytes", report.arena_bytes},
          {"workspace_bytes", report.workspace_bytes}};
}

} // namespace

ReportJson report_json(const Report &report) {
  ReportJson out{{"model", report.model.name},
                 {"format", report.model.format},
                 {"inputs", tensors_json(report.model.inputs)},
                 {"outputs", tensors_json(report.model.outputs)},
                 {"machine", machine_json(report.machine)},
                 {"totals", totals_json(report)}};
  out["coverage"] = {{"convolutions", report.coverage.convolutions},
                     {"kernels", report.coverage.kernels},
                     {"refused", gaps_json(report.coverage.refused)},
                     {"missing", gaps_json(report.coverage.missing)},
                     {"folded", report.coverage.folded},
                     {"between", report.coverage.between}};
  out["groups"] = ReportJson::array();
  for (const ReportGroup &group : groups_of(report))
    out["groups"].push_back({{"name", group.name}, {"steps", group.steps}, {"seconds", group.seconds}});
  out["steps"] = ReportJson::array();
  for (const ReportStep &step : report.steps)
    out["steps"].push_back(step_json(report, step));
  out["frameworks"] = ReportJson::array();
  for (const ReportFramework &framework : report.frameworks)
    out["frameworks"].push_back({{"name", framework.name}, {"seconds", framework.seconds}});
  out["frameworks_note"] = report.frameworks_note;
  return out;
}

} // namespace convforge::cli
