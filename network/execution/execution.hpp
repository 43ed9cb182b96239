// A compiled network in this process: its kernels loaded, its tensors in memory, its steps called one by one.
#pragma once

#include "convforge/convforge.hpp"
#include "jit/loader.hpp"
#include "network/compiled.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace convforge::network {

/// A call of a step; what it answers is a convforge_status.
using Call = std::function<int()>;

/// The program's kernels for the first target, loaded; by kernel. Throws Error.
std::vector<std::unique_ptr<LoadedKernel>> load_kernels(const Compiled &compiled);

/// Owns the buffers that the steps read and write; `program` and `kernels` outlive it. Not for several
/// threads at once. Of a program without missing operations.
class Execution {
public:
  /// Inputs are random numbers from -1 to 1, or any bytes, the same each time. Throws std::bad_alloc,
  /// RuntimeError.
  Execution(const Program &program, const Compiled &compiled,
            std::span<const std::unique_ptr<LoadedKernel>> kernels, int threads);

  /// In the order of the program's steps: all of them, one after another, are the network.
  const std::vector<Call> &steps() const { return steps_; }
  /// Elements of an input, an output, of their type.
  template <typename Element = float>
  std::span<Element> input(std::size_t i) {
    return elements_of<Element>(program_.inputs[i]);
  }
  template <typename Element = float>
  std::span<const Element> output(std::size_t i) {
    return elements_of<Element>(program_.outputs[i]);
  }

private:
  std::byte *at(const Place &place);
  template <typename Element>
  std::span<Element> elements_of(int buffer) {
    AlignedBuffer &end = ends_[static_cast<std::size_t>(buffer)];
    return {reinterpret_cast<Element *>(end.data()), end.size() / sizeof(Element)};
  }
  void fill_input(std::size_t i);
  Call call_of(const Step &step);
  Call kernel_call(const Step &step, const KernelCall &call);
  const convforge_threads *threads() const { return pool_ ? pool_->threads() : nullptr; }

  const Program &program_;
  const Compiled &compiled_;
  std::vector<const convforge_kernel *> kernels_;
  std::optional<ThreadPool> pool_; ///< none: the calling thread
  AlignedBuffer constants_, arena_, workspace_;
  std::vector<AlignedBuffer> ends_; ///< inputs and outputs, by buffer; empty for the others
  std::vector<Call> steps_;
};

} // namespace convforge::network
