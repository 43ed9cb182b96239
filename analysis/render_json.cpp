// An explanation as JSON.
#include "analysis/render.hpp"

#include "plan/plan_json.hpp"

#include <nlohmann/json.hpp>

namespace convforge {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Size &size) {
  Json json{{"bytes", size.value}};
  json["formula"] = size.formula.empty() ? Json() : Json(size.formula);
  return json;
}

Json json_of(const Region &region, const RegisterUse &use) {
  return {{"first_channel", region.first_channel},
          {"channels", region.channels},
          {"block", region.block},
          {"lanes", region.lanes},
          {"tile_w", region.tile_w},
          {"tile_h", region.tile_h},
          {"accumulators", use.accumulators},
          {"registers_used", use.used},
          {"registers_available", use.available},
          {"formula", use.registers}};
}

Json json_of(const Spills &spills) {
  return {{"stores", spills.stores}, {"reloads", spills.reloads}};
}

Json json_of(const Candidate &candidate) {
  const Cost &cost = candidate.cost;
  return {{"algorithm", name_of(candidate.plan.algorithm)},
          {"reason", candidate.reason},
          {"cycles", candidate.cycles()},
          {"arithmetic_cycles", cost.arithmetic},
          {"transfer_cycles", cost.transfers},
          {"copy_cycles", cost.copies},
          {"overhead_cycles", cost.overhead},
          {"plan", plan_json(candidate.plan)}};
}

Json json_of(const McaReport &mca, int multiply_adds) {
  return {{"cycles", mca.cycles},
          {"block_throughput", mca.block_throughput},
          {"micro_ops", mca.micro_ops},
          {"dispatch_width", mca.dispatch_width},
          {"peak_multiply_adds_per_cycle", mca.peak_multiply_adds},
          {"percent_of_peak", mca.percent_of_peak(multiply_adds)},
          {"percent_bound", mca.percent_bound(multiply_adds)}};
}

Json json_of(const HotBlock &block) {
  const HotCode &code = block.code;
  Json json{{"function", code.function},
            {"kind", code.loop ? "loop" : "block"},
            {"part", block.part.empty() ? Json() : Json(block.part)},
            {"depth", code.depth},
            {"executions", code.executions},
            {"exact", code.exact},
            {"share", code.share},
            {"multiply_adds", code.arithmetic.multiply_adds},
            {"multiply_add_instructions", code.arithmetic.instructions},
            {"accumulators", code.arithmetic.accumulators.size()},
            {"vector_registers", code.arithmetic.registers.size()},
            {"spills", json_of(block.spills)}};
  json["mca"] = block.mca ? json_of(*block.mca, code.arithmetic.multiply_adds) : Json();
  for (const auto &[cpu, mca] : block.others)
    json["mca_others"][cpu] = json_of(mca, code.arithmetic.multiply_adds);
  json["instructions"] = Json::array();
  for (const Instruction &instruction : code.instructions)
    json["instructions"].push_back(instruction.text());
  return json;
}

Json json_of(const FloatKernel &floats) {
  Json json{{"target", floats.target}, {"algorithm", name_of(floats.algorithm)}};
  for (const BesideFloats &time : floats.times)
    json["machines"].push_back({{"machine", time.machine},
                                {"cycles", time.cycles},
                                {"f32_cycles", time.float_cycles},
                                {"f32_ratio", time.ratio()}});
  return json;
}

} // namespace

nlohmann::ordered_json render_json(const Explanation &e) {
  Json json{{"name", e.name},         {"problem", e.problem},
            {"layout", e.layout},     {"weights_layout", e.weights_layout},
            {"epilogue", e.epilogue}, {"math", e.math},
            {"target", e.target},     {"algorithm", e.algorithm},
            {"why", e.why},           {"plan_from", e.plan_from},
            {"tasks", e.tasks}};
  if (!e.types.empty())
    json["types"] = e.types;
  if (!e.padding_mode.empty())
    json["padding_mode"] = e.padding_mode;
  if (!e.pooling.empty())
    json["pooling"] = e.pooling;
  if (!e.strides.empty())
    json["strides"] = e.strides;
  if (!e.left_out_words.empty())
    json["left_out"] = {{"in_channels", e.left_out.in_channels},
                        {"out_channels", e.left_out.out_channels},
                        {"taps", e.left_out.taps},
                        {"multiply_adds", e.left_out.multiply_adds}};
  json["plan"] = plan_json(e.plan);
  json["candidates"] = Json::array();
  for (const Candidate &candidate : e.candidates)
    json["candidates"].push_back(json_of(candidate));
  json["machines"] = Json::array();
  for (const MachineTime &time : e.machines)
    json["machines"].push_back({{"machine", time.machine},
                                {"cycles", time.cycles},
                                {"least_cycles", time.least},
                                {"loss", time.loss()}});
  if (e.floats)
    json["f32"] = json_of(*e.floats);
  json["tiles"] = Json::array();
  for (std::size_t i = 0; i < e.regions.size(); ++i)
    json["tiles"].push_back(json_of(e.regions[i], e.registers[i]));
  json["multiply_adds"] = e.multiply_adds;
  json["code_bytes"] = e.code_bytes;
  json["packed"] = json_of(e.packed);
  json["workspace"] = {{"shared", json_of(e.workspace_shared)},
                       {"per_thread", json_of(e.workspace_thread)},
                       {"threads", e.threads},
                       {"bytes", e.workspace_bytes()}};
  json["hot_share"] = e.hot_share;
  json["exact_counts"] = e.exact_counts;
  json["mca_cpu"] = e.mca_cpu;
  json["mca_missing"] = e.mca_missing.empty() ? Json() : Json(e.mca_missing);
  json["spills_in_loops"] = json_of(e.spills_in_loops);
  json["hot"] = Json::array();
  for (const HotBlock &block : e.hot)
    json["hot"].push_back(json_of(block));
  return json;
}

} // namespace convforge
