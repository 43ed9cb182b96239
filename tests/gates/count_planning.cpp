// count_planning NAME: plans the layers of bench/layers for one target in one layout, for callgrind. Without
// NAME: the names and the function that plans, a line each, with the number of layers.
#include "kernels/layers.hpp"
#include "planner/planner.hpp"

#include <cstdio>
#include <string>

namespace {

using namespace convforge;

/// The name of a machine without a row: its plans are those of the least of its class, whatever rows there
/// are.
constexpr const char *machine = "haswell";

} // namespace

/// All of them; callgrind counts from its call to its end.
extern "C" std::size_t convforge_plan_layers(const std::vector<Problem> &layers, const Target &target) {
  const Tuning tuning{.machine = find_machine(machine)};
  std::size_t regions = 0; // so that nothing is left out
  for (const Problem &layer : layers)
    regions += make_plan(layer, target, tuning).regions.size();
  return regions;
}

int main(int argc, char **argv) {
  std::vector<Problem> layers = all_layers();
  for (const char *target : {"x86-64-avx2", "x86-64-avx512", "arm-64-neon"})
    for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
      const std::string name = std::string(target) + "-" + std::string(name_of(layout));
      if (argc < 2)
        std::printf("%s convforge_plan_layers planner %zu layers\n", name.c_str(), layers.size());
      else if (name == argv[1]) {
        for (Problem &layer : layers)
          layer.layout = layout;
        return convforge_plan_layers(layers, find_target(target)) > 0 ? 0 : 1;
      }
    }
}
