// `convforge compile`: a kernel as files to link.
#include "compiler/compile.hpp"
#include "artefact/emit.hpp"
#include "artefact/emit_interface.hpp"
#include "artefact/kernel_description.hpp"
#include "artefact/kernel_name.hpp"
#include "base/error.hpp"
#include "base/text_file.hpp"
#include "cli/commands.hpp"
#include "cli/gpu.hpp"
#include "cli/kernel.hpp"
#include "cli/operand_memory.hpp"
#include "cli/options.hpp"
#include "cli/output_directory.hpp"
#include "cli/report/progress.hpp"
#include "cli/static_library.hpp"
#include "cli/tensors.hpp"
#include "entry.hpp"
#include "key.hpp"
#include "plan/json_text.hpp"
#include "plan/left_out.hpp"
#include "plan/plan_json.hpp"
#include "plan/used_channels.hpp"
#include "planner/check_plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>

namespace convforge::cli {
namespace {

struct CompileFlags {
  ProblemFlags problem;
  KernelFlags kernel;
  std::string name = "conv", out = ".", plan;
  OperandFlags constants;
  std::vector<std::string> emit = {"object", "header", "source"};
  int threads = 0; ///< 0: not asked for
  bool dry_run = false;

  bool emits(const char *what) const { return std::find(emit.begin(), emit.end(), what) != emit.end(); }
};

/// What is compiled for one target.
struct Variant {
  Artefact artefact;
  Listing listing;
};

nlohmann::ordered_json read_plan_json(const std::string &path) {
  const std::string text = read_text_file("--plan", path);
  try {
    return parse_json(text);
  } catch (const Error &error) {
    fail("--plan", path + ": " + error.what(), "a plan as `convforge explain --json` prints it");
  }
}

/// The plan of --plan, if it computes the problem on the target. Throws Error.
Plan read_plan(const std::string &path, const Problem &problem, const Target &target) {
  Plan plan = parse_plan(read_plan_json(path));
  check_plan(plan, problem, target);
  return plan;
}

Tuning tuning_for(const CompileFlags &flags) {
  return flags.plan.empty() ? flags.kernel.tuning() : Tuning{};
}

Plan plan_for(const Problem &problem, const Target &target, const Tuning &tuning, const CompileFlags &flags) {
  return flags.plan.empty() ? plan_kernel(problem, target, tuning, flags.kernel.algorithm())
                            : read_plan(flags.plan, problem, target);
}

std::vector<Variant> compile_variants(const Problem &problem, const CompileFlags &flags) {
  const std::vector<Target> targets = flags.kernel.targets(problem.types);
  const Tuning tuning = tuning_for(flags);
  const bool listing = flags.emits("asm") || flags.emits("stmt");
  std::vector<Variant> variants;
  Progress progress(fmt::format("compiling for {}", targets.front().name), targets.size());
  for (const Target &target : targets) {
    Variant variant;
    const Plan plan = plan_for(problem, target, tuning, flags);
    variant.artefact = compile(problem, plan, target, flags.name, listing ? &variant.listing : nullptr);
    variants.push_back(std::move(variant));
    progress.step(fmt::format("compiled for {}", target.name));
  }
  return variants;
}

std::vector<std::uint8_t> to_uint8(std::span<const std::byte> bytes) {
  const auto *begin = reinterpret_cast<const std::uint8_t *>(bytes.data());
  return {begin, begin + bytes.size()};
}

/// The weights in the order that a kernel which leaves out channels packs them from.
Elements used_first(const Artefact &artefact, const Elements &weights) {
  const std::vector<std::size_t> places = used_weights_first(artefact.problem, artefact.plan);
  const std::size_t bytes = bytes_of(artefact.problem.types.weights);
  Elements first(weights.size());
  for (std::size_t i = 0; i < places.size(); i++)
    std::copy_n(weights.begin() + places[i] * bytes, bytes, first.begin() + i * bytes);
  return first;
}

std::vector<std::uint8_t> packed(const Artefact &artefact, std::vector<Elements> tensors) {
  const KernelDescription description(artefact);
  const convforge_kernel kernel = description.materialise(nullptr);
  if (leaving_out(artefact.plan).leaves_out_channels())
    tensors[weights_operand] = used_first(artefact, tensors[weights_operand]);
  const AlignedBuffer packed = pack(kernel, tensors);
  return to_uint8({packed.data(), packed.size()});
}

/// What is packed with weights becomes a constant when they do, or nothing of it.
void refuse_part_of_packed(const Problem &problem, const OperandFlags &flags) {
  const bool weights = flags.given("weights");
  for (const Operand &operand : packed_operands(problem))
    if (flags.given(operand.name) && !weights)
      fail("--" + operand.name, "without --weights", "both or none: they are packed together");
    else if (weights && !flags.given(operand.name))
      fail("--" + operand.name, "missing", "a .npy file: it is packed with the weights of --weights");
}

/// What becomes constant, read before anything is compiled: a wrong file is told at once.
struct ConstantTensors {
  std::vector<Elements> packed; ///< as pack() takes them; empty: weights are no constant
  Constants shared;             ///< by all variants

  ConstantTensors(const Problem &problem, const OperandFlags &flags) {
    flags.refuse_others(problem);
    refuse_part_of_packed(problem, flags);
    for (const Operand &operand : operands(problem)) {
      const bool is_packed = operand.role == Role::weights || operand.role == Role::packed;
      if (flags.given("weights") && operand.role != Role::output)
        packed.push_back(is_packed ? flags.read(problem, operand) : Elements{});
      if (!is_packed && flags.given(operand.name))
        shared.operands[operand.name] = to_uint8(flags.read(problem, operand));
    }
    check_constants(problem, shared);
  }
  /// The problem with what is known of its weights.
  Problem known(Problem problem) const {
    if (!packed.empty())
      problem.zeros = find_zero_weights(problem, std::as_bytes(std::span(packed[weights_operand])));
    return problem;
  }
  Constants packed_for(std::span<const Artefact> artefacts) const {
    Constants constants = shared;
    for (const Artefact &artefact : artefacts)
      if (!packed.empty())
        constants.packed.push_back(cli::packed(artefact, packed));
    return constants;
  }
};

/// Every file asked for, by name; nothing is written yet.
std::vector<Member> files(const std::vector<Variant> &variants, const ConstantTensors &tensors,
                          const CompileFlags &flags) {
  std::vector<Artefact> artefacts;
  artefacts.reserve(variants.size());
  for (const Variant &variant : variants)
    artefacts.push_back(variant.artefact);
  const Constants constants = tensors.packed_for(artefacts);
  const std::string header = emit_header(artefacts, constants), source = emit_source(artefacts, constants);
  const std::vector<Member> objects = emit_objects(artefacts, constants);

  std::vector<Member> files;
  if (flags.emits("object"))
    files = objects;
  if (flags.emits("header"))
    files.emplace_back(flags.name + ".h", to_bytes(header));
  if (flags.emits("source"))
    files.emplace_back(flags.name + ".c", to_bytes(source));
  if (flags.emits("static"))
    files.emplace_back("lib" + flags.name + ".a", build_static_library(flags.name, source, header, objects));
  for (const auto &[artefact, listing] : variants) {
    const std::string stem = fmt::format("{}_{}", flags.name, artefact.target.name);
    if (flags.emits("asm"))
      files.emplace_back(stem + ".s", to_bytes(listing.assembly));
    if (flags.emits("stmt"))
      files.emplace_back(stem + ".stmt", to_bytes(listing.stmt));
    if (flags.emits("artefact"))
      files.emplace_back(stem + ".kernel",
                         encode_entry(cache_key(artefact.problem, artefact.plan, artefact.target), artefact));
  }
  return files;
}

/// What constant weights save.
void print_left_out(const std::vector<Variant> &variants) {
  for (const auto &[artefact, listing] : variants)
    if (const std::string words = left_out_in_words(artefact.problem, artefact.plan); !words.empty())
      fmt::print("{} for {} leaves out, as their weights are zero: {}\n", artefact.name, artefact.target.name,
                 words);
}

/// The code is the same for any number of threads; the caller's workspace is not.
void print_workspace(const std::vector<Variant> &variants, int threads) {
  for (const auto &[artefact, listing] : variants)
    fmt::print("{} for {}: {} bytes of workspace for {} thread{}\n", artefact.name, artefact.target.name,
               artefact.workspace_shared_bytes + threads * artefact.workspace_thread_bytes, threads,
               threads == 1 ? "" : "s");
}

/// What can be known without compiling and without the constants' files, which may not be there yet. Throws
/// Error.
void check_request(const Problem &problem, std::span<const Target> targets, const CompileFlags &flags) {
  if (all_gpus(targets))
    return check_gpu_plans(problem, targets, flags.kernel.algorithm());
  flags.constants.refuse_others(problem);
  const Tuning tuning = tuning_for(flags);
  for (const Target &target : targets)
    pack_layout(problem, plan_for(problem, target, tuning, flags));
}

void compile_files(const CompileFlags &flags) {
  const Problem problem = flags.problem.problem();
  const std::vector<Target> targets = flags.kernel.targets(problem.types);
  if (flags.dry_run)
    return check_request(problem, targets, flags);
  if (!flags.plan.empty() && (targets.size() > 1 || is_gpu(targets.front())))
    fail("--plan", flags.plan, "none for several targets or a GPU's: a plan is one CPU target's");
  if (all_gpus(targets)) {
    if (const std::string given = flags.constants.first_given(); !given.empty())
      fail("--" + given, "a constant",
           "none for a CUDA target: its operands are arguments, in device memory");
    write_output_files(gpu_files({problem, targets, flags.kernel.algorithm(), flags.name, flags.emit}),
                       flags.out);
    return;
  }
  if (flags.emits("ptx"))
    fail("--emit", "ptx", "object, header, source, static, asm, stmt or artefact for a CPU");
  const ConstantTensors tensors(problem, flags.constants);
  // The JIT's kernels take any weights.
  const Problem known = flags.emits("artefact") ? problem : tensors.known(problem);
  const std::vector<Variant> variants = compile_variants(known, flags);
  write_output_files(files(variants, tensors, flags), flags.out);
  print_left_out(variants);
  if (flags.threads > 0)
    print_workspace(variants, flags.threads);
}

} // namespace

void add_compile(CLI::App &app) {
  const auto flags = std::make_shared<CompileFlags>();
  CLI::App *command = app.add_subcommand("compile", "Compile a kernel and write what an app links");
  flags->problem.add_to(*command);
  flags->kernel.add_several_to(*command);
  command->add_option("--name", flags->name, "Of the kernel: a C identifier")
      ->capture_default_str()
      ->check(valid(check_kernel_name, "NAME"));
  add_threads(*command, flags->threads, "Print the workspace bytes for this many; the code serves any number")
      ->default_str("");
  command
      ->add_option("--emit", flags->emit,
                   "object (NAME_TARGET.o), header (NAME.h), source (NAME.c), static (libNAME.a, built with "
                   "$CC or cc), "
                   "asm (NAME_TARGET.s), stmt (NAME_TARGET.stmt), artefact (NAME_TARGET.kernel, for the "
                   "JIT); for CUDA "
                   "targets object (NAME_TARGET.cubin), header, source, stmt, ptx (NAME_TARGET.ptx)")
      ->delimiter(',')
      ->capture_default_str()
      ->check(CLI::IsMember({"object", "header", "source", "static", "asm", "stmt", "artefact", "ptx"}));
  command->add_option("--out", flags->out, "Directory, made if missing")->capture_default_str();
  command->add_option("--plan", flags->plan,
                      "A file with a plan to compile instead of planning, as explain's JSON has it");
  command->add_flag("--dry-run", flags->dry_run,
                    "Say what is wrong with the request, if anything: plan, but compile and write nothing");
  const std::string use = "a .npy file that becomes a constant of the kernel";
  flags->constants.add_packed_to(*command, use);
  flags->constants.add_epilogue_to(*command, use);
  command->footer(
      "Each file is written whole or not at all, and none gets its name before all are on the disk. "
      "Examples:\n"
      "  convforge compile --problem mb1ic64ih56oc64oh56kh3ph1 --epilogue bias,relu --name conv1 \\\n"
      "    --target x86-64-avx512,x86-64-avx2,x86-64-sse41 --emit header,static --out gen\n"
      "  convforge compile --problem ic3ih224oc16kh3sh2ph1 --epilogue bias,relu --name first \\\n"
      "    --weights w.npy --bias b.npy --out gen");
  command->callback([flags] { compile_files(*flags); });
}

} // namespace convforge::cli
