#include "entry.hpp"

#include "bytes.hpp"
#include "compiler.hpp"
#include "convforge/convforge.h"
#include "problem/operand.hpp"
#include "sealed.hpp"

namespace convforge {

namespace {

constexpr SealKind entry_kind = {"CFKERNEL", entry_format_version};

std::vector<std::uint8_t> encode_payload(const std::string &key, const Artefact &artefact) {
  ByteWriter payload;
  payload.block(key);
  payload.number(artefact.views.size(), 4);
  for (const View &view : artefact.views) {
    payload.number(static_cast<std::uint64_t>(view.operand), 4);
    payload.number(view.offset, 8);
  }
  payload.number(artefact.workspace_shared_bytes, 8);
  payload.number(artefact.workspace_thread_bytes, 8);
  payload.number(artefact.code_bytes, 8);
  payload.block(artefact.object);
  return payload.take();
}

std::vector<View> decode_views(ByteReader &payload) {
  const std::uint64_t count = payload.number("view count", 4);
  expect(count >= 1 && count <= CONVFORGE_MAX_VIEWS, "view count", std::to_string(count),
         "1 to " + std::to_string(CONVFORGE_MAX_VIEWS));
  std::vector<View> views(static_cast<std::size_t>(count));
  for (View &view : views) {
    const std::uint64_t operand = payload.number("view's operand", 4);
    expect(operand < CONVFORGE_MAX_OPERANDS, "view's operand", std::to_string(operand),
           "less than " + std::to_string(CONVFORGE_MAX_OPERANDS));
    view.operand = static_cast<int>(operand);
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

} // namespace

std::vector<std::uint8_t> encode_entry(const std::string &key, const Artefact &artefact) {
  return seal(entry_kind, encode_payload(key, artefact));
}

Entry decode_entry(std::span<const std::uint8_t> bytes) {
  ByteReader payload(unseal(entry_kind, bytes));
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
  const std::vector<Operand> list = operands(problem);
  for (const View &view : entry.views) {
    const auto index = static_cast<std::size_t>(view.operand);
    expect(index < list.size(), "view's operand", std::to_string(index),
           "one of the problem's " + std::to_string(list.size()));
    const std::size_t bytes = index == weights_operand ? artefact.pack.bytes : list[index].bytes();
    expect(view.offset < bytes, "view's offset", std::to_string(view.offset),
           "less than the " + std::to_string(bytes) + " bytes of its operand");
  }
  artefact.views = std::move(entry.views);
  artefact.workspace_shared_bytes = entry.workspace_shared_bytes;
  artefact.workspace_thread_bytes = entry.workspace_thread_bytes;
  artefact.code_bytes = entry.code_bytes;
  artefact.object = std::move(entry.object);
  return artefact;
}

} // namespace convforge
