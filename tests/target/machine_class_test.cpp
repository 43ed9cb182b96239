#include "target/machine_class.hpp"

#include <algorithm>
#include <gtest/gtest.h>

using namespace convforge;

TEST(MachineClass, NamesMicroarchitectures) {
  EXPECT_EQ(machine_class_of({"GenuineIntel", 6, 0x3c}), "haswell");
  EXPECT_EQ(machine_class_of({"GenuineIntel", 6, 0x55}), "skylake-avx512");
  EXPECT_EQ(machine_class_of({"GenuineIntel", 6, 0x8f}), "sapphirerapids");
  EXPECT_EQ(machine_class_of({"AuthenticAMD", 0x19, 0x61}), "zen4");
  EXPECT_EQ(machine_class_of({"AuthenticAMD", 0x19, 0x21}), "zen3");
  EXPECT_EQ(machine_class_of({"AuthenticAMD", 0x1a, 0x02}), "zen5");
}

TEST(MachineClass, AnUnknownCpuIsAClassOfItsOwn) {
  EXPECT_EQ(machine_class_of({"GenuineIntel", 6, 200}), "intel-6-200");
  EXPECT_EQ(machine_class_of({"AuthenticAMD", 0x1b, 1}), "amd-27-1");
  EXPECT_EQ(machine_class_of({"HygonGenuine", 0x18, 1}), "unknown-24-1");
}

TEST(MachineClass, OfThisMachineIsOneName) {
  const std::string name = machine_class();
  EXPECT_FALSE(name.empty());
  EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos) << name;
}

TEST(MachineClass, NamesAreListedOnce) {
  const std::vector<std::string> names = machine_class_names();
  EXPECT_EQ(std::ranges::count(names, "haswell"), 1);
  EXPECT_TRUE(std::ranges::is_sorted(names));
}
