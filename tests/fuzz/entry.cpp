// Entries of the disk cache, and what the program writes for a Jit in another process.
#include "entry.hpp"
#include "fuzz/fuzz_target.hpp"
#include "planner/planner.hpp"

#include <algorithm>

namespace convforge::fuzz {
namespace {

const Problem &problem() {
  static const Problem value = Problem::parse("ic3ih8oc8kh3ph1", {.epilogue = "bias,residual"});
  return value;
}

const Target &target() {
  return find_target("x86-64-avx2");
}

const Plan &plan() {
  static const Plan value = make_plan(problem(), target());
  return value;
}

} // namespace

void check(Input input) {
  const Entry entry = decode_entry(input);
  const Artefact artefact = to_artefact(entry, problem(), plan(), target());
  require(artefact.code_bytes <= artefact.object.size(), "code is part of the object");
  require(std::ranges::equal(encode_entry(entry.key, artefact), input), "an entry has one encoding");
}

} // namespace convforge::fuzz
