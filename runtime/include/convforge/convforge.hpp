// ConvForge's runtime for C++17: owners for memory and threads, arguments that know their size, errors as
// exceptions. Header only, over convforge.h; needs the C runtime and nothing else.
//
// clang-format off
//   #include "conv1.h"                                    // generated
//   #include <convforge/convforge.hpp>
//
//   convforge::Kernel conv(conv1_kernel());               // throws when no variant runs on this CPU
//   convforge::ThreadPool pool(4);
//   convforge::AlignedBuffer packed = conv.pack(weights); // weights, image, ...: std::vector<float> or the like
//   convforge::AlignedBuffer workspace = conv.make_workspace(pool.count());
//
//   convforge::Arguments arguments;
//   arguments.input = image;
//   arguments.packed_weights = packed;
//   arguments.epilogue = {bias};                          // its tensors, in its order
//   arguments.output = result;
//   arguments.workspace = workspace;
//   arguments.threads = pool.threads();
//   conv.run(arguments);
// clang-format on
//
// A span of the wrong size is std::invalid_argument, a status of the C runtime is convforge::RuntimeError.
// Built with AddressSanitizer, a span of memory that is not the program's is reported before a kernel runs.
// Kernel and Span own nothing; all functions may be called from any number of threads at once with separate
// outputs and workspaces. Needs C++17 and exceptions; without them there is convforge.h.
#pragma once

#if __cplusplus < 201703L
#error "convforge/convforge.hpp needs C++17 (-std=c++17); convforge/convforge.h is for C and all of C++"
#elif !defined(__cpp_exceptions)
#error "convforge/convforge.hpp needs exceptions (no -fno-exceptions); convforge/convforge.h does without"
#endif

#include "convforge/address_sanitizer.h"
#include "convforge/convforge.h"
#include "convforge/elements.h"
#include "convforge/span.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace convforge {

/// A negative status of the C runtime; what() is its sentence.
class RuntimeError : public std::runtime_error {
public:
  explicit RuntimeError(int status) : std::runtime_error(convforge_status_text(status)), status_(status) {}
  int status() const noexcept { return status_; }

private:
  int status_;
};

inline void throw_on_error(int status) {
  if (status != CONVFORGE_OK)
    throw RuntimeError(status);
}

/// Bytes aligned to CONVFORGE_ALIGNMENT, uninitialised. Movable. Size 0 holds null.
class AlignedBuffer {
public:
  AlignedBuffer() = default;
  /// Throws std::bad_alloc.
  explicit AlignedBuffer(std::size_t size)
      : data_(size ? static_cast<std::byte *>(::operator new(size, alignment)) : nullptr), size_(size) {}

  std::byte *data() { return data_.get(); }
  const std::byte *data() const { return data_.get(); }
  std::size_t size() const { return data_ ? size_ : 0; }

private:
  static constexpr std::align_val_t alignment{CONVFORGE_ALIGNMENT};
  struct Free {
    void operator()(std::byte *bytes) const { ::operator delete(bytes, alignment); }
  };
  std::unique_ptr<std::byte[], Free> data_;
  std::size_t size_ = 0;
};

/// The runtime's thread pool. The thread that calls a kernel is one of the `count` workers.
class ThreadPool {
public:
  /// Throws RuntimeError(CONVFORGE_ERROR_THREADS) if count is below 1, RuntimeError(CONVFORGE_ERROR_MEMORY)
  /// if a thread cannot be started.
  explicit ThreadPool(int count)
      : pool_(convforge_pool_create(count)), threads_(convforge_pool_threads(pool_.get())) {
    if (!pool_)
      throw RuntimeError(count < 1 ? CONVFORGE_ERROR_THREADS : CONVFORGE_ERROR_MEMORY);
  }
  int count() const { return threads_.count; }
  /// For Arguments::threads. Valid while this pool lives and is not moved.
  const convforge_threads *threads() const { return &threads_; }

private:
  struct Destroy {
    void operator()(convforge_pool *pool) const { convforge_pool_destroy(pool); }
  };
  std::unique_ptr<convforge_pool, Destroy> pool_;
  convforge_threads threads_;
};

/// Of one call. What the kernel does not take stays empty, and what it holds as constants. A slice of a
/// larger tensor is a span from its first element to its last, what lies between them included.
struct Arguments {
  TensorSpan<const void> input;
  Span<const std::byte> packed_weights;
  /// The tensors that the epilogue takes, in its order, those left out that are constants.
  std::vector<TensorSpan<const void>> epilogue;
  TensorSpan<void> output;
  Span<std::byte> workspace; ///< may be larger than needed
  /// Null: the calling thread. A callback that throws ends the program: exceptions cannot pass a kernel.
  const convforge_threads *threads = nullptr;
  bool flush_subnormals = false; ///< CONVFORGE_FLUSH_SUBNORMALS
};

/// A view of a kernel, linked in or loaded: the descriptor outlives it.
class Kernel {
public:
  /// Throws RuntimeError: null means that no variant runs here (CONVFORGE_ERROR_TARGET); CONVFORGE_ERROR_ABI.
  explicit Kernel(const convforge_kernel *descriptor) : descriptor_(descriptor) {
    if (!descriptor)
      throw RuntimeError(CONVFORGE_ERROR_TARGET);
    if (descriptor->abi_version != CONVFORGE_ABI_VERSION)
      throw RuntimeError(CONVFORGE_ERROR_ABI);
  }
  const convforge_kernel &descriptor() const { return *descriptor_; }

  /// Packs weights, in the descriptor's weights shape, into a new buffer. `more`: what is packed with them,
  /// in the order of the descriptor's operands of role CONVFORGE_PACKED: conv.pack(weights, {multipliers,
  /// bias}). Throws std::invalid_argument when a size or type does not fit, RuntimeError if the weights are
  /// constants or the values cannot be packed.
  AlignedBuffer pack(TensorSpan<const void> weights,
                     const std::vector<TensorSpan<const void>> &more = {}) const {
    check(*convforge_weights(descriptor_), weights);
    if (convforge_weights(descriptor_)->constant)
      throw RuntimeError(CONVFORGE_ERROR_CONSTANT);
    std::array<const void *, CONVFORGE_MAX_OPERANDS> pointers{nullptr, weights.data()};
    find_packed(more, pointers.data());
    AlignedBuffer packed(descriptor_->packed_bytes);
    convforge_probe_packing_operands(descriptor_, pointers.data(), packed.data());
    throw_on_error(convforge_pack_operands(descriptor_, pointers.data(), packed.data()));
    return packed;
  }
  /// A workspace for up to that many threads.
  AlignedBuffer make_workspace(int threads = 1) const {
    return AlignedBuffer(convforge_workspace_size(descriptor_, threads));
  }

  /// Throws std::invalid_argument when a size does not fit, RuntimeError for everything that convforge_run
  /// refuses.
  void run(const Arguments &arguments) const {
    std::array<void *, CONVFORGE_MAX_OPERANDS> pointers{};
    find_operands(arguments, pointers.data());
    const std::size_t workspace_bytes =
        convforge_workspace_size(descriptor_, arguments.threads ? arguments.threads->count : 1);
    if (arguments.workspace.size() < workspace_bytes)
      refuse("workspace", arguments.workspace.size(), "bytes", workspace_bytes);
    convforge_args args{};
    args.operands = pointers.data();
    args.workspace = arguments.workspace.data();
    args.threads = arguments.threads;
    args.flags = arguments.flush_subnormals ? CONVFORGE_FLUSH_SUBNORMALS : 0;
    convforge_probe_call(descriptor_, &args);
    throw_on_error(convforge_run(descriptor_, &args));
  }

private:
  /// The pointers of what is packed beside the weights, each size and type checked.
  void find_packed(const std::vector<TensorSpan<const void>> &given, const void **pointers) const {
    auto next = given.begin();
    for (int i = 0; i < descriptor_->operand_count; ++i) {
      const convforge_operand &operand = descriptor_->operands[i];
      if (operand.role == CONVFORGE_PACKED)
        pointers[i] = checked(operand, next != given.end() ? *next++ : TensorSpan<const void>());
    }
    if (next != given.end())
      refuse("packed with the weights", given.size(), "tensors",
             static_cast<std::size_t>(next - given.begin()));
  }
  /// The pointers of a call, each argument's size and type checked.
  void find_operands(const Arguments &arguments, void **pointers) const {
    auto next = arguments.epilogue.begin();
    for (int i = 0; i < descriptor_->operand_count; ++i) {
      const convforge_operand &operand = descriptor_->operands[i];
      if (operand.constant)
        continue;
      switch (operand.role) {
      case CONVFORGE_INPUT:
        pointers[i] = checked(operand, arguments.input);
        break;
      case CONVFORGE_WEIGHTS:
        if (arguments.packed_weights.size() != descriptor_->packed_bytes)
          refuse("packed_weights", arguments.packed_weights.size(), "bytes", descriptor_->packed_bytes);
        pointers[i] = const_cast<std::byte *>(arguments.packed_weights.data());
        break;
      case CONVFORGE_OUTPUT:
        check(operand, arguments.output);
        pointers[i] = arguments.output.data();
        break;
      case CONVFORGE_PACKED: // pack() took it
        break;
      default:
        pointers[i] = checked(operand, next != arguments.epilogue.end() ? *next++ : TensorSpan<const void>());
      }
    }
    if (next != arguments.epilogue.end())
      refuse("epilogue", arguments.epilogue.size(), "tensors",
             static_cast<std::size_t>(next - arguments.epilogue.begin()));
  }
  static void *checked(const convforge_operand &operand, const TensorSpan<const void> &given) {
    check(operand, given);
    return const_cast<void *>(given.data()); // run() writes to the output only
  }
  template <typename Void>
  static void check(const convforge_operand &operand, const TensorSpan<Void> &given) {
    const std::size_t element_bytes = convforge_dtype_bytes(operand.dtype);
    if (element_bytes == 0) // a type of a later version
      throw RuntimeError(CONVFORGE_ERROR_ABI);
    if (given.size() * element_bytes != operand.bytes)
      refuse(operand.name, given.size(), "elements", operand.bytes / element_bytes);
    if (given.dtype() != operand.dtype)
      throw std::invalid_argument(std::string(operand.name) + ": " + convforge_dtype_name(given.dtype()) +
                                  " (expected " + convforge_dtype_name(operand.dtype) + ")");
  }
  [[noreturn]] static void refuse(const char *field, std::size_t size, const char *unit,
                                  std::size_t expected) {
    throw std::invalid_argument(std::string(field) + ": " + std::to_string(size) + " " + unit +
                                " (expected " + std::to_string(expected) + ")");
  }

  const convforge_kernel *descriptor_;
};

} // namespace convforge
