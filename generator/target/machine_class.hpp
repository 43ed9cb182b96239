// The machine class: the microarchitecture that a measured plan holds for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace convforge {

/// What cpuid says of a CPU.
struct CpuIdentity {
  std::string_view vendor;   ///< "GenuineIntel", "AuthenticAMD"
  int family = 0, model = 0; ///< with the extended bits
};

/// "zen5", "skylake-avx512", "haswell", as compilers call it; of one that the table lacks "intel-6-200"
/// (family and model).
std::string machine_class_of(const CpuIdentity &cpu);
/// Every name of that table, sorted.
std::vector<std::string> machine_class_names();
/// Of this machine; "generic" where cpuid cannot be asked.
std::string machine_class();

} // namespace convforge
