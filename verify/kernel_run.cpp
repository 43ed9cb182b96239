#include "verify/kernel_run.hpp"

#include "base/error.hpp"
#include "convforge/convforge.hpp"
#include "problem/dtype.hpp"
#include "verify/slice.hpp"

#include <memory>
#include <string>

namespace convforge {
namespace {

void require_ok(int status, const char *what) {
  if (status != CONVFORGE_OK)
    throw Error(std::string(what) + " answered " + std::to_string(status) + ": " +
                convforge_status_text(status));
}

void require_count(const char *what, std::size_t found, std::size_t expected) {
  if (found != expected)
    fail(what, std::to_string(found) + " in the kernel's descriptor", std::to_string(expected));
}

using Memory = std::unique_ptr<GuardedBuffer>;

/// Poisoned memory of a tensor of the caller's: it begins at any multiple of an element.
Memory memory_for(const Slice &slice, const RunSetup &setup) {
  auto memory = std::make_unique<GuardedBuffer>(slice.bytes(), slice.element_bytes(), setup.side);
  memory->poison(setup.poison);
  return memory;
}

/// A tensor that the kernel reads, where its descriptor says, in guarded memory that cannot be written to.
/// What lies between the elements of a slice holds poison: the runs of a check have different ones, and must
/// not differ.
Memory sealed(const Elements &tensor, const convforge_operand &operand, const RunSetup &setup) {
  const Slice slice(operand);
  Memory memory = memory_for(slice, setup);
  slice.scatter(tensor, memory->data());
  memory->seal();
  memory->hide_gaps(slice.ranges());
  return memory;
}

Memory sealed_weights(const convforge_kernel &kernel, std::span<const Elements> tensors,
                      GuardedBuffer::Side side) {
  std::vector<const void *> pointers;
  for (const Elements &tensor : tensors)
    pointers.push_back(tensor.data());
  pointers.push_back(nullptr); // the output
  auto packed = std::make_unique<GuardedBuffer>(kernel.packed_bytes, CONVFORGE_ALIGNMENT, side);
  require_ok(convforge_pack_operands(&kernel, pointers.data(), packed->data()), "convforge_pack_operands");
  packed->seal();
  return packed;
}

void require_tensors(const convforge_kernel &kernel, std::span<const Elements> tensors) {
  require_count("operands", static_cast<std::size_t>(kernel.operand_count), tensors.size() + 1);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const Slice slice(kernel.operands[i]);
    require_count(kernel.operands[i].name, slice.elements(), tensors[i].size() / slice.element_bytes());
  }
}

/// What stands in the place of each operand, the output poisoned. An operand that is the output has no memory
/// of its own, nor has one that was packed.
std::vector<Memory> operand_memory(const convforge_kernel &kernel, std::span<const Elements> tensors,
                                   const RunSetup &setup) {
  const int in_place = setup.in_place ? in_place_operand(kernel) : -1;
  std::vector<Memory> memory(tensors.size());
  const Slice written(*convforge_output(&kernel));
  Memory output = memory_for(written, setup);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const convforge_operand &operand = kernel.operands[i];
    if (static_cast<int>(i) == in_place)
      written.scatter(tensors[i], output->data());
    else if (operand.role == CONVFORGE_WEIGHTS)
      memory[i] = sealed_weights(kernel, tensors, setup.side);
    else if (operand.role != CONVFORGE_PACKED)
      memory[i] = sealed(tensors[i], operand, setup);
  }
  output->hide_gaps(written.ranges());
  memory.push_back(std::move(output));
  return memory;
}

std::vector<void *> pointers_to(const convforge_kernel &kernel, const std::vector<Memory> &memory) {
  std::vector<void *> pointers;
  pointers.reserve(memory.size());
  for (std::size_t i = 0; i < memory.size(); ++i) {
    const bool packed = kernel.operands[i].role == CONVFORGE_PACKED;
    pointers.push_back(packed ? nullptr : (memory[i] ? memory[i] : memory.back())->data());
  }
  return pointers;
}

} // namespace

int in_place_operand(const convforge_kernel &kernel) {
  for (int i = 0; i < kernel.operand_count; ++i)
    if (convforge_may_be_output(&kernel, i))
      return i;
  return -1;
}

std::vector<Elements> to_elements(const convforge_kernel &kernel, const Tensors &tensors) {
  const std::vector<std::vector<float>> values = tensors.all();
  require_count("operands", static_cast<std::size_t>(kernel.operand_count), values.size() + 1);
  std::vector<Elements> elements;
  for (std::size_t i = 0; i < values.size(); ++i)
    elements.push_back(to_elements(element_type_of(kernel.operands[i].dtype), values[i]));
  return elements;
}

Elements run_guarded(const convforge_kernel &kernel, std::span<const Elements> tensors,
                     const RunSetup &setup) {
  require_tensors(kernel, tensors);
  const std::vector<Memory> memory = operand_memory(kernel, tensors, setup);
  GuardedBuffer workspace(convforge_workspace_size(&kernel, setup.threads), CONVFORGE_ALIGNMENT, setup.side);
  workspace.poison(setup.poison);
  const std::vector<void *> pointers = pointers_to(kernel, memory);
  const ThreadPool pool(setup.threads);
  convforge_args args{};
  args.operands = pointers.data();
  if (workspace.size() > 0)
    args.workspace = workspace.data();
  if (setup.threads > 1)
    args.threads = pool.threads();
  require_ok(convforge_run(&kernel, &args), "convforge_run");
  for (const Memory &operand : memory)
    if (operand && !operand->intact())
      throw Error("the kernel or its packing wrote outside a tensor");
  if (!workspace.intact())
    throw Error("the kernel wrote outside its workspace");
  const Slice written(*convforge_output(&kernel));
  if (!memory.back()->gaps_hold(written.ranges(), setup.poison))
    throw Error("the kernel wrote between the elements of the slice that its output is");
  return written.gather(memory.back()->data());
}

std::vector<float> run_guarded(const convforge_kernel &kernel, const Tensors &tensors,
                               const RunSetup &setup) {
  const Elements output = run_guarded(kernel, std::span<const Elements>(to_elements(kernel, tensors)), setup);
  return from_elements<float>(element_type_of(convforge_output(&kernel)->dtype), output);
}

} // namespace convforge
