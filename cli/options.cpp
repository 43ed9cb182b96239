#include "cli/options.hpp"

#include "base/error.hpp"
#include "cli/kernel.hpp"
#include "cli/settings.hpp"
#include "problem/descriptor_note.hpp"
#include "target/architecture.hpp"
#include "verify/problem_list.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace convforge::cli {
namespace {

const Target &named_target(const std::string &name, const ElementTypes &types) {
  const Target &target = name == "host" ? host(types) : find_target(name);
  if (name == "host")
    verbose().say("host is {}: {}", target.name, host_reason());
  return target;
}

/// Of a flag's value, which is checked once.
void parse_with_note(const std::string &text) {
  if (const std::string note = descriptor_note(text); !note.empty())
    fmt::print(stderr, "convforge: --problem: {}\n", note);
}

/// What "all" means for problems of these types.
bool is_of_all(const Target &target, const ElementTypes &types) {
  return of_this_architecture(target) && (types.quantised() || !target.quantised_only);
}

} // namespace

void refuse_usage(const std::string &flag, const std::string &value, const std::string &expected) {
  throw CLI::ValidationError(flag, fmt::format("{} (expected {})", value, expected));
}

void ProblemFlags::add_to(CLI::App &app, bool required) {
  auto *problem =
      app.add_option("--problem", descriptor_, "Shape as a benchdnn descriptor: mb1ic64ih56oc64oh56kh3ph1")
          ->check(valid(parse_with_note, "DESCRIPTOR"));
  if (required)
    problem->required();
  details_ = {
      app.add_option("--layout", layout_, "Of input, residual and output: nhwc or nchw")
          ->capture_default_str()
          ->check(valid(parse_layout, "LAYOUT")),
      app.add_option("--weights-layout", weights_layout_,
                     "hwio, oihw or ohwi; of transposed ones also hwoi, iohw (default: hwio with nhwc, oihw "
                     "with nchw, transposed hwoi and iohw)")
          ->check(valid(parse_weights_layout, "LAYOUT")),
      app.add_option(
             "--epilogue", epilogue_,
             "Applied in this order: bias,residual,relu or bias,scale,prelu,affine:2:0.5, ...; of 8-bit "
             "integers bias,residual:FACTOR:ZERO_POINT and one of relu, relu6, clip:LOW:HIGH, "
             "clamp:LOW:HIGH")
          ->check(valid(Epilogue::parse, "LIST")),
      app.add_option("--math", math_, "default, exact (no Winograd) or fast")
          ->capture_default_str()
          ->check(valid(parse_math, "MATH")),
      app.add_option("--strides", strides_,
                     "Of input and output in a larger tensor, elements: SRC::DST, each "
                     "NxCxHxW (default: dense)")
          ->check(valid([](const std::string &text) { parse_tensor_strides(text, ""); }, "STRIDES")),
      app.add_option("--residual-strides", residual_strides_,
                     "Of the residual: NxCxHxW (default: dense, whatever the output's are)")
          ->check(valid(parse_strides, "STRIDES")),
      app.add_option(
             "--zero-points", zero_points_,
             "Of 8-bit integers: the elements of source and destination that stand for 0, as in 128:3 "
             "(default: 0:0)")
          ->check(valid(
              [](const std::string &text) {
                Quantisation quantisation;
                parse_zero_points(text, quantisation);
              },
              "SRC:DST")),
      app.add_option("--rounding", rounding_, "To 8-bit integers: onnx, tflite or tflite_single")
          ->capture_default_str()
          ->check(valid(parse_rounding, "RULE")),
      app.add_option("--output-scale", output_scale_,
                     "The real number that a step of an 8-bit destination is, for relu6 and clip:LOW:HIGH")
          ->check(valid(
              [](const std::string &text) {
                Quantisation quantisation;
                parse_output_scale(text, quantisation);
              },
              "SCALE")),
      app.add_option("--padding-mode", padding_mode_,
                     "What the padding is made of: zeros, reflect, replicate or circular")
          ->capture_default_str()
          ->check(valid(parse_padding_mode, "MODE")),
      app.add_option("--pooling", pooling_,
                     "Pooling behind the epilogue: max, avg_np or avg_p (with zeros in the padding) and its "
                     "window, as in max:kh3sh2ph1 (default: none)")};
  types_ = app.add_option("--dtype", dtype_,
                          "Types of source, weights and destination: f32, f16 (short for f16:f16:f16), "
                          "f32:f16:f32, u8:s8:u8, s8:s8:s8, or 8-bit integers with destination s32 or f32")
               ->capture_default_str()
               ->check(valid(parse_element_types, "TYPES"));
}

void ProblemFlags::refuse_beside(const std::string &other) const {
  for (const CLI::Option *option : details_)
    if (option->count() > 0)
      refuse_usage(option->get_name(), fmt::format("{}", fmt::join(option->results(), ",")),
                   "none beside " + other + ", which says it for each problem");
}

void ProblemFlags::add_list(CLI::App &app) {
  app.add_option("--batch", list_, "Problems from a file: a descriptor a line, its flags as above after it");
}

Problem ProblemFlags::problem() const {
  if (descriptor_.empty())
    refuse_usage("--problem", "missing", "a descriptor such as mb1ic64ih56oc64oh56kh3ph1");
  return Problem::parse(descriptor_, {.epilogue = epilogue_,
                                      .layout = layout_,
                                      .weights_layout = weights_layout_,
                                      .math = math_,
                                      .dtype = dtype_,
                                      .strides = strides_,
                                      .residual_strides = residual_strides_,
                                      .zero_points = zero_points_,
                                      .rounding = rounding_,
                                      .output_scale = output_scale_,
                                      .padding_mode = padding_mode_,
                                      .pooling = pooling_});
}

std::vector<Problem> ProblemFlags::problems() const {
  if (list_.empty())
    return {problem()};
  if (!descriptor_.empty())
    refuse_usage("--problem", descriptor_, "either --problem or --batch, not both");
  refuse_beside("--batch");
  if (types_->count() > 0)
    refuse_usage("--dtype", dtype_, "none beside --batch, which says it for each problem");
  std::vector<std::string> notes;
  auto problems = read_problem_list(list_, &notes);
  for (const std::string &note : notes)
    fmt::print(stderr, "convforge: {}\n", note);
  return problems;
}

void KernelFlags::add_to(CLI::App &app) {
  app.add_option("--target", targets_, "Instruction set: host or a name that `convforge targets` lists")
      ->capture_default_str()
      ->check(valid(
          [](const std::string &name) {
            if (name != "all")
              find_target(name);
          },
          "TARGET"))
      ->expected(1);
  app.add_option("--algorithm", algorithm_, "auto, direct, pointwise, depthwise or winograd")
      ->capture_default_str();
  app.add_option(
         "--machine", machine_,
         "Machine whose measured facts and plans are used: a microarchitecture, or generic for kernels "
         "that any machine runs (default: $CONVFORGE_MACHINE, else this one)")
      ->check(valid([](const std::string &name) { find_machine(name); }, "MACHINE"));
  app.add_option("--plans", plans_,
                 "File of plans that `convforge tune` measured (default: $CONVFORGE_PLANS)");
}

std::string KernelFlags::machine() const {
  return machine_.empty() ? read_environment().machine : machine_;
}

std::string KernelFlags::plans() const {
  return plans_.empty() ? read_environment().plans : plans_;
}

Tuning KernelFlags::tuning() const {
  NamedTuning named = find_tuning(machine(), plans());
  for (const std::string &complaint : named.complaints)
    fmt::print(stderr, "convforge: {}\n", complaint);
  return named.tuning;
}

void KernelFlags::add_several_to(CLI::App &app) {
  add_to(app);
  app.get_option("--target")
      ->expected(1, -1)
      ->delimiter(',')
      ->description(
          "Instruction sets, separated by commas: host, all or names that `convforge targets` lists");
}

const Target &KernelFlags::target(const ElementTypes &types) const {
  return named_target(targets_.front(), types);
}

std::vector<Target> KernelFlags::targets(const ElementTypes &types) const {
  std::vector<Target> asked, best_first;
  for (const std::string &name : targets_)
    if (!all())
      asked.push_back(named_target(name, types));
  for (const std::span<const Target> list : {all_targets(), gpu_targets()})
    for (const Target &target : list)
      if (all() ? is_of_all(target, types) : std::find(asked.begin(), asked.end(), target) != asked.end())
        best_first.push_back(target);
  if (best_first.empty())
    fail("--target", "all", "names of targets: none is of this machine's architecture");
  for (const Target &target : best_first)
    if (target.triple != best_first.front().triple)
      fail("target", fmt::format("{} beside {}", target.name, best_first.front().name),
           "targets of one architecture: a library is linked for one");
  return best_first;
}

std::vector<Target> KernelFlags::runnable_targets(const ElementTypes &types) const {
  std::vector<Target> targets = this->targets(types);
  if (!all())
    return targets;
  std::erase_if(targets, [](const Target &target) { return !runs_here(target); });
  if (targets.empty())
    fail("--target", "all",
         "a CPU and OS that run one of the targets: `convforge targets` lists what these lack for each");
  return targets;
}

CLI::Option *add_threads(CLI::App &app, int &threads, const std::string &meaning) {
  return app.add_option("--threads", threads, meaning)->capture_default_str()->check(CLI::Range(1, 1024));
}

void add_cache_dir(CLI::App &app, std::string &directory) {
  app.add_option("--cache-dir", directory,
                 "Where compiled kernels are kept (default: $CONVFORGE_CACHE_DIR, else the user's cache)");
}

std::filesystem::path cache_directory(const std::string &flag) {
  const std::filesystem::path directory =
      flag.empty() ? read_environment().cache_directory : std::filesystem::path(flag);
  if (directory.empty())
    fail("cache directory", "unknown", "--cache-dir, or CONVFORGE_CACHE_DIR or HOME in the environment");
  return directory;
}

void add_jobs(CLI::App &app, int &jobs, const std::string &what) {
  app.add_option("--jobs", jobs, what)->capture_default_str()->check(CLI::Range(1, 256));
}

void add_json(CLI::App &app, bool &json) {
  app.add_flag("--json", json, "Print one JSON object instead");
}

} // namespace convforge::cli
