// The machine class: the microarchitecture that a measured plan holds for.
#pragma once

#include <string>
#include <string_view>

namespace convforge {

/// What cpuid says of a CPU.
struct CpuIdentity {
  std::string_view vendor;   ///< "GenuineIntel", "AuthenticAMD"
  int family = 0, model = 0; ///< with the extended bits
};

/// "zen5", "skylake-avx512", "haswell", as compilers call it; of one that the table lacks "intel-6-200"
/// (family and model).
std::string machine_class_of(const CpuIdentity &cpu);
/// Of this machine, or what CONVFORGE_MACHINE says: "generic" is a class that nothing was measured for.
std::string machine_class();

} // namespace convforge
