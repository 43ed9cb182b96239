#include "target/machine_class.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace convforge {
namespace {

/// Models of a family that are one microarchitecture. Source: the tables of GCC's config/i386/cpuinfo.h and
/// Linux' intel-family.h.
struct Row {
  std::string_view vendor;
  int family, first_model, last_model;
  std::string_view name;
};
constexpr std::string_view intel = "GenuineIntel", amd = "AuthenticAMD";
constexpr std::array<Row, 38> rows{{
    {intel, 6, 0x3c, 0x3c, "haswell"},
    {intel, 6, 0x3f, 0x3f, "haswell"},
    {intel, 6, 0x45, 0x46, "haswell"},
    {intel, 6, 0x3d, 0x3d, "broadwell"},
    {intel, 6, 0x47, 0x47, "broadwell"},
    {intel, 6, 0x4f, 0x4f, "broadwell"},
    {intel, 6, 0x56, 0x56, "broadwell"},
    {intel, 6, 0x4e, 0x4e, "skylake"},
    {intel, 6, 0x5e, 0x5e, "skylake"},
    {intel, 6, 0x8e, 0x8e, "skylake"},
    {intel, 6, 0x9e, 0x9e, "skylake"},
    {intel, 6, 0xa5, 0xa6, "skylake"},
    // One model, three names: they differ in VNNI and bfloat16 only, which no kernel uses.
    {intel, 6, 0x55, 0x55, "skylake-avx512"},
    {intel, 6, 0x7d, 0x7e, "icelake-client"},
    {intel, 6, 0x6a, 0x6a, "icelake-server"},
    {intel, 6, 0x6c, 0x6c, "icelake-server"},
    {intel, 6, 0x8c, 0x8d, "tigerlake"},
    {intel, 6, 0xa7, 0xa7, "rocketlake"},
    {intel, 6, 0x97, 0x97, "alderlake"},
    {intel, 6, 0x9a, 0x9a, "alderlake"},
    {intel, 6, 0xb7, 0xb7, "raptorlake"},
    {intel, 6, 0xba, 0xba, "raptorlake"},
    {intel, 6, 0xbf, 0xbf, "raptorlake"},
    {intel, 6, 0xbe, 0xbe, "gracemont"},
    {intel, 6, 0x8f, 0x8f, "sapphirerapids"},
    {intel, 6, 0xcf, 0xcf, "emeraldrapids"},
    {intel, 6, 0xad, 0xae, "graniterapids"},
    {intel, 6, 0xaa, 0xaa, "meteorlake"},
    {intel, 6, 0xac, 0xac, "meteorlake"},
    {intel, 6, 0xbd, 0xbd, "lunarlake"},
    {intel, 6, 0xc5, 0xc6, "arrowlake"},
    {amd, 0x17, 0x00, 0x2f, "zen1"},
    {amd, 0x17, 0x30, 0xaf, "zen2"},
    {amd, 0x19, 0x00, 0x0f, "zen3"},
    {amd, 0x19, 0x10, 0x1f, "zen4"},
    {amd, 0x19, 0x20, 0x5f, "zen3"},
    {amd, 0x19, 0x60, 0xaf, "zen4"},
    {amd, 0x1a, 0x00, 0x7f, "zen5"},
}};

} // namespace

std::string machine_class_of(const CpuIdentity &cpu) {
  for (const Row &row : rows)
    if (row.vendor == cpu.vendor && row.family == cpu.family && row.first_model <= cpu.model &&
        cpu.model <= row.last_model)
      return std::string(row.name);
  return fmt::format("{}-{}-{}",
                     cpu.vendor == intel ? "intel"
                     : cpu.vendor == amd ? "amd"
                                         : "unknown",
                     cpu.family, cpu.model);
}

std::vector<std::string> machine_class_names() {
  std::vector<std::string> names;
  for (const Row &row : rows)
    if (names.empty() || names.back() != row.name)
      names.emplace_back(row.name);
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

namespace {

std::string ask_cpu() {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(0, &a, &b, &c, &d) == 0)
    return "generic";
  char vendor[12];
  std::memcpy(vendor, &b, 4), std::memcpy(vendor + 4, &d, 4), std::memcpy(vendor + 8, &c, 4);
  __get_cpuid(1, &a, &b, &c, &d);
  const unsigned base_family = (a >> 8) & 15, base_model = (a >> 4) & 15;
  const unsigned family = base_family + (base_family == 15 ? (a >> 20) & 255 : 0);
  const unsigned model = base_model + (((a >> 16) & 15) << 4); // AMD's and Intel's newer families alike
  return machine_class_of({{vendor, sizeof(vendor)}, static_cast<int>(family), static_cast<int>(model)});
#else
  return "generic";
#endif
}

} // namespace

std::string machine_class() {
  static const std::string here = ask_cpu(); // cpuid is slow on virtual machines
  return here;
}

} // namespace convforge
