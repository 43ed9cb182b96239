// What is said of constant weights whose zeros are left out.
#include "error_of.hpp"
#include "program.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <vector>

using namespace convforge;

namespace {

// Half of the input channels are zero, and said to be left out; weights without zeros say nothing.
TEST(ConstantWeights, SayWhichZerosAreLeftOut) {
  const ScratchDirectory scratch;
  std::vector<float> weights(std::size_t{9} * 64 * 64, 1);
  write_npy(scratch / "dense.npy", {3, 3, 64, 64}, weights);
  for (std::size_t i = 0; i < weights.size(); i++)
    if (i / 64 % 2 == 0)
      weights[i] = 0;
  write_npy(scratch / "pruned.npy", {3, 3, 64, 64}, weights);
  const std::string problem = " --problem ic64ih28oc64kh3ph1 --math exact --target x86-64-avx2 --weights ",
                    compile = "compile --emit object --out " + (scratch / "") + problem;
  const std::string said = "32 of 64 input channels; 14450688 of 28901376 multiply-adds remain\n";
  EXPECT_TRUE(contains(output_of(compile + (scratch / "pruned.npy")),
                       "conv for x86-64-avx2 leaves out, as their weights are zero: " + said));
  EXPECT_FALSE(contains(output_of(compile + (scratch / "dense.npy")), "leaves out"));
  EXPECT_TRUE(contains(output_of("explain" + problem + (scratch / "pruned.npy")), "left out       " + said));
  const auto json = nlohmann::json::parse(output_of("explain --json" + problem + (scratch / "pruned.npy")));
  EXPECT_EQ(json["left_out"]["in_channels"], 32);
  EXPECT_EQ(json["left_out"]["multiply_adds"], 14450688);
  EXPECT_EQ(json["plan"]["gathers_input"], true);
  std::ofstream(scratch / "list.txt") << "ic64ih28oc64kh3ph1\n";
  expect_usage_error("explain --batch " + (scratch / "list.txt") + " --weights " + (scratch / "pruned.npy"),
                     "none beside --batch");
  expect_error("explain --problem ic64ih28oc64kh3ph1 --target cuda-sm80 --weights " +
                   (scratch / "pruned.npy"),
               "none for a CUDA target");
}

} // namespace
