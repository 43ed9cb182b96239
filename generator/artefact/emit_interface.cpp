#include "artefact/emit_interface.hpp"

#include "artefact/kernel_name.hpp"
#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {
namespace {

void check_variants(std::span<const Artefact> variants) {
  if (variants.empty())
    fail("variants", "none", "at least one compiled kernel");
  check_kernel_name(variants.front().name);
  for (std::size_t i = 0; i < variants.size(); ++i) {
    if (variants[i].name != variants.front().name)
      fail("variant's name", variants[i].name, "'" + variants.front().name + "', as the first variant's");
    if (variants[i].problem != variants.front().problem)
      fail("variant's problem", variants[i].problem.canonical(), variants.front().problem.canonical());
    const auto same = [&](const Artefact &other) { return other.target == variants[i].target; };
    if (std::ranges::any_of(variants.first(i), same))
      fail("target", std::string(variants[i].target.name), "each target once");
  }
}

void check_constants(std::span<const Artefact> variants, const Constants &constants) {
  const Problem &problem = variants.front().problem;
  if (!constants.packed.empty()) {
    if (constants.packed.size() != variants.size())
      fail("packed weights", std::to_string(constants.packed.size()),
           fmt::format("one for each of {} variants", variants.size()));
    for (std::size_t i = 0; i < variants.size(); ++i)
      if (constants.packed[i].size() != variants[i].pack.bytes)
        fail(fmt::format("packed weights for {}", variants[i].target.name),
             fmt::format("{} bytes", constants.packed[i].size()),
             fmt::format("{} bytes", variants[i].pack.bytes));
  }
  if (constants.bias.empty())
    return;
  if (!problem.epilogue.has_bias())
    fail("bias", fmt::format("{} numbers", constants.bias.size()),
         fmt::format("none: the epilogue '{}' has no bias; add it, as in 'bias,relu'",
                     problem.epilogue.text()));
  if (constants.bias.size() != static_cast<std::size_t>(problem.out_channels))
    fail("bias", fmt::format("{} numbers", constants.bias.size()),
         fmt::format("{}, one for each output channel", problem.out_channels));
}

} // namespace

std::string_view c_type(ElementType type) {
  return type == ElementType::f16 ? "convforge_f16" : "float";
}

std::string declarations(std::span<const Parameter> parameters) {
  std::string list;
  std::size_t line_start = 0;
  for (const Parameter &p : parameters) {
    const bool full = list.size() - line_start + p.type.size() + p.name.size() > 96;
    if (!list.empty())
      list += full ? ",\n    " : ", ";
    if (full)
      line_start = list.size();
    list += fmt::format("{}{}", p.type, p.name);
  }
  return list;
}

std::string names(std::span<const Parameter> parameters) {
  std::string list;
  for (const Parameter &p : parameters)
    list += fmt::format("{}{}", list.empty() ? "" : ", ", p.name);
  return list;
}

Interface make_interface(std::span<const Artefact> variants, const Constants &constants) {
  check_variants(variants);
  check_constants(variants, constants);
  Interface interface;
  interface.name = variants.front().name;
  interface.constant_weights = !constants.packed.empty();
  interface.constant_bias = !constants.bias.empty();
  const Epilogue &epilogue = variants.front().problem.epilogue;
  const ElementTypes &types = variants.front().problem.types;
  const auto read_only = [](ElementType type) { return fmt::format("const {} *", c_type(type)); };
  interface.weights_type = c_type(types.weights);
  interface.parameters.push_back({read_only(types.source), "input", "input"});
  if (!interface.constant_weights)
    interface.parameters.push_back({"const void *", "packed", "packed_weights"});
  if (epilogue.has_bias() && !interface.constant_bias)
    interface.parameters.push_back({read_only(types.accumulator()), "bias", "bias"});
  if (epilogue.has_residual())
    interface.parameters.push_back({read_only(types.destination), "residual", "residual"});
  interface.parameters.push_back({fmt::format("{} *", c_type(types.destination)), "output", "output"});
  // Always there, even where no variant needs it: the signature must not change with a target or a plan.
  interface.parameters.push_back({"void *", "workspace", "workspace"});
  interface.threaded_parameters = interface.parameters;
  interface.threaded_parameters.push_back({"const convforge_threads *", "threads", "threads"});
  return interface;
}

std::string weights_symbol(const Artefact &variant) {
  return variant.symbol + "_weights";
}
std::string bias_symbol(std::string_view name) {
  return std::string(name) + "_constant_bias";
}

} // namespace convforge
