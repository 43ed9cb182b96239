#include "entry.hpp"

#include "bytes.hpp"
#include "compiler.hpp"
#include "convforge/convforge.h"

#include <llvm/ADT/ArrayRef.h>
#include <llvm/Support/SHA256.h>

#include <algorithm>
#include <array>

namespace convforge {

namespace {

constexpr std::array<std::uint8_t, 8> magic = {'C', 'F', 'K', 'E', 'R', 'N', 'E', 'L'};
constexpr std::size_t digest_bytes = 32;

std::array<std::uint8_t, digest_bytes> sha256(std::span<const std::uint8_t> bytes) {
  return llvm::SHA256::hash(llvm::ArrayRef<std::uint8_t>(bytes.data(), bytes.size()));
}

std::vector<std::uint8_t> encode_payload(const std::string &key, const Artefact &artefact) {
  ByteWriter payload;
  payload.block(key);
  payload.number(artefact.views.size(), 4);
  for (const View &view : artefact.views) {
    payload.number(static_cast<std::uint64_t>(view.tensor), 4);
    payload.number(view.offset, 8);
  }
  payload.number(artefact.workspace_shared_bytes, 8);
  payload.number(artefact.workspace_thread_bytes, 8);
  payload.number(artefact.code_bytes, 8);
  payload.block(artefact.object);
  return payload.take();
}

void expect(bool right, const char *field, const std::string &value, const std::string &expected) {
  if (!right)
    fail(field, value, expected);
}

/// The payload of an entry whose header is right in every field.
std::span<const std::uint8_t> checked_payload(std::span<const std::uint8_t> bytes) {
  ByteReader file(bytes);
  expect(std::ranges::equal(file.raw("magic", magic.size()), magic), "magic", "other bytes", "CFKERNEL");
  const std::uint64_t version = file.number("format version", 4);
  expect(version == entry_format_version, "format version", std::to_string(version),
         std::to_string(entry_format_version));
  expect(file.number("reserved", 4) == 0, "reserved", "not zero", "0");
  const std::uint64_t length = file.number("payload length", 8);
  const auto digest = file.raw("checksum", digest_bytes);
  expect(length == file.left(), "payload length", std::to_string(length), std::to_string(file.left()));
  const auto payload = file.raw("payload", length);
  expect(std::ranges::equal(digest, sha256(payload)), "checksum", "another one", "that of the payload");
  return payload;
}

std::vector<View> decode_views(ByteReader &payload) {
  const std::uint64_t count = payload.number("view count", 4);
  expect(count >= 1 && count <= CONVFORGE_MAX_VIEWS, "view count", std::to_string(count),
         "1 to " + std::to_string(CONVFORGE_MAX_VIEWS));
  std::vector<View> views(static_cast<std::size_t>(count));
  for (View &view : views) {
    const std::uint64_t tensor = payload.number("view's tensor", 4);
    expect(tensor < CONVFORGE_TENSOR_COUNT, "view's tensor", std::to_string(tensor), "a convforge_tensor");
    view.tensor = static_cast<int>(tensor);
    view.offset = payload.number("view's offset", 8);
  }
  return views;
}

std::size_t workspace_bytes(ByteReader &payload, const char *field) {
  const std::uint64_t bytes = payload.number(field, 8);
  expect(bytes % CONVFORGE_ALIGNMENT == 0 && bytes < (std::uint64_t{1} << 40), field, std::to_string(bytes),
         "a multiple of 64 below 2^40");
  return bytes;
}

std::size_t tensor_bytes(const Problem &problem, const Pack &pack, int tensor) {
  const auto bytes = [](const std::vector<std::int64_t> &shape, ElementType type) {
    std::size_t total = bytes_of(type);
    for (const std::int64_t extent : shape)
      total *= static_cast<std::size_t>(extent);
    return total;
  };
  const ElementTypes &types = problem.types;
  switch (tensor) {
  case CONVFORGE_INPUT:
    return bytes(problem.input_shape(), types.source);
  case CONVFORGE_PACKED_WEIGHTS:
    return pack.bytes;
  case CONVFORGE_BIAS:
    return problem.epilogue.has_bias() ? bytes({problem.out_channels}, types.accumulator()) : 0;
  case CONVFORGE_RESIDUAL:
    return problem.epilogue.has_residual() ? bytes(problem.output_shape(), types.destination) : 0;
  default:
    return bytes(problem.output_shape(), types.destination);
  }
}

} // namespace

std::vector<std::uint8_t> encode_entry(const std::string &key, const Artefact &artefact) {
  const std::vector<std::uint8_t> payload = encode_payload(key, artefact);
  ByteWriter file;
  file.append(magic);
  file.number(entry_format_version, 4);
  file.number(0, 4);
  file.number(payload.size(), 8);
  file.append(sha256(payload));
  file.append(payload);
  return file.take();
}

Entry decode_entry(std::span<const std::uint8_t> bytes) {
  ByteReader payload(checked_payload(bytes));
  Entry entry;
  const auto key = payload.block("key");
  entry.key.assign(key.begin(), key.end());
  entry.views = decode_views(payload);
  entry.workspace_shared_bytes = workspace_bytes(payload, "workspace bytes");
  entry.workspace_thread_bytes = workspace_bytes(payload, "workspace bytes per thread");
  entry.code_bytes = payload.number("code bytes", 8);
  const auto object = payload.block("object");
  entry.object.assign(object.begin(), object.end());
  expect(entry.code_bytes >= 1 && entry.code_bytes <= object.size(), "code bytes",
         std::to_string(entry.code_bytes), "at least 1 and no more than the object");
  expect(payload.left() == 0, "bytes after the object", std::to_string(payload.left()), "none");
  return entry;
}

Artefact to_artefact(Entry entry, const Problem &problem, const Plan &plan, const Target &target) {
  const std::string name = jit_kernel_name;
  Artefact artefact{.name = name,
                    .symbol = name + "_" + identifier(target),
                    .problem = problem,
                    .target = target,
                    .plan = plan,
                    .pack = pack_layout(problem, plan)};
  for (const View &view : entry.views) {
    const std::size_t bytes = tensor_bytes(problem, artefact.pack, view.tensor);
    expect(view.offset < bytes, "view's offset", std::to_string(view.offset),
           "less than the " + std::to_string(bytes) + " bytes of its tensor");
  }
  artefact.views = std::move(entry.views);
  artefact.workspace_shared_bytes = entry.workspace_shared_bytes;
  artefact.workspace_thread_bytes = entry.workspace_thread_bytes;
  artefact.code_bytes = entry.code_bytes;
  artefact.object = std::move(entry.object);
  return artefact;
}

} // namespace convforge
